"""Static files, served by WhiteNoise before Flask sees the request."""

from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

FOLDER = Path(__file__).parents[2] / "static"
MAX_AGE = 3600


def _headers(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"


def init_static(app: Flask) -> None:
    """Serve `server/static` under /static/."""
    files = WhiteNoise(app.wsgi_app, max_age=MAX_AGE, add_headers_function=_headers, allow_all_origins=False)
    files.add_files(str(FOLDER), prefix="static/")
    app.wsgi_app = files  # type: ignore[method-assign]  # the documented way to wrap
