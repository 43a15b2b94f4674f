"""What of a Word document its reader sees: hidden text and deletions are noted and left out.

Which text is hidden follows ECMA-376 part 1, 17.3.2.41 (vanish) and 17.7.3 (toggle properties).
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn

_Element = Any  # an lxml element; neither lxml nor the parts of python-docx above it have types

_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_KNOWN_TO_WORD = ("http://schemas.microsoft.com/office/", "http://schemas.openxmlformats.org/")
_HIDES = (qn("w:vanish"), qn("w:webHidden"), qn("w:specVanish"))
_DELETIONS = (qn("w:del"), qn("w:moveFrom"))
_WORDS = (qn("w:t"), qn("w:delText"))
_OFF = ("0", "false", "off", "none")
LONGEST_SHOWN = 80  # characters of what was left out
MOST_SHOWN = 5

HIDDEN, DELETED = "hidden text", "deleted text"
_PARTS = {"comments": "comments", "footnotes": "footnotes", "endnotes": "endnotes"}


class Visibility:
    """Tells what is seen of a document's elements. `left_out` is {what it is: its texts}, filled as it is asked."""

    def __init__(self, document: Document) -> None:
        self.left_out: dict[str, list[str]] = defaultdict(list)
        self._styles = {style.get(qn("w:styleId")): style for style in document.styles.element.iter(qn("w:style"))}
        self._defaults = {
            style.get(qn("w:type")): name
            for name, style in self._styles.items()
            if style.get(qn("w:default")) not in (None, *_OFF)
        }
        self._hides_all = any(_read_toggle(found) for found in document.styles.element.iter(qn("w:rPrDefault")))
        self._is_hidden_by_style = cache(self._find_in_style)
        for part in document.part.rels.values():
            self._note_part(part)

    def get_seen_parts(self, element: _Element) -> Iterator[_Element]:
        """Yield the children of an element that a reader may see; those of a choice are of the one that Word takes."""
        if element.tag == f"{_COMPATIBILITY}AlternateContent":
            yield from _choose(element)
            return
        for child in element:
            if kind := self._find_reason(child):
                self._note(kind, child)
            else:
                yield child

    def is_row_seen(self, row: _Element) -> bool:
        """Return whether a table's row is neither hidden nor deleted."""
        properties = row.find(qn("w:trPr"))
        for tag, kind in ((qn("w:del"), DELETED), (qn("w:hidden"), HIDDEN)):
            mark = properties.find(tag) if properties is not None else None
            if mark is not None and mark.get(qn("w:val")) not in _OFF:
                self._note(kind, row)
                return False
        return True

    def is_mark_hidden(self, paragraph: _Element) -> bool:
        """Return whether the end of a paragraph is hidden or deleted: without text it is then no line, nor counted."""
        mark = paragraph.find(f"{qn('w:pPr')}/{qn('w:rPr')}")
        if mark is not None and any(mark.find(tag) is not None for tag in _DELETIONS):
            return True
        own = _read_toggle(mark)
        return self._is_hidden_by_styles(paragraph, None) if own is None else own

    def describe(self) -> list[str]:
        """Return a sentence on each kind of what was left out."""
        return [_describe(kind, texts) for kind, texts in self.left_out.items()]

    def _find_reason(self, element: _Element) -> str | None:
        if element.tag in _DELETIONS:
            return DELETED
        return HIDDEN if element.tag == qn("w:r") and self._is_run_hidden(element) else None

    def _is_run_hidden(self, run: _Element) -> bool:
        own = _read_toggle(run.find(qn("w:rPr")))
        return self._is_hidden_by_styles(next(run.iterancestors(qn("w:p")), None), run) if own is None else own

    def _is_hidden_by_styles(self, paragraph: _Element, run: _Element) -> bool:
        """Return the exclusive or of the styles' own values, unless the document's defaults hide all."""
        names = [
            self._get_style(paragraph, "pPr", "pStyle") or self._defaults.get("paragraph"),
            self._get_style(run, "rPr", "rStyle") or self._defaults.get("character"),
            self._get_style(_get_table(paragraph), "tblPr", "tblStyle") or None,
        ]
        return self._hides_all or sum(self._is_hidden_by_style(name) for name in names) % 2 == 1

    def _get_style(self, element: _Element, properties: str, name: str) -> str | None:
        found = element.find(f"{qn(f'w:{properties}')}/{qn(f'w:{name}')}") if element is not None else None
        return found.get(qn("w:val")) if found is not None else None

    def _find_in_style(self, name: str | None) -> bool:
        """Return the value that the nearest style has, of this one and those that it is based on."""
        looked_at = set()
        while name in self._styles and name not in looked_at:
            looked_at.add(name)
            style = self._styles[name]
            value = _read_toggle(style.find(qn("w:rPr")))
            if value is not None:
                return value
            based_on = style.find(qn("w:basedOn"))
            name = based_on.get(qn("w:val")) if based_on is not None else None
        return False

    def _note_part(self, relation: Any) -> None:
        name = next((told for kind, told in _PARTS.items() if relation.reltype.endswith(f"/{kind}")), None)
        element = getattr(relation.target_part, "element", None) if name and not relation.is_external else None
        if name and element is not None:
            self._note(name, element)

    def _note(self, kind: str, element: _Element) -> None:
        text = " ".join("".join(words.text or "" for words in element.iter(*_WORDS)).split())
        if text:
            self.left_out[kind].append(text)


def _choose(alternatives: _Element) -> _Element:
    """Return the first choice that Word understands, else the fallback, else nothing."""
    for choice in alternatives.iterchildren(f"{_COMPATIBILITY}Choice"):
        needed = [choice.nsmap.get(prefix, "") for prefix in (choice.get("Requires") or "").split()]
        if needed and all(name.startswith(_KNOWN_TO_WORD) for name in needed):
            return [choice]
    return list(alternatives.iterchildren(f"{_COMPATIBILITY}Fallback"))[:1]


def _read_toggle(properties: _Element | None) -> bool | None:
    """Return whether run properties hide text, or None where they do not say."""
    marks = list(properties.iter(*_HIDES)) if properties is not None else []
    return any(mark.get(qn("w:val")) not in _OFF for mark in marks) if marks else None


def _get_table(paragraph: _Element) -> _Element:
    return next(paragraph.iterancestors(qn("w:tbl")), None) if paragraph is not None else None


def _describe(kind: str, texts: list[str]) -> str:
    shown = ", ".join(f"“{text[:LONGEST_SHOWN]}{'…' * (len(text) > LONGEST_SHOWN)}”" for text in texts[:MOST_SHOWN])
    more = f" and {len(texts) - MOST_SHOWN} more" if len(texts) > MOST_SHOWN else ""
    return f"The file has {kind}, not read: {shown}{more}."
