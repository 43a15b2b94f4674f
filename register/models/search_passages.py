"""The words of the texts that stand beside questions, kept to be searched: answers, comments, actions."""

from typing import Any, ClassVar

from django.db import models

from register.models.actions import Action
from register.models.answers import Answer, Review
from register.models.search import fold_words

# A kind of passage is called as its model is; each has the column of its text.
SEARCHED: dict[str, tuple[type[models.Model], str]] = {
    "answer": (Answer, "text"),
    "review": (Review, "comment"),
    "action": (Action, "text"),
}


class SearchPassageQuerySet(models.QuerySet["SearchPassage"]):
    def keep(self, passages: list[Any]) -> None:
        """Save the words of passages, in one statement; those that have none and had none need no row."""
        bare = [passage for passage in passages if not passage.has_words]
        for passage in bare:
            self.filter(kind=passage.kind, object_id=passage.object_id).delete()
        self.bulk_create(
            [passage for passage in passages if passage.has_words],
            update_conflicts=True,
            unique_fields=["kind", "object_id"],
            update_fields=["words"],
        )


class SearchPassage(models.Model):
    """The folded words of one passage, with a blank before and after each. One without words need have no row."""

    kind = models.CharField(max_length=10)
    object_id = models.BigIntegerField()
    words = models.TextField()

    objects: ClassVar = SearchPassageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_passage_once")]

    def __str__(self) -> str:
        return self.words

    @property
    def compared(self) -> str:
        return self.words

    @property
    def has_words(self) -> bool:
        return bool(self.words.strip())

    @classmethod
    def of(cls, row: Any) -> "SearchPassage":
        """Return the unsaved words of a row of a model of `SEARCHED` as it stands."""
        kind = row._meta.model_name
        return cls(kind=kind, object_id=row.pk, words=fold_words(getattr(row, SEARCHED[kind][1]) or ""))
