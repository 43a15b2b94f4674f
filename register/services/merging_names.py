"""Merge two organisations, or two topics, that are one: everything that bears the one bears the other then."""

from collections.abc import Iterator
from typing import Any, TypeVar

from django.db.models import QuerySet

from register.ledger.unit_of_work import Actor, record
from register.models import Organisation, Topic
from register.models.audited import Audited
from register.refusals import Refused
from register.services.cleaning import require_text
from register.services.permissions import require_role
from register.services.rows import check_not_stale, reload_visible, unit_of_work_on
from register.vocabulary import Role

Named = TypeVar("Named", Organisation, Topic)


def merge_names(row: Named, into: Named, *, by: Actor, reason: str, seen: int | None = None) -> Named:
    """Merge an organisation or topic into another of its kind; return the one that is left.

    Every row that refers to it refers to the other then, each with a history row of its own. The merged one stays, is
    offered no more, and its name leads to the other. Where `into` was merged itself, the end is taken. `seen` is as in
    `reference.keep`. Raises NotVisible, NotPermitted, Refused, Stale.
    """
    kind = row._meta.verbose_name
    with unit_of_work_on(row, by) as row:
        require_role(by, Role.TRIAGE, to=f"merge {row._meta.verbose_name_plural}")
        check_not_stale(row, seen)
        into = reload_visible(into, by)
        into = into.merged_into or into
        reason = require_text(reason, f"Give a reason: why they are one {kind}.")
        if row.merged_into:
            raise Refused(f"{row.name} is merged into {row.merged_into.name} already.")
        if row.pk == into.pk:
            raise Refused(f"Choose another {kind}: {row.name} cannot be merged into itself.")
        for column, referring in get_referring(row):
            for other in referring:
                setattr(other, column, into)
                record(other, by=by, reason=reason)
        row.merged_into = into
        record(row, by=by, reason=reason)
        return into


def get_referring(row: Audited) -> Iterator[tuple[str, QuerySet[Any]]]:
    """Yield (column, rows) for each column of an audited model that refers to a row of reference data.

    Columns that are added later are among them. Rows of its own kind that were merged into it are, too.
    """
    for relation in row._meta.related_objects:
        model: Any = relation.related_model
        if not issubclass(model, Audited):
            raise TypeError(f"Say what becomes of a {model.__name__} when a name is merged.")
        yield relation.field.name, model._base_manager.filter(**{relation.field.name: row})
