"""The audited models and their history models, by the names that ledger entries bear."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.db.models import Max, Model, QuerySet

from register.models import Audited, LedgerEntry


def get_model_name(history_model: Any) -> str:
    """Return the name that entries bear for a history model: `question` for HistoricalQuestion."""
    return history_model.instance_type._meta.model_name


@cache
def get_audited_models() -> Mapping[str, Any]:
    """Return every audited model, by name."""
    return {str(model._meta.model_name): model for model in sorted(Audited.__subclasses__(), key=lambda m: m.__name__)}


@cache
def get_history_models() -> Mapping[str, Any]:
    """Return every history model, by the name that ledger entries bear."""
    return {name: model.history.model for name, model in get_audited_models().items()}


def load_history_rows(entries: Iterable[LedgerEntry]) -> dict[tuple[str, int], Any]:
    """Return {(model's name, history id): row} for ledger entries; one whose row is gone is not in it."""
    ids = defaultdict(list)
    for entry in entries:
        ids[entry.model].append(entry.history_id)
    models = get_history_models()
    return {
        (name, row.history_id): row
        for name, wanted in ids.items()
        if name in models
        for row in models[name].objects.filter(history_id__in=wanted)
    }


def get_last_positions(model: type[Model], history_rows: QuerySet) -> dict[int, int]:
    """Return {key: position} of the last entry for each object among these history rows of a model."""
    last = dict(history_rows.order_by().values_list("id").annotate(last=Max("history_id")))
    entries = LedgerEntry.objects.filter(model=model._meta.model_name, history_id__in=last.values())
    positions = dict(entries.values_list("history_id", "position"))
    return {key: positions[history_id] for key, history_id in last.items()}
