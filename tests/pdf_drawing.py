"""Draw the pages of a PDF for the tests of its reader, and read back what stands on them."""

import io

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate, Table

from register.headline_report.formats.pdf import read_pdf

PROSE = (
    "DCC agreed to set out what it holds of each meter",
    "and how long it is kept before anybody may fetch",
    "it, so that members can compare this with what the",
    "design asks for in the paper of the last meeting.",
)


class Drawing:
    """Draws on the pages of a PDF, from the top downwards."""

    def __init__(self, size=A4):
        self.file = io.BytesIO()
        self.canvas = Canvas(self.file, pagesize=size)
        self.height = size[1]

    def write(self, left, down, text, size=10, font="Helvetica"):
        self.canvas.setFont(font, size)
        self.canvas.drawString(left, self.height - down, text)

    def write_lines(self, left, down, lines, **options):
        for n, line in enumerate(lines):
            self.write(left, down + 12 * n, line, **options)

    def read(self):
        return read_pdf(self.get_content())

    def get_content(self):
        self.canvas.save()
        return self.file.getvalue()


def draw_circle(canvas, left, y):
    canvas.circle(left + 2, y, 1.5, fill=1, stroke=0)


def get_parts(document):
    """Return (name of the kind, label and text, or rows) of each block."""
    return [(b.kind.name, b.rows or f"{b.label} {b.text}".strip()) for b in document.blocks]


def get_texts(document):
    return [block.text for block in document.blocks if block.text]


def get_tables(document):
    return [block.rows for block in document.blocks if block.rows]


def ruled(rows, style=(), **options):
    file = io.BytesIO()
    grid = ("GRID", (0, 0), (-1, -1), 0.5, colors.black)
    SimpleDocTemplate(file, pagesize=A4).build([Table(rows, style=[grid, *style], **options)])
    return read_pdf(file.getvalue())
