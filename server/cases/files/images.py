"""Photos and screenshots: decoded for real and written anew, so that nothing but the picture survives.

EXIF (with the place where a photo was taken), comments, colour profiles, thumbnails and whatever hides behind the
picture's end are gone; the orientation that EXIF asked for is applied to the pixels first.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import structlog

from server.cases.files.media import BROKEN_IMAGE, MediaType, Refused, UnknownFormat

if TYPE_CHECKING:
    from PIL import Image

log = structlog.get_logger(__name__)

MAX_PIXELS = 40_000_000
"""Phones take 12 million by default. At four bytes each, one picture takes 160 MB while it is decoded."""
JPEG_QUALITY = 85

_DECODERS = ("JPEG", "PNG", "WEBP")
_FORMATS = {
    "JPEG": MediaType.JPEG,
    # A JPEG with further views behind it, as some phones write: the first view is the photo.
    "MPO": MediaType.JPEG,
    "PNG": MediaType.PNG,
    "WEBP": MediaType.WEBP,
}


def clean_image(content: bytes) -> tuple[MediaType, bytes]:
    """The picture alone, in its own format.

    Raises:
        UnknownFormat: when it is none of the pictures that may be attached.
        Refused: when it is broken, moves, or has too many pixels.
    """
    from PIL import Image, UnidentifiedImageError  # loads slowly and is needed only here

    Image.init()  # WebP is not among what is known from the start
    try:
        with Image.open(io.BytesIO(content), formats=_DECODERS) as opened:
            return _reencode(opened)
    except Refused:
        raise
    except UnidentifiedImageError as error:
        raise UnknownFormat from error
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except Exception as error:
        # Decoders meet hostile input here and raise whatever it provokes: OSError, SyntaxError, struct.error, …
        log.info("image_refused", kind=type(error).__name__)
        raise Refused(BROKEN_IMAGE) from error


def _reencode(opened: Image.Image) -> tuple[MediaType, bytes]:
    from PIL import ImageOps

    media_type = _FORMATS[opened.format or ""]
    if opened.width * opened.height > MAX_PIXELS:
        raise _too_large()
    if opened.format != "MPO" and getattr(opened, "n_frames", 1) > 1:
        raise Refused("动图传不了，请截一张图再传")
    picture = ImageOps.exif_transpose(opened)
    # Writers copy some of `info` (colour profile, comment) into the new file; only transparency belongs to the pixels.
    transparency = picture.info.get("transparency")
    picture.info = {} if transparency is None else {"transparency": transparency}
    written = io.BytesIO()
    match media_type:
        case MediaType.PNG:
            picture.save(written, "PNG")
        case MediaType.WEBP:
            picture.save(written, "WEBP", quality=JPEG_QUALITY)
        case _:
            if picture.mode not in {"L", "RGB"}:
                picture = picture.convert("RGB")
            picture.save(written, "JPEG", quality=JPEG_QUALITY)
    return media_type, written.getvalue()


def _too_large() -> Refused:
    return Refused(f"图片太大了，最多 {MAX_PIXELS // 10_000} 万像素，请缩小后再传")
