"""A program of its own: draws one page of a PDF that nobody trusts, or counts its pages. Run by `pages`.

    python -I drawing.py [PAGE LONGEST] < file.pdf > page.jpg

It gives up memory, time, files and the network of its own accord before it reads a byte: what a hostile file gains here
it gains in a process that can do nothing. PDFium is built without script and without XFA.
"""

import resource
import sys

MEMORY = 1024**3
"""Bytes, the library's own code included."""
SECONDS = 8
"""Of the processor."""


def main() -> None:
    import pypdfium2
    from PIL import Image

    Image.preinit()
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 3),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    if len(sys.argv) == 1:
        sys.stdout.write(str(len(document)))
        return
    number, longest = map(int, sys.argv[1:])
    page = document[number]
    drawn = page.render(scale=min(3.0, longest / max(page.get_size())), may_draw_forms=False)
    drawn.to_pil().convert("RGB").save(sys.stdout.buffer, "JPEG", quality=85)


if __name__ == "__main__":
    main()
