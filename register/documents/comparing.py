"""What is kept of an item beside what it reads like now, for each clearance."""

import json
from collections import defaultdict

from register.models import Document
from register.models.documents import COLUMN_FOR
from register.words import IN_FEED, Classification

ORDER = tuple(Classification)
# column of a document: what its readers may see
READERS = {COLUMN_FOR[strictest]: ORDER[: n + 1] for n, strictest in enumerate(ORDER)}
WHOLE = COLUMN_FOR[ORDER[-1]]  # of whoever may read everything


def text_of(document):
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


class Comparison:
    """One item: `changed` names the columns of the readers to whom it reads differently than what is kept."""

    def __init__(self, builder, pk, held):
        self.kind, self.face, self.pk, self.held = builder.kind, builder.face, pk, held
        built = {column: builder.document(pk, seen) for column, seen in READERS.items()}
        self.documents = {column: document for column, document in built.items() if document}
        texts = _Once(text_of)
        self.now = {column: (said[0], texts(said[1])) for column, said in self.documents.items()}
        self.kept = {column: row for row in held if row.body is not None for column in READERS if getattr(row, column)}
        self.changed = [column for column in READERS if self.now.get(column) != _said(self.kept.get(column))]

    @property
    def renamed(self):
        """The columns of readers who know it by another reference."""
        return [
            c for c in self.changed if c in self.kept and c in self.now and self.kept[c].reference != self.now[c][0]
        ]

    @property
    def wants(self):
        """How many positions the change takes: a new name takes another, for the tombstone of the old one."""
        return 2 if self.renamed else 1

    @property
    def looks_different(self):
        """True where what other documents show of it changed: its face, or who may see it. A new item is in none."""
        return bool(self.kept) and any(self._face_now(column) != self._face_kept(column) for column in self.changed)

    def _face_now(self, column):
        document = self.documents.get(column)
        return document and [document[1][name] for name in self.face]

    def _face_kept(self, column):
        row = self.kept.get(column)
        document = row and json.loads(row.body)
        return document and [document[name] for name in self.face]

    def rows(self, positions):
        """Return (keys of the kept rows to delete, rows to insert), the change standing at these positions."""
        wanted = defaultdict(set)
        for row in self.held:
            for column in READERS:
                if getattr(row, column) and not self._replaces(row, column):
                    wanted[row.reference, row.body, row.position].add(column)
        for column in self.changed:
            for reference, body in self._new(column):
                position = positions[-1] if body is None and len(positions) > 1 else positions[0]
                wanted[reference, body, position].add(column)
        kept = {_key(row): row for row in self.held}
        same = {key for key, row in kept.items() if wanted.get(key) == _columns(row)}
        return [row.id for key, row in kept.items() if key not in same], [
            self._row(key, columns) for key, columns in wanted.items() if key not in same
        ]

    def _replaces(self, row, column):
        """True where a kept row gives way to the change: the document itself, or a tombstone of the name it has now."""
        return column in self.changed and (row.body is not None or row.reference == self.now.get(column, (None,))[0])

    def _new(self, column):
        if column in self.now:
            yield self.now[column]
        if column in self.renamed or column not in self.now:
            yield self.kept[column].reference, None

    def _row(self, key, columns):
        reference, body, position = key
        return Document(
            kind=self.kind,
            object_id=self.pk,
            reference=reference,
            body=body,
            position=position,
            in_feed=self.kind in IN_FEED,
            **dict.fromkeys(columns, True),
        )


class _Once:
    """Turns equal documents into text once: most read the same to all."""

    def __init__(self, make):
        self.make, self.last, self.text = make, None, None

    def __call__(self, document):
        if document != self.last:
            self.last, self.text = document, self.make(document)
        return self.text


def _said(row):
    return row and (row.reference, row.body)


def _key(row):
    return row.reference, row.body, row.position


def _columns(row):
    return {column for column in READERS if getattr(row, column)}
