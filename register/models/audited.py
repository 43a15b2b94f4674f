"""What the audited models share: history rows that name their actor, saves in one transaction, and no deletion."""

from collections.abc import Callable, Collection
from functools import cache
from typing import Any, NoReturn

from django.db import models, transaction
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

from register.refusals import Refused
from register.vocabulary import SYSTEM


class HistoryRow(models.Model):
    """The columns of every history row beside those of its model: the actor's name and organisation at that time.

    `recorded_anew` marks a row that differs in nothing from the one before. It was written because another row
    changed that its object's API document shows, so that the change of the document has a ledger position.
    """

    actor = models.CharField(max_length=200, null=True, editable=False)
    actor_organisation = models.CharField(max_length=80, null=True, editable=False)
    recorded_anew = models.BooleanField(null=True, editable=False)

    class Meta:
        abstract = True


def _set_actor(row: Any, user: Any) -> None:
    row.actor = user.display_name if user else SYSTEM
    row.actor_organisation = user.organisation.name if user and user.organisation_id else ""
    row.history_user_id = user.pk if user else None


def _get_actor_label(row: Any) -> str:
    # From the row itself: the names as they were then, and no query for each row.
    return " · ".join(filter(None, [row.actor, row.actor_organisation]))


class CachedHistoryManager(HistoryManager):
    """simple-history's manager. Every access to a model's `history` makes the manager's class, here only once."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class: type[models.QuerySet], class_name: str | None = None) -> Any:
        return super().from_queryset(queryset_class, class_name)


class AuditHistory(HistoricalRecords):
    """simple-history's `HistoricalRecords`, with the table that the ledger needs.

    Every copied column may be NULL: a redaction empties columns, and a column that is added later must leave the
    digests of older rows as they were. The one index serves reading an object's rows in order. `row` has the columns
    of history rows beside those of the model.
    """

    def __init__(self, *, row: Any = HistoryRow, **options: Any) -> None:
        super().__init__(
            bases=[row],
            history_manager=CachedHistoryManager,
            history_id_field=models.BigAutoField(),
            history_change_reason_field=models.TextField(null=True),
            history_user_id_field=models.BigIntegerField(null=True),
            history_user_getter=_get_actor_label,
            history_user_setter=_set_actor,
            **options,
        )

    def copy_fields(self, model: type[models.Model]) -> dict[str, models.Field]:
        fields = super().copy_fields(model)
        for field in fields.values():
            field.null, field.db_index = True, False
        return fields

    def get_meta_options(self, model: Any) -> dict[str, Any]:
        indexes = [models.Index(fields=[model._meta.pk.attname, "history_id"])]
        return super().get_meta_options(model) | {"indexes": indexes, "ordering": ["-history_id"]}

    def post_save(
        self,
        instance: models.Model,
        created: bool,
        using: str | None = None,
        update_fields: Collection[str] | None = None,
        **kwargs: Any,
    ) -> None:
        # As when somebody signs in, which saves `last_login` alone: nothing that is audited changed.
        if update_fields and set(update_fields) <= set(self.excluded_fields):
            return
        super().post_save(instance, created, using=using, **kwargs)


class ComputedProperty(property):
    """A property with the `columns` (as look-ups) that it is computed from, for documents that show it."""

    columns: tuple[str, ...] = ()


def computed_from(*columns: str) -> Callable[[Callable[[Any], Any]], Any]:
    """Decorate a method of a model as a `ComputedProperty` of these columns: `@computed_from("group__name")`."""

    def decorate(method: Callable[[Any], Any]) -> ComputedProperty:
        computed = ComputedProperty(method)
        computed.columns = columns
        return computed

    return decorate


class AuditedQuerySet(models.QuerySet):
    """Refuses the calls that would write rows without history: raises Refused."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Refused(f"Write {self.model._meta.verbose_name_plural} through a service: this call leaves no history.")

    delete = update = bulk_create = bulk_update = _refuse
    adelete = aupdate = abulk_create = abulk_update = _refuse


class Audited(models.Model):
    """Base of the audited models: saved together with its history row and ledger entry, and never deleted."""

    # What `ledger.unit_of_work` sets for the time of a save, and simple-history reads.
    _history_user: Any
    _change_reason: str | None

    objects = AuditedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Refused(f"Keep {self}: nothing in the register is deleted.")

    def get_question_id(self) -> int | None:
        """Return the primary key of the question whose document this row is part of, or None."""
        return None
