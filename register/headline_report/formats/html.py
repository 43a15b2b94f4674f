"""A web page as blocks."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from lxml import etree, html  # type: ignore[import-untyped]

from register.headline_report.blocks import Block, BlockKind, Document
from register.headline_report.formats.repairs import repair_text
from register.headline_report.report import NotAReport

_Element = Any  # lxml has no types
_HEADINGS = {f"h{level}" for level in range(1, 7)}
_UNREAD = {"script", "style", "head", "template", "noscript", "svg", "object", "iframe", "select", "textarea"}
_BLOCKS = {
    *("p", "div", "li", "ul", "ol", "table", "section", "article", "main", "body", "html", "blockquote", "hr", "pre"),
    *("header", "footer", "nav", "dl", "dt", "dd", "address", "figure", "form", "center", *_HEADINGS),
}
_BREAK = "\ue000"  # stands for <br> until the line ends of the source are gone
MOST_DEEP = 200  # elements within one another


def read_html(content: bytes) -> Document:
    """Return the `Document` of a web page. Raises NotAReport."""
    try:
        parser = html.HTMLParser(encoding=None if b"charset" in content[:2000].lower() else "utf-8", no_network=True)
        root = html.document_fromstring(content, parser=parser)
        reader = _Reader()
        return Document(list(reader.read(root)), reader.left_out)
    except (etree.LxmlError, ValueError, RecursionError):
        raise NotAReport("Give a whole web page: this one is damaged or empty.") from None


class _Reader:
    """Reads elements in order. `left_out` says what the page hides."""

    def __init__(self) -> None:
        self.left_out: list[str] = []
        self.numbers = count(1)

    def read(self, element: _Element, depth: int = 0) -> Iterator[Block]:
        """Yield the blocks of an element: those of its children, and its own text between them."""
        text = [element.text or ""]
        for child in element:
            if isinstance(child.tag, str) and child.tag not in _UNREAD and not self._is_hidden(child):
                if child.tag in _BLOCKS and depth < MOST_DEEP:
                    yield from self._make_text("".join(text))
                    text = []
                    yield from self._read_block(child, depth + 1)
                else:
                    text.append(_get_text(child))
            text.append(child.tail or "")
        yield from self._make_text("".join(text))

    def _is_hidden(self, element: _Element) -> bool:
        style = (element.get("style") or "").replace(" ", "").lower()
        is_hidden = "display:none" in style or "visibility:hidden" in style or element.get("hidden") is not None
        if is_hidden and (text := " ".join(_get_text(element).split())):
            self.left_out.append(f"The page has hidden text, not read: “{text[:80]}”.")
        return is_hidden

    def _read_block(self, element: _Element, depth: int) -> Iterator[Block]:
        if element.tag == "hr":
            yield Block(BlockKind.PAGE_EDGE, next(self.numbers))
        elif element.tag in _HEADINGS:
            yield Block(BlockKind.HEADING, next(self.numbers), " ".join(_get_text(element).split()))
        elif element.tag == "table" and not _holds_blocks(element):
            yield Block(BlockKind.TABLE, next(self.numbers), rows=_read_rows(element))
        elif element.tag == "li":
            yield from self._read_item(element, depth)
        else:
            yield from self.read(element, depth)
        yield Block(BlockKind.BLANK, next(self.numbers))

    def _read_item(self, element: _Element, depth: int) -> Iterator[Block]:
        label = "•"
        if element.getparent().tag == "ol":
            label = f"{1 + sum(1 for _ in element.itersiblings('li', preceding=True))}."
        for place, block in enumerate(self.read(element, depth)):
            is_first = place == 0 and block.kind is BlockKind.TEXT
            yield Block(BlockKind.ITEM, block.line, block.text, label=label) if is_first else block

    def _make_text(self, text: str) -> Iterator[Block]:
        """Yield a block for each line that a break begins; other line ends of the source mean nothing."""
        for line in repair_text(text.replace("\n", " ").replace(_BREAK, "\n")).split("\n"):
            if words := " ".join(line.split()):
                yield Block(BlockKind.TEXT, next(self.numbers), words)


def _get_text(element: _Element) -> str:
    if element.tag == "br":
        return _BREAK
    inner = (element.text or "") if element.tag not in _UNREAD else ""
    children = "".join(_get_text(child) + (child.tail or "") for child in element if isinstance(child.tag, str))
    return inner + children


def _holds_blocks(table: _Element) -> bool:
    """Return whether a table only lays out a page: it holds another, or a list or heading."""
    return next(table.iter("li", *_HEADINGS), None) is not None or sum(1 for _ in table.iter("table")) > 1


def _read_rows(table: _Element) -> tuple[tuple[str, ...], ...]:
    rows = (tuple(" ".join(_get_text(cell).split()) for cell in row.iter("td", "th")) for row in table.iter("tr"))
    return tuple(row for row in rows if any(row))
