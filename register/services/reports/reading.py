import hashlib
from collections.abc import Mapping
from dataclasses import replace

from register.characters import remove_unprintable
from register.headline_report import Report, read_report
from register.headline_report.blocks import Block, Document
from register.headline_report.formats import read_document
from register.headline_report.references import DEFAULT_SHAPE, ReferenceShape
from register.models import Group, Organisation, Topic


def read_file(content: bytes, *, shapes: Mapping[str, ReferenceShape] | None = None) -> Report:
    """Return the `Report` in a file's bytes, with the register's topics and groups to go by. Raises NotAReport.

    `shapes` are how groups write references, {group's name: shape}, instead of what these have declared.
    """
    topics = {
        topic.name: [word for word in topic.keywords.split(",") if word.strip()] for topic in Topic.objects.current()
    }
    declared = {group.name: group.reference_shape for group in Group.objects.all()} | dict(shapes or {})
    report = read_report(
        _make_printable(read_document(content)),
        topics=topics,
        groups=list(declared),
        bodies=list(Organisation.objects.values_list("name", flat=True)),
        shapes={name: shape for name, shape in declared.items() if shape != DEFAULT_SHAPE},
    )
    report.digest = hashlib.sha256(content).hexdigest()
    return report


def _make_printable(document: Document) -> Document:
    """Return a document without the characters that the register keeps nowhere."""
    return replace(document, blocks=[_make_block_printable(block) for block in document.blocks])


def _make_block_printable(block: Block) -> Block:
    rows = tuple(tuple(map(remove_unprintable, row)) for row in block.rows)
    return replace(block, text=remove_unprintable(block.text), rows=rows)
