"""What the register says when it will not do a thing.

Services raise these; each entrance translates them once (an admin message, a problem document, a CommandError).
"""

from collections.abc import Iterable, Mapping


class Refusal(Exception):
    """Base of every refusal; `reasons` are whole sentences that say what to do next."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = list(reasons)


class Refused(Refusal):
    """The person may do such things, but not this one, not now, or not with what was given."""


class Invalid(Refused):
    """A field holds what it cannot; `fields` maps each field's name to its sentences."""

    def __init__(self, fields: Mapping[str, Iterable[str]]) -> None:
        super().__init__(
            *(_begin_with_field(name, sentence) for name, sentences in fields.items() for sentence in sentences)
        )
        self.fields = fields


def _begin_with_field(field: str, sentence: str) -> str:
    """Return a field's sentence so that it stands alone; one about the whole stands alone already."""
    return sentence if field == "__all__" else f"{field.replace('_', ' ').capitalize()}: {sentence}"


class NotPermitted(Refusal):
    """The person may not do this, whatever they give."""


class NotVisible(Refusal):
    """There is no such thing, or none that this person may see: the two look the same."""


class Stale(Refused):
    """Somebody else changed it since it was read; `changes` says who changed what."""

    def __init__(self, reason: str, changes: Iterable[str]) -> None:
        super().__init__(reason, *changes)
        self.changes = changes
