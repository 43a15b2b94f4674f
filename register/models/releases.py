"""Whether a release is through: what `migrate` and `rebuild_documents` began, and have not done yet."""

from django.db import models


class UnfinishedRelease(models.Model):
    """A row from when a release begins to change what is kept until all that follows from it is done.

    Whoever is at it holds the release lock (`register.documents.release`). A row without the lock is a release that
    was broken off.
    """

    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_release_at_a_time")]

    def __str__(self) -> str:
        return f"Unfinished since {self.since}"
