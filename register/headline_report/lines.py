"""From the text of a file to lines that mean something: conversion undone, page furniture set apart."""

import re
from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto

_SUBSTITUTES = str.maketrans(
    {
        "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u2009": " ", "\u3000": " ",  # spaces that do not break
        "\u2011": "-", "\u2010": "-",  # hyphens that do not break
        "\u200b": None, "\u200c": None, "\u200d": None, "\u2060": None, "\ufeff": None,  # nothing at all
        "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl",
        "\ufb05": "st", "\ufb06": "st",
        "\x0b": "\n", "\x0c": "\n", "\u2028": "\n", "\u2029": "\n", "\x85": "\n",
    }
)  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_SOFT_HYPHEN = re.compile("\u00ad[ \t]*\n?")
_LINK = re.compile(r"\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!&-])")


class Kind(Enum):
    BLANK = auto()
    FURNITURE = auto()
    MARKER = auto()
    SECTION = auto()
    HEADING = auto()
    PARAGRAPH = auto()
    BULLET = auto()
    TEXT = auto()


@dataclass
class Line:
    """One line: its number in the file from 1, what it is, and its text without the marks that said so."""

    number: int
    kind: Kind
    text: str
    label: str = ""  # a section's or paragraph's number, a marker's references


def plain(text):
    """Return text without Markdown's links, emphasis and escapes."""
    text = _ESCAPE.sub(r"\1", text)
    return _LINK.sub(r"\1", text).replace("**", "").replace("__", "")


def mended(text):
    """Undo what conversion does to text: line ends, spaces, hyphens, ligatures, control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_SUBSTITUTES)
    return _SOFT_HYPHEN.sub("", _CONTROL.sub("", text))


REFERENCE = r"\d{1,3}\s{0,3}/\s{0,3}\d{1,3}"
_AND = r"\s{0,3}(?:,|&|\band\b|\+)\s{0,3}"
_MARKER = re.compile(rf"actions?\s{{0,3}}:?\s{{0,3}}({REFERENCE}(?:{_AND}(?:actions?\s{{0,3}})?{REFERENCE})*)", re.I)
_OPEN_MARKER = re.compile(
    rf"actions?\s{{0,3}}:?\s{{0,3}}(?:{REFERENCE}(?:{_AND}{REFERENCE})*)?\s{{0,3}}(?:&|and|,|\+)?", re.I
)
_CUT_MARKER = re.compile(r"actions?\s{0,3}:?\s{0,3}\d{1,3}\s{0,3}/?", re.I)
_DECORATION = " \t*#_-–—•>[]().:;"

_RULE = re.compile(r"\s*(?:[-*_=]\s*){3,}$")
_PAGE = re.compile(r"(?:page\s+)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?|page\s+\d{1,4}.{0,40}", re.I)
_HEADING = re.compile(r"\s{0,3}(#{1,6})\s*(.*?)\s*#*\s*$")
_SECTION = re.compile(r"(\d{1,3})[.)]?\s+(\S.*)")
_PARAGRAPH = re.compile(r"\s*(?:[-*•]\s+)?(\d{1,3}\.\d{1,5}(?:\.\d{1,3})?)[.):]?(?:\s+(.*))?$")
_BULLET = re.compile(r"\s*(?:[-*+•▪‣●◦·o–]|\(?[a-z]\)|\(?[ivx]{1,4}\))\s+(\S.*)$")
RUNNING_HEAD = re.compile(r"headline report", re.I)


def lines_of(text):
    """Return the lines of a report's text, each with its kind; nothing is left out."""
    raw = mended(text).split("\n")
    heads = _running_heads(raw)
    numbered = _joined_markers([(number, line.rstrip()) for number, line in enumerate(raw, 1)])
    lines = [_line(number, line, heads) for number, line in numbered]
    _tell_sections(lines)
    _tell_headings(lines)
    return lines


def _shape(line):
    return re.sub(r"\d+", "0", plain(line).strip(_DECORATION)).lower()


def _running_heads(raw):
    """Return the shapes of short lines that recur as the heads and feet of pages do."""
    shapes = Counter(_shape(line) for line in raw if 0 < len(line.strip()) < 100 and not _says_something(line))
    return {
        shape
        for shape, times in shapes.items()
        if shape and (times >= 3 or (times == 2 and "headline report" in shape))
    }


def _says_something(line):
    return bool(_PARAGRAPH.match(line) or _BULLET.match(line) or _references_of(line) or re.match(r"\s*\|", line))


def _references_of(line):
    """Return the references of a line that is a marker and nothing else, else None."""
    match = _MARKER.fullmatch(plain(line).strip(_DECORATION)) if len(line) < 200 else None
    return re.sub(r"\s", "", ",".join(re.findall(REFERENCE, match[1]))) if match else None


def _joined_markers(numbered):
    """Yield lines, with a marker that was broken over two made one again."""
    pending = None
    for number, line in numbered:
        if pending and line.strip():
            joined = f"{pending[1]} {line.strip()}"
            if _references_of(joined):
                yield pending[0], joined
                pending = None
                continue
            yield pending
            pending = None
        if _may_be_cut(line):
            pending = (number, line)
        elif not pending or line.strip():
            yield number, line
    if pending:
        yield pending


def _may_be_cut(line):
    bare = plain(line).strip(" \t*#_-–—•>[]().:;") if len(line) < 100 else ""
    cut = _CUT_MARKER.fullmatch(bare) and not _references_of(line)
    return bool(bare) and bool(cut or (_OPEN_MARKER.fullmatch(bare) and not _references_of(line)))


def _line(number, line, heads):
    if not line.strip():
        return Line(number, Kind.BLANK, "")
    if references := _references_of(line):
        return Line(number, Kind.MARKER, plain(line).strip(), references)
    if _RULE.match(line) or _PAGE.fullmatch(plain(line).strip(_DECORATION)) or _shape(line) in heads:
        return Line(number, Kind.FURNITURE, plain(line).strip())
    if heading := _HEADING.match(line):
        return _heading(number, plain(heading[2]).strip())
    return _body(number, plain(line))


def _heading(number, title):
    if RUNNING_HEAD.fullmatch(title) or not title:
        return Line(number, Kind.FURNITURE, title)
    if paragraph := _PARAGRAPH.match(title):
        return Line(number, Kind.PARAGRAPH, (paragraph[2] or "").strip(), paragraph[1])
    if section := _SECTION.fullmatch(title):
        return Line(number, Kind.SECTION, section[2].strip(), section[1])
    return Line(number, Kind.HEADING, title)


def _body(number, line):
    paragraph = _PARAGRAPH.match(line)
    if paragraph and not (paragraph[2] or "X")[0].islower():
        return Line(number, Kind.PARAGRAPH, (paragraph[2] or "").strip(), paragraph[1])
    if bullet := _BULLET.match(line):
        return Line(number, Kind.BULLET, bullet[1].strip())
    if RUNNING_HEAD.fullmatch(line.strip()):
        return Line(number, Kind.FURNITURE, line.strip())
    return Line(number, Kind.TEXT, line.strip(" "))


def _tell_sections(lines):
    """Mark plain lines such as `3. Updates on actions` as sections where numbered paragraphs of theirs come next."""
    following = None
    for line in reversed(lines):
        if line.kind is Kind.PARAGRAPH:
            following = line.label.split(".")[0]
            continue
        section = _SECTION.fullmatch(line.text) if line.kind is Kind.TEXT and len(line.text) < 200 else None
        if section and section[1] == following and line.text[-1] not in ".;:":
            line.kind, line.label, line.text = Kind.SECTION, section[1], section[2].strip()
            following = None


def _tell_headings(lines):
    """Mark a short plain line as a heading where a paragraph comes next and what stands before is finished."""
    said = [line for line in lines if line.kind not in (Kind.BLANK, Kind.FURNITURE)]
    for before, line, after in zip(said, said[1:], said[2:], strict=False):
        finished = before.kind in (Kind.MARKER, Kind.SECTION, Kind.HEADING) or before.text[-1:] in ".?!"
        if line.kind is Kind.TEXT and finished and after.kind in (Kind.PARAGRAPH, Kind.SECTION) and _titled(line.text):
            line.kind = Kind.HEADING


def _titled(text):
    return len(text) < 120 and text[0].isupper() and text[-1] not in ".;:,?!" and "\t" not in text
