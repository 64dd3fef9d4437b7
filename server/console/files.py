"""A file on a page of its own, for who may see it: pictures, recordings, films, of a PDF pictures of its pages."""

import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Response, request, url_for

from server.cases.files.media import MediaType
from server.cases.files.pages import NotDrawable, count_pages, draw_page
from server.cases.files.service import open_link
from server.console.member import member
from server.console.pages import page
from server.console.watermark import watermarked
from server.core.clock import now
from server.core.errors import not_found

MOST_PAGES = 30
"""Of a PDF, shown on one page."""
KINDS = {"image": "图片", "audio": "录音", "video": "视频", "application": "PDF"}


def file_page(*, no: str, file: Mapping[str, Any], back: str, pages_at: str) -> Response:
    """The page of a file.

    Args:
        file: as `links.link_for` shows it.
        back: address that one came from.
        pages_at: endpoint of `page_as_picture`.
    """
    asked: dict[str, Any] = dict(parse_qsl(urlsplit(str(file["url"])).query))
    attachment_id = uuid.UUID(str(file["id"]))
    pages = 0
    if file["media_type"] is MediaType.PDF:
        with suppress(NotDrawable):
            pages = count_pages(_content(attachment_id, asked))
    kind = str(file["media_type"]).partition("/")[0]
    return page(
        "console/case_file.html",
        no=no,
        back=back,
        file=file,
        kind=kind,
        name="Word" if file["media_type"] is MediaType.DOCX else KINDS[kind],
        pages=[
            url_for(pages_at, no=no, attachment_id=attachment_id, number=number, **asked)
            for number in range(min(pages, MOST_PAGES))
        ],
        more=max(pages - MOST_PAGES, 0),
    )


def page_as_picture(attachment_id: uuid.UUID, number: int) -> Response:
    """A page of a PDF with who looks written across, by the link of an opening that was recorded."""
    try:
        drawn = draw_page(_content(attachment_id, request.args), number)
    except NotDrawable:
        raise not_found() from None
    marked = watermarked(drawn, who=member().number, at=now())
    return Response(marked, content_type="image/jpeg", headers={"Cache-Control": "no-store"})


def _content(attachment_id: uuid.UUID, asked: Mapping[str, str]) -> bytes:
    """What the link leads to."""
    expires = asked.get("expires", "")
    if not expires.isdecimal():
        raise not_found()
    _, file = open_link(attachment_id=attachment_id, expires=int(expires[:12]), signature=asked.get("sig", ""))
    with file:
        return file.read()
