"""From uploaded bytes to what is stored."""

import threading

from server.cases.files.images import clean_image
from server.cases.files.media import BROKEN_IMAGE, MediaType, Refused, UnknownFormat, Unsupported
from server.cases.files.pdf import check_pdf

_AT_ONCE = threading.BoundedSemaphore(2)
"""Bounds the memory of one process, whatever is uploaded at the same moment."""

_PICTURES = {"image/jpeg", "image/png", "image/webp"}
_SENTENCES = {
    "image/gif": "动图传不了，请截一张图再传",
    "image/heif": "苹果的 HEIC 照片传不了，请截图，或在手机“相机 > 格式”里选“兼容性最佳”后再拍",
}
_OTHERWISE = "只能传照片、截图（JPG、PNG、WebP）和 PDF"


def accept(content: bytes) -> tuple[MediaType, bytes]:
    """What to store for what was uploaded.

    Raises:
        Unsupported: for another kind of file.
        Refused: for one that is broken, too large once unpacked, or could act.
    """
    with _AT_ONCE:
        if content.startswith(b"%PDF-"):
            check_pdf(content)
            return MediaType.PDF, content
        try:
            return clean_image(content)
        except UnknownFormat as error:
            raise _explain(content) from error


def _explain(content: bytes) -> Refused:
    """Why no decoder knew it."""
    import puremagic  # needed only to word a refusal

    try:
        kind = puremagic.from_string(content, mime=True)
    except (puremagic.PureError, ValueError):
        kind = ""
    if kind in _PICTURES:
        # The beginning is right, the rest is not.
        return Refused(BROKEN_IMAGE)
    return Unsupported(_SENTENCES.get(kind, _OTHERWISE))
