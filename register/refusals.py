"""The exceptions that services raise when they refuse to act.

Each entrance translates them once: the admin into a message, the API into a problem document, a command into a
CommandError.
"""

from collections.abc import Iterable, Mapping


class Refusal(Exception):
    """Base of every refusal; `reasons` are whole sentences that say what to do next."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = list(reasons)


class Refused(Refusal):
    """The person has permission, but the state of the record or the values given do not allow it."""


class Invalid(Refused):
    """Values of fields are not valid; `fields` maps a field's name, or `__all__`, to its sentences."""

    def __init__(self, fields: Mapping[str, Iterable[str]]) -> None:
        super().__init__(
            *(_begin_with_field(name, sentence) for name, sentences in fields.items() for sentence in sentences)
        )
        self.fields = fields


def _begin_with_field(field: str, sentence: str) -> str:
    """Return the sentence with its field's name before it; a sentence about `__all__` is returned as it is."""
    return sentence if field == "__all__" else f"{field.replace('_', ' ').capitalize()}: {sentence}"


class NotPermitted(Refusal):
    """The person lacks the permission, whatever the values given."""


class NotVisible(Refusal):
    """The row does not exist, or the person may not see it: neither tells which, so that nothing is revealed."""


class Stale(Refused):
    """The row was changed by somebody else since the person read it; `changes` are sentences, one for each change."""

    def __init__(self, reason: str, changes: Iterable[str]) -> None:
        super().__init__(reason, *changes)
        self.changes = changes
