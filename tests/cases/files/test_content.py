"""What may be attached, by its content."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from server.cases.files.content import accept
from server.cases.files.media import Accepted, MediaType, Refused, Unsupported
from tests.cases.files.conftest import (
    encoded,
    exif_with_place,
    jpeg,
    object_stream,
    pdf,
    pdf_with,
    picture,
    png,
    png_notes,
)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def colour(image: Image.Image, x: int, y: int) -> str:
    red, _, blue = image.convert("RGB").getpixel((x, y))  # type: ignore[misc]  # RGB pixels are triples
    return "red" if red > blue else "blue"


@pytest.mark.parametrize(
    ("kind", "media_type"), [("JPEG", MediaType.JPEG), ("PNG", MediaType.PNG), ("WEBP", MediaType.JPEG)]
)
def test_a_picture_shows_what_it_showed(kind: str, media_type: MediaType) -> None:
    accepted = accept(encoded(picture(), kind))
    found, kept = accepted.media_type, accepted.content
    assert found is media_type
    assert opened(kept).size == (40, 20)
    assert (colour(opened(kept), 5, 10), colour(opened(kept), 35, 10)) == ("red", "blue")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_says_where_or_with_what_a_photo_was_taken(kind: str) -> None:
    sent = encoded(picture(), kind, exif=exif_with_place())
    assert opened(sent).getexif().get_ifd(0x8825), "the photo sent has a place in it"
    kept = accept(sent).content
    assert not opened(kept).getexif()
    assert b"MarkedMaker" not in kept


@pytest.mark.parametrize(
    "sent",
    [
        jpeg(comment=b"MarkedAuthor", icc_profile=b"MarkedAuthor" * 20),
        png(pnginfo=png_notes(), icc_profile=b"MarkedAuthor" * 20),
        encoded(picture(), "WEBP", xmp=b"MarkedAuthor", icc_profile=b"MarkedAuthor" * 20),
    ],
    ids=["jpeg", "png", "webp"],
)
def test_comments_and_profiles_are_gone(sent: bytes) -> None:
    assert set(opened(sent).info) & {"comment", "icc_profile", "Author", "xmp"}
    kept = accept(sent).content
    assert not set(opened(kept).info) & {"comment", "icc_profile", "Author", "xmp", "exif"}
    assert b"MarkedAuthor" not in kept


def test_a_photo_stands_upright_without_its_orientation_mark() -> None:
    kept = accept(jpeg(exif=exif_with_place(orientation=6))).content  # to be turned clockwise
    assert opened(kept).size == (20, 40)
    assert (colour(opened(kept), 10, 5), colour(opened(kept), 10, 35)) == ("red", "blue")


def test_transparency_is_kept() -> None:
    sent = picture().convert("RGBA")
    sent.putpixel((0, 0), (0, 0, 0, 0))
    for kind in ("PNG", "WEBP"):
        accepted = accept(encoded(sent, kind, lossless=True))
        media_type, kept = accepted.media_type, accepted.content
        assert media_type is MediaType.PNG
        assert opened(kept).convert("RGBA").getpixel((0, 0)) == (0, 0, 0, 0)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_other_colour_spaces_of_jpeg_are_fine(mode: str) -> None:
    assert accept(encoded(picture().convert(mode), "JPEG")).media_type is MediaType.JPEG


def test_of_a_photo_with_several_views_the_first_is_kept() -> None:
    sent = encoded(picture(), "MPO", save_all=True, append_images=[picture(10, 10)])
    accepted = accept(sent)
    media_type, kept = accepted.media_type, accepted.content
    assert media_type is MediaType.JPEG
    assert (opened(kept).format, opened(kept).size) == ("JPEG", (40, 20))


def test_a_page_hidden_behind_a_picture_is_gone() -> None:
    page = b"<html><script>alert(1)</script></html>"
    for sent in (png() + page, jpeg() + page, encoded(picture(), "WEBP") + page):
        assert page not in accept(sent).content


def test_an_archive_hidden_inside_a_picture_is_gone() -> None:
    chunk = b"PK\x03\x04" + b"hidden" * 10
    header, rest = png()[:33], png()[33:]
    hidden = struct.pack(">I", len(chunk)) + b"pkZP" + chunk + struct.pack(">I", zlib.crc32(b"pkZP" + chunk))
    assert chunk not in accept(header + hidden + rest).content


def huge_png(width: int, height: int) -> bytes:
    """Claims many pixels in few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [5_001, 20_000, 60_000])
def test_a_picture_that_unpacks_to_too_many_pixels_is_refused_before_it_does(side: int) -> None:
    with pytest.raises(Refused, match="2500 万像素"):
        accept(huge_png(side, side))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_picture_is_refused(kind: str) -> None:
    sent = encoded(Image.effect_noise((200, 200), 80).convert("RGB"), kind)
    for part in (0.9, 0.5, 0.02):
        with pytest.raises(Refused, match="没有传完整"):
            accept(sent[: int(len(sent) * part)])


def test_what_moves_is_refused_with_a_way_out() -> None:
    frames = [picture(), picture().rotate(180)]
    for kind in ("GIF", "PNG", "WEBP"):
        with pytest.raises(Refused, match="动图传不了"):
            accept(encoded(frames[0], kind, save_all=True, append_images=frames[1:]))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
        (encoded(picture(), "BMP"), "只能传"),
        (encoded(picture(), "TIFF"), "只能传"),
        (b"<html><script>alert(1)</script></html>", "只能传"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "只能传"),
        (b"PK\x03\x04" + b"\x00" * 40, "只能传"),
        (b"hello", "只能传"),
        (b"\x00", "只能传"),
        (b" " + pdf(), "只能传"),
    ],
)
def test_other_kinds_are_refused_by_name(content: bytes, sentence: str) -> None:
    with pytest.raises(Unsupported, match=sentence):
        accept(content)


def test_a_document_is_kept_as_it_is() -> None:
    assert accept(pdf()) == Accepted(MediaType.PDF, pdf())


def test_the_documents_of_these_tests_are_otherwise_fine() -> None:
    for harmless in (b"<< /Type /Annot /S /URI >>", object_stream(b"<< /Type /Page >>"), b"<< /T (JavaScript) >>"):
        assert accept(pdf_with(harmless)).media_type is MediaType.PDF


@pytest.mark.parametrize(
    "objects",
    [
        b"<< /S /JavaScript /JS (app.alert(1)) >>",
        b"<</S/JavaScript/JS(app.alert(1))>>",
        b"<< /S /J#61vaScript >>",
        b"<< /#4aS (app.alert(1)) >>",
        b"<< /S /Launch /F (cmd.exe) >>",
        b"<< /Names << /EmbeddedFiles 3 0 R >> >>",
        b"<< /Type /EmbeddedFile >>",
        b"<< /S /GoToR /F (other.pdf) >>",
        b"<< /AcroForm << /XFA 3 0 R >> >>",
        object_stream(b"<< /S /JavaScript >>"),
        object_stream(b"<< /#4aS (app.alert(1)) >>"),
        object_stream(b"<< /JS (app.alert(1)) >>", dictionary=b"/N 1 /First 4"),
        object_stream(b" " * 300 + b"<< /S /Launch >>"),
        object_stream(b"(endstream) << /#4aS (app.alert(1)) >>", level=0),
        object_stream(b"<< /S /Launch >>")[:-14],  # cut before the checksum
        b"% stream\n" + object_stream(b"<< /S /Launch >>"),
    ],
)
def test_a_document_that_could_act_is_refused(objects: bytes) -> None:
    with pytest.raises(Refused, match="自动运行"):
        accept(pdf_with(objects))


def test_objects_before_a_damaged_place_are_looked_at_as_readers_do() -> None:
    deflating = zlib.compressobj()
    data = deflating.compress(b"9 0 << /S /Launch >>") + deflating.flush(zlib.Z_FULL_FLUSH) + b"\x07"  # no such block
    with pytest.raises(zlib.error):
        zlib.decompress(data)
    with pytest.raises(Refused, match="自动运行"):
        accept(pdf_with(b"<< /Filter /FlateDecode >>\nstream\n%s\nendstream" % data))


def test_letters_that_happen_to_lie_in_picture_data_accuse_nobody() -> None:
    data = b"\x93\x01/JS (\x07\x81"
    harmless = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data)
    assert accept(pdf_with(harmless)).media_type is MediaType.PDF


def test_a_locked_document_is_refused_with_a_way_out() -> None:
    with pytest.raises(Refused, match="密码"):
        accept(pdf_with(b"<< /Encrypt 8 0 R >>"))


@pytest.mark.parametrize("content", [pdf()[:-300], b"%PDF-1.7\n%%EOF", pdf().replace(b"%%EOF", b"%%EO")])
def test_an_incomplete_document_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="不完整"):
        accept(content)


def test_a_document_that_unpacks_without_end_is_refused() -> None:
    data = zlib.compress(b"1 0 " + b" " * 80_000_000)
    bomb = b"<< /Filter /FlateDecode >>\nstream\n%s\nendstream" % data
    with pytest.raises(Refused, match="太复杂"):
        accept(pdf_with(bomb))
    with pytest.raises(Refused, match="太复杂"):
        accept(pdf_with(b"stream\n" * 30_000))


def zipped() -> bytes:
    """An archive with one file in it."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("run.js", "alert(1)")
    return written.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pdf() + zipped(),
        pdf_with(zipped()) + b"PK\x05\x06" + bytes(18),
        pdf_with(b"% <script>alert(1)</script>"),
        pdf_with(b"% <HTML>"),
        pdf_with(b"% Rar!\x1a\x07\x00"),
    ],
)
def test_a_document_that_is_something_else_as_well_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        accept(content)


def test_a_picture_that_is_a_script_as_well_is_refused_or_loses_the_script() -> None:
    with pytest.raises(Refused):
        accept(b"GIF89a/*" + bytes(40) + b"*/=1;alert(1)")
    for behind in (b"<script>alert(1)</script>", zipped()):
        assert behind not in accept(jpeg() + behind).content


def test_who_is_not_signed_in_sends_no_document_that_says_who_wrote_it() -> None:
    named = pdf_with(b"<< /Author (Wang) >>")
    packed = zlib.compress(b"<?xpacket begin?><dc:creator>Wang</dc:creator>")
    described = pdf_with(b"<< /Type /Metadata >>\nstream\n%s\nendstream" % packed)
    for document in (named, described, pdf_with(object_stream(b"<< /Author (Wang) >>"))):
        assert accept(document).content == document
        with pytest.raises(Refused, match="写着是谁做的"):
            accept(document, nameless=True)
    for document in (pdf(), pdf_with(b"<< /Author () >>")):
        assert accept(document, nameless=True).content == document
