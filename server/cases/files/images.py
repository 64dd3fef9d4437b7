"""Photos and screenshots: decoded for real and written anew, so that nothing but the picture survives.

EXIF (with the place where a photo was taken), comments, colour profiles, thumbnails and whatever hides behind the
picture's end are gone; the orientation that EXIF asked for is applied to the pixels first.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog
from msgspec import Struct

from server.cases.files.media import BROKEN_IMAGE, MediaType, Refused, UnknownFormat

if TYPE_CHECKING:
    from PIL import Image, ImageFile

log = structlog.get_logger(__name__)

MAX_PIXELS = 25_000_000
"""Phones take 12 or 24 million by default. Four bytes each: one picture takes 100 MB once it is unpacked."""
JPEG_QUALITY = 85

COVERED = 40
"""How bright what is covered is, of 255: nothing that lay there can be told from it."""

_DECODERS = ("JPEG", "PNG", "WEBP")
_SEVERAL_VIEWS = "MPO"
"""A JPEG with further views behind it, as some phones write: the first view is the photo."""


def clean_image(content: bytes) -> tuple[MediaType, bytes]:
    """The picture alone: photos as JPEG, screenshots and what is transparent as PNG.

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


class Spot(Struct, frozen=True):
    """A square of a picture that nobody is to see: a face, a number plate."""

    x: float
    """Of its middle, in widths of the picture from the left."""
    y: float
    """Of its middle, in heights of the picture from the top."""
    size: float
    """In widths of the picture."""


def cover(content: bytes, spots: Sequence[Spot]) -> bytes:
    """A picture of ours written anew without what lies at some spots."""
    from PIL import Image, ImageDraw

    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
        kind = picture.format
        seen = picture if picture.mode in {"L", "RGB", "RGBA"} else picture.convert(_plain_mode(picture))
        drawn = ImageDraw.Draw(seen)
        for spot in spots:
            left, top = spot.x * seen.width, spot.y * seen.height
            half = spot.size * seen.width / 2
            drawn.rectangle((left - half, top - half, left + half, top + half), fill=_dark(seen.mode))
        written = io.BytesIO()
        seen.save(written, kind, quality=JPEG_QUALITY)
        return written.getvalue()


def _plain_mode(picture: Image.Image) -> str:
    return "RGBA" if picture.has_transparency_data else "RGB"


def _dark(mode: str) -> tuple[int, ...]:
    return (COVERED,) if mode == "L" else (COVERED,) * 3 + ((255,) if mode == "RGBA" else ())


def _reencode(opened: ImageFile.ImageFile) -> tuple[MediaType, bytes]:
    from PIL import ImageOps

    if opened.width * opened.height > MAX_PIXELS:
        raise _too_large()
    if opened.format != _SEVERAL_VIEWS and getattr(opened, "n_frames", 1) > 1:
        raise Refused("动图传不了，请截一张图再传")
    opened.load()
    ImageOps.exif_transpose(opened, in_place=True)
    # Writers copy some of `info` (colour profile, comment) into the new file; only transparency belongs to the pixels.
    transparency = opened.info.get("transparency")
    opened.info = {} if transparency is None else {"transparency": transparency}
    written = io.BytesIO()
    if opened.format == "PNG" or opened.has_transparency_data:
        opened.save(written, "PNG")
        return MediaType.PNG, written.getvalue()
    picture = opened if opened.mode in {"L", "RGB"} else opened.convert("RGB")
    picture.save(written, "JPEG", quality=JPEG_QUALITY)
    return MediaType.JPEG, written.getvalue()


def _too_large() -> Refused:
    return Refused(f"图片太大了，最多 {MAX_PIXELS // 10_000} 万像素，请缩小后再传")
