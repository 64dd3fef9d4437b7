"""Photos of papers as the staff see them: small enough for a screen, with who looks and when written across."""

import io
from datetime import datetime

from server.core.clock import spoken_instant

LONGEST = 1600
"""Pixels of the longer side."""


def watermarked(content: bytes, *, who: str, at: datetime) -> bytes:
    """A photo as JPEG, written over from edge to edge so that no part of it can be passed on without."""
    # Slow to load, and needed here only.
    from PIL import Image, ImageDraw, ImageFont

    with Image.open(io.BytesIO(content)) as opened:
        photo = opened.convert("RGB")
    photo.thumbnail((LONGEST, LONGEST))
    size = max(14, max(photo.size) // 40)
    font = ImageFont.load_default(size)
    words = f"{who}  {spoken_instant(at)}"
    veil = Image.new("RGBA", photo.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(veil)
    step = int(pen.textlength(words, font=font)) + size * 3
    for row, y in enumerate(range(0, photo.height, size * 5)):
        for x in range(-(row % 2) * step // 2, photo.width, step):
            pen.text((x, y), words, font=font, fill=(255, 255, 255, 130), stroke_width=1, stroke_fill=(0, 0, 0, 110))
    written = Image.alpha_composite(photo.convert("RGBA"), veil).convert("RGB")
    stored = io.BytesIO()
    written.save(stored, "JPEG", quality=85)
    return stored.getvalue()
