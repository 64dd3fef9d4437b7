"""Templates filled in: what is typed stays text, what is not known stays blank."""

import io
import zipfile

import docx
import pypdfium2
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from hypothesis import given, settings
from hypothesis import strategies as st

from server.cases.papers.pdf import pdf_of
from server.cases.papers.rules import LINE, Line, Paper, Table, Template, fill
from server.cases.papers.templates import templates
from server.cases.papers.word import docx_of

NASTY = '{worker.id_number}<w:p/>=HYPERLINK("http://x")**粗** {blank}&"\x00\x0b\ufffe'


def filled(words: str) -> Paper:
    template = Template(
        "x",
        "试",
        False,
        [{"line": "写的是：{answers.text}"}, {"rows": "wages", "columns": [{"title": "月份", "from": "month"}]}],
    )
    rows = {"wages": [{"month": words}]}
    return fill(template, number="N-W01", values={"answers.text": words, "worker.id_number": "密"}, rows=rows)


def test_what_somebody_typed_is_not_read_again() -> None:
    line, table = filled(NASTY).blocks
    assert isinstance(line, Line)
    assert isinstance(table, Table)
    assert "密" not in line.text + str(table.rows)
    assert line.text.startswith("写的是：{worker.id_number}<w:p/>")
    content = docx_of(filled(NASTY))
    document = docx.Document(io.BytesIO(content))
    assert any("<w:p/>=HYPERLINK" in paragraph.text for paragraph in document.paragraphs)
    assert document.tables[0].rows[1].cells[0].text.startswith("{worker.id_number}")
    parts = zipfile.ZipFile(io.BytesIO(content))
    assert b"http://x" not in parts.read("word/_rels/document.xml.rels")


# A document takes 30 ms.
@settings(max_examples=25)
@given(st.text(max_size=60))
def test_anything_can_be_written_to_word(words: str) -> None:
    paper = filled(words)
    line, table = paper.blocks
    assert isinstance(line, Line)
    assert isinstance(table, Table)
    document = docx.Document(io.BytesIO(docx_of(paper)))
    assert line.text in [paragraph.text for paragraph in document.paragraphs]
    assert document.tables[0].rows[1].cells[0].text == table.rows[0][0]


def test_what_is_not_known_is_a_line_to_write_on() -> None:
    template = Template("x", "试", False, [{"line": "住址：{blank}，{answers.never}"}])
    (line,) = fill(template, number="N", values={}, rows={}).blocks
    assert line == Line(f"住址：{LINE}，{LINE}")


@pytest.mark.parametrize("key", [key for key, template in templates().items() if template.series])
def test_who_sends_a_letter_and_when_stands_at_the_right_and_what_is_signed_for_at_the_left(key: str) -> None:
    values = {"letter.union": "演示总工会", "letter.day": "2026 年 3 月 2 日", "letter.text": "请核对。"}
    paper = fill(templates()[key], number="1 号", values=values, rows={})
    sent, left = ("演示总工会（章）", "2026 年 3 月 2 日"), ("请核对。", "签收人（签名）")
    aligned = {one.text: one.alignment for one in docx.Document(io.BytesIO(docx_of(paper))).paragraphs}
    assert [aligned[words] for words in sent] == [WD_ALIGN_PARAGRAPH.RIGHT] * 2
    assert not any(aligned[words] for words in aligned if words.startswith(left))
    page = pypdfium2.PdfDocument(pdf_of(paper))[0]
    read, middle = page.get_textpage(), page.get_width() / 2
    for words in (*sent, *left):
        index, _ = read.search(words).get_next()
        assert (read.get_charbox(index)[0] > middle) is (words in sent), words


@pytest.mark.parametrize("key", templates())
def test_each_paper_is_drawn_to_the_end(key: str) -> None:
    paper = fill(templates()[key], number="FY1-W01", values={"worker.name": "测小工"}, rows={})
    pages = pypdfium2.PdfDocument(pdf_of(paper))
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    assert paper.title in text.replace("\r\n", "")
    assert "FY1-W01" in text
    assert "签名" in text
