"""Codes and links of the WeChat stand-in.

    POST /wxa/getwxacodeunlimit    image/jpeg, or image/png when it is to be transparent; JSON for errors
    POST /wxa/generate_urllink

The picture is not WeChat's round code, which only WeChat reads, but a plain QR code that says
`mini-program:<page>?scene=<scene>`, so that a test can read it.
"""

import re
import secrets
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from dev.standins.serving import Answer

PAGES = Path(__file__).parents[2] / "miniprogram" / "src" / "pages.json"
LONGEST_LINK = 30
"""Days."""

_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@._~-]{1,32}", re.ASCII)
_QUERY = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@._~%-]{0,1024}", re.ASCII)
_VERSIONS = {"release", "trial", "develop"}


@cache
def released_pages() -> frozenset[str]:
    """The pages of the mini-program, as if what lies here were released."""
    found, root = set(), ""
    for line in PAGES.read_text(encoding="utf-8").splitlines():
        if named := re.search(r'"root":\s*"([^"]+)"', line):
            root = f"{named[1]}/"
        if named := re.search(r'"path":\s*"([^"]+)"', line):
            found.add(root + named[1])
    return frozenset(found)


def code_unlimited(body: dict[str, Any]) -> Answer | int:
    """The image, or the errcode."""
    scene, page = body.get("scene"), body.get("page", "")
    if not isinstance(scene, str) or not 1 <= len(scene) <= 32:
        return 40169
    if not _SCENE.fullmatch(scene) or not isinstance(page, str):
        return 40129
    version, check = body.get("env_version", "release"), body.get("check_path", True)
    if version not in _VERSIONS:
        return 40097
    if page.startswith("/") or "?" in page or (check and page and page not in released_pages()):
        return 41030
    width = body.get("width", 430)
    if isinstance(width, bool) or not isinstance(width, int) or not 280 <= width <= 1280:
        return 40097
    clear = body.get("is_hyaline") is True
    picture = _picture(f"mini-program:{page}?scene={scene}", width=width, kind="png" if clear else "jpeg")
    return Answer(picture, "image/png" if clear else "image/jpeg")


def url_link(body: dict[str, Any]) -> dict[str, Any] | int:
    """The fields of the answer, or the errcode."""
    path, query = body.get("path", ""), body.get("query", "")
    if not isinstance(path, str) or (path and path.lstrip("/") not in released_pages()):
        return 40165
    if not isinstance(query, str) or not _QUERY.fullmatch(query):
        return 40212
    if body.get("env_version", "release") not in _VERSIONS:
        return 85402
    if body.get("expire_type", 0) == 1 and not 1 <= int(body.get("expire_interval", 0)) <= LONGEST_LINK:
        return 85401
    return {"url_link": f"https://wxaurl.cn/{secrets.token_urlsafe(8)}"}


def _picture(content: str, *, width: int, kind: str) -> bytes:
    import segno
    from PIL import Image

    small, out = BytesIO(), BytesIO()
    segno.make_qr(content).save(small, kind="png", border=4)
    Image.open(small).convert("L").resize((width, width), Image.Resampling.NEAREST).save(out, kind)
    return out.getvalue()
