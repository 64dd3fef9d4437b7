"""Small real files, and who sends them."""

import io
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image, PngImagePlugin
from werkzeug.test import TestResponse

from server.core.access import Level
from tests.sign_in import Headers, SignIn

Upload = Callable[..., TestResponse]
MADE = time.struct_time((2026, 3, 2, 1, 0, 0, 0, 61, 0))


@pytest.fixture
def one(sign_in: SignIn) -> Headers:
    """A signed-in worker."""
    return sign_in(Level.L1)


@pytest.fixture
def another(sign_in: SignIn) -> Headers:
    """Somebody else."""
    return sign_in(Level.L1)


@pytest.fixture
def upload(client: FlaskClient) -> Upload:
    """Sends one file as the mini-program does."""

    def send(content: bytes, *, name: str = "photo.jpg", headers: dict[str, str] | None = None) -> TestResponse:
        return client.post("/api/v1/attachments", data={"file": (io.BytesIO(content), name)}, headers=headers or {})

    return send


def picture(width: int = 40, height: int = 20) -> Image.Image:
    """Red on the left, blue on the right."""
    made = Image.new("RGB", (width, height), "red")
    made.paste("blue", (width // 2, 0, width, height))
    return made


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def jpeg(**options: Any) -> bytes:
    return encoded(picture(), "JPEG", quality=95, **options)


def png(**options: Any) -> bytes:
    return encoded(picture(), "PNG", **options)


def exif_with_place(*, orientation: int = 1) -> Image.Exif:
    """Where, when and with what a photo was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "MarkedMaker"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (22.0, 32.0, 45.0)
    return exif


def png_notes() -> PngImagePlugin.PngInfo:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "MarkedAuthor")
    return notes


def pdf() -> bytes:
    """A document as a real writer makes it, always of the same moment: tests are named by what is in it."""
    return encoded(picture(), "PDF", creationDate=MADE, modDate=MADE)


def pdf_with(objects: bytes) -> bytes:
    """The same with further objects in it."""
    head, end, tail = pdf().rpartition(b"xref\n0 ")
    return head + b"9 0 obj\n" + objects + b"\nendobj\n" + end + tail


def object_stream(names: bytes, *, dictionary: bytes = b"/Type /ObjStm /N 1 /First 4", level: int = 9) -> bytes:
    """Objects hidden by compression; level 0 wraps them only."""
    data = zlib.compress(b"9 0 " + names, level)
    return b"<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (dictionary, len(data), data)
