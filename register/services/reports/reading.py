from dataclasses import replace

from register.characters import remove_unprintable
from register.headline_report import Report, read_report
from register.headline_report.blocks import Block, Document
from register.headline_report.formats import read_document
from register.models import Group, Organisation, Topic


def read_file(content: bytes) -> Report:
    """Return the `Report` in a file's bytes, with the register's topics and groups to go by. Raises NotAReport."""
    topics = {
        topic.name: [word for word in topic.keywords.split(",") if word.strip()] for topic in Topic.objects.current()
    }
    groups = list(Group.objects.values_list("name", flat=True))
    bodies = list(Organisation.objects.values_list("name", flat=True))
    return read_report(_make_printable(read_document(content)), topics=topics, groups=groups, bodies=bodies)


def _make_printable(document: Document) -> Document:
    """Return a document without the characters that the register keeps nowhere."""
    return replace(document, blocks=[_make_block_printable(block) for block in document.blocks])


def _make_block_printable(block: Block) -> Block:
    rows = tuple(tuple(map(remove_unprintable, row)) for row in block.rows)
    return replace(block, text=remove_unprintable(block.text), rows=rows)
