"""Static files and the workers' web page, served by WhiteNoise before Flask sees the request."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

from server.core.settings import Settings

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "server" / "static"
WEB_PAGE = ROOT / "miniprogram" / "dist" / "build" / "h5"
"""Built by `make build`; while it is not there, the API's page is what / leads to."""
MAX_AGE = 3600
"""Seconds. Files whose name holds a digest of their content are kept for ever, the page itself is asked for anew."""
_WITH_DIGEST = re.compile(r"^/assets/.+[.-][0-9A-Za-z_-]{8}\.(js|css|svg|png|woff2)$")


def page_policy(settings: Settings) -> str:
    """The web page's content security policy: nothing from outside but the configured map tiles."""
    tiles = urlsplit(settings.tile_url)
    pictures = f" https://{tiles.hostname}" if tiles.hostname else ""
    # uni-app's runtime writes style attributes.
    return (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data: blob:{pictures}; media-src 'self' blob:; font-src 'self' data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def init_static(app: Flask, settings: Settings) -> None:
    """Serve `server/static` under /static/ and the web page, where it has been built, at /."""
    files = WhiteNoise(
        app.wsgi_app,
        max_age=MAX_AGE,
        index_file=True,
        allow_all_origins=False,
        immutable_file_test=lambda _path, url: bool(_WITH_DIGEST.match(url)),
        add_headers_function=_headers(page_policy(settings)),
    )
    files.add_files(str(STATIC), prefix="static/")
    if (WEB_PAGE / "index.html").is_file():
        files.add_files(str(WEB_PAGE))
    app.wsgi_app = files  # type: ignore[method-assign]  # the documented way to wrap


def _headers(policy: str) -> Callable[[Headers, str, str], None]:
    def add(headers: Headers, path: str, _url: str) -> None:
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        if path.endswith((".html", "/sw.js")):
            headers["Cache-Control"] = "no-cache"
            headers["Content-Security-Policy"] = policy
        if path.endswith(".html"):
            headers["X-Frame-Options"] = "DENY"
            headers["Permissions-Policy"] = "geolocation=(self), microphone=(self), camera=(self), payment=()"

    return add
