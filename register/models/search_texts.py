"""The words of each question as a search compares them, kept beside it."""

from typing import Any

from django.db import models

from register.models.questions import Question
from register.models.search import fold_words


class SearchTextQuerySet(models.QuerySet["SearchText"]):
    def keep(self, texts: list[Any]) -> None:
        """Save the words of questions, in one statement, whether some of them were kept before or not."""
        self.bulk_create(
            texts,
            update_conflicts=True,
            unique_fields=["question"],
            update_fields=["title", "words"],
        )


class SearchText(models.Model):
    """The words of a question's title, and those of its title and text, with a blank before and after each.

    `documents.search_texts` keeps it with every write. Full-text indexes, which Django cannot declare, are of it.
    """

    question = models.OneToOneField(Question, models.CASCADE, primary_key=True, related_name="search_text")
    title = models.TextField()
    words = models.TextField()

    objects = SearchTextQuerySet.as_manager()

    def __str__(self) -> str:
        return self.words

    @property
    def compared(self) -> tuple[str, str]:
        return self.title, self.words

    @classmethod
    def of(cls, question: Question) -> "SearchText":
        """Return the unsaved words of a question as it stands."""
        words = fold_words(f"{question.title} {question.text}")
        return cls(question=question, title=fold_words(question.title), words=words)
