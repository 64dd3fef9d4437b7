"""From uploaded bytes to what is stored."""

import threading
from collections.abc import Sequence

from server.cases.files.images import Spot, clean_image, cover
from server.cases.files.media import (
    BROKEN_IMAGE,
    Accepted,
    MediaType,
    Refused,
    TooLarge,
    UnknownFormat,
    Unsupported,
)
from server.cases.files.pdf import check_pdf, names_somebody
from server.cases.files.recordings import clean_recording

MEGABYTE = 1024 * 1024
MAX_BYTES = 10 * MEGABYTE
MAX_VIDEO_BYTES = 20 * MEGABYTE

_AT_ONCE = threading.BoundedSemaphore(2)
"""Bounds the memory of one process, whatever is uploaded at the same moment."""

_PICTURES = {"image/jpeg", "image/png", "image/webp"}
_SENTENCES = {
    "image/gif": "动图传不了，请截一张图再传",
    "image/heif": "苹果的 HEIC 照片传不了，请截图，或在手机“相机 > 格式”里选“兼容性最佳”后再拍",
}
_OTHERWISE = "只能传照片、截图（JPG、PNG、WebP）、PDF、录音和视频"


def accept(content: bytes, *, nameless: bool = False) -> Accepted:
    """What to store for what was uploaded.

    Args:
        nameless: nobody is signed in, so a document must not say who wrote it.

    Raises:
        Unsupported: for another kind of file.
        TooLarge: for more bytes than its kind may have.
        Refused: for one that is broken, too large once unpacked, too long, or could act.
    """
    with _AT_ONCE:
        accepted = _accept(content, nameless=nameless)
    limit = MAX_VIDEO_BYTES if accepted.media_type.video else MAX_BYTES
    if len(content) > limit:
        raise TooLarge(f"文件太大了，最多 {limit // MEGABYTE} MB，请压缩或截短后再传")
    return accepted


def covered(content: bytes, spots: Sequence[Spot]) -> bytes:
    """A stored picture without what lies at some spots."""
    with _AT_ONCE:
        return cover(content, spots)


def _accept(content: bytes, *, nameless: bool) -> Accepted:
    if content.startswith(b"%PDF-"):
        check_pdf(content)
        if nameless and names_somebody(content):
            raise Refused("这个 PDF 里写着是谁做的，没登录时不收，免得认出你：请截图，或打印成图片再传")
        return Accepted(MediaType.PDF, content)
    recording = clean_recording(content)
    if recording is not None:
        return recording
    try:
        return Accepted(*clean_image(content))
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
