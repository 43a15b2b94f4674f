"""What was read before the head lock, told again under it: so that a write holds the lock for little but its writes.

Whatever changes a question, or what its documents show, has a ledger entry. So what was read of questions and of what
belongs to them stands under the lock, unless an entry came in between that is about one of these questions, or about
no one question: a topic, a meeting, an organisation.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from register.models.trips import found_by

FEW_ENTRIES = 100  # in between: of more, it is not asked what they are about
POSITION = "SELECT position FROM register_ledgerhead"
SINCE = "SELECT question_id FROM register_ledgerentry WHERE position > %s ORDER BY position LIMIT %s"

_ahead = ContextVar("ahead", default=None)


class Asked(NamedTuple):
    """A statement, and what it is given; None where nothing is to be found. `of` is the model of the rows, if told."""

    of: Any
    statement: str | None
    given: tuple = ()


def fetched(statement, *given, of=None):
    """Return the rows of a statement; where `of` names the model that they are of, they may have been read ahead."""
    (rows,) = fetched_together(Asked(of, statement, given))
    return rows


def fetched_together(*asked):
    """Return what `fetched` does of each `Asked`, in one trip to the database where the engine can."""
    ahead = _ahead.get()
    return ahead.fetched(asked) if ahead else _found(asked)


def _found(asked):
    sent = [one for one in asked if one.statement]
    found = iter(found_by(*((one.statement, one.given) for one in sent)))
    return [next(found) if one.statement else [] for one in asked]


class Ahead:
    """Rows by what was asked for them, and the ledger's position before the first was asked for."""

    def __init__(self):
        self.rows, self.position, self.complete = {}, None, False

    def fetched(self, asked):
        """Return the rows of each, of those that are not known from the database."""
        lacking = [one for one in asked if one not in self.rows]
        found = dict(zip(lacking, self._found(lacking), strict=True))
        if not self.complete:
            self.rows |= {one: rows for one, rows in found.items() if one.of and one.statement}
        return [self.rows[one] if one in self.rows else found[one] for one in asked]

    def _found(self, lacking):
        """Ask the database; the first time, for the ledger's position before anything else."""
        if self.position is not None:
            return _found(lacking)
        ((self.position,),), *found = _found([Asked(None, POSITION), *lacking])
        return found

    @property
    def since(self):
        """What to ask, under the lock, for `stands`: the questions that entries were about since then."""
        return Asked(None, SINCE, (self.position, FEW_ENTRIES + 1))

    def stands(self, since):
        """True where nothing that was read can have changed by the entries since then."""
        about = {key for (key,) in since}
        return len(since) <= FEW_ENTRIES and None not in about and not about & self._questions()

    def _questions(self):
        """Return the keys of the questions that were read: a key is the first column of every row."""
        return {row[0] for one, rows in self.rows.items() if one.of._meta.model_name == "question" for row in rows}

    def forget(self, table):
        self.rows = {one: rows for one, rows in self.rows.items() if table not in one.statement}


@contextmanager
def reading_ahead():
    """Yield an `Ahead` of what is read meanwhile of questions, and of what is theirs alone, by `fetched` with `of`."""
    ahead = Ahead()
    token = _ahead.set(ahead)
    try:
        yield ahead
        ahead.complete = True
    finally:
        _ahead.reset(token)


@contextmanager
def told_again(ahead):
    """Tell again what was read ahead, and stands."""
    token = _ahead.set(ahead)
    try:
        yield
    finally:
        _ahead.reset(token)


def forget(model):
    """Read anew from here on what was asked of a model's table: a row of it was just written."""
    if ahead := _ahead.get():
        ahead.forget(model._meta.db_table)
