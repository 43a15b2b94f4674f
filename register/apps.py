from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class RegisterConfig(AppConfig):
    name = "register"
    verbose_name = "DCC/SEC question register"

    def ready(self) -> None:
        # Models are not loaded before this point, so what needs them is imported here.
        from simple_history.signals import post_create_historical_record

        from register.documents.updating import DocumentUpdater
        from register.ledger import triggers
        from register.ledger.unit_of_work import append_history_row, register_observer
        from register.models import search

        # The one signal that data depends on: an entry cannot be forgotten by whoever writes a row.
        post_create_historical_record.connect(append_history_row, dispatch_uid="ledger")
        register_observer(DocumentUpdater)
        post_migrate.connect(lambda **_: triggers.install_triggers(), sender=self, weak=False, dispatch_uid="triggers")
        post_migrate.connect(lambda **_: search.install_search_index(), sender=self, weak=False, dispatch_uid="search")
        post_migrate.connect(_rebuild_documents, sender=self, dispatch_uid="documents")
        checks.register(_check_triggers, checks.Tags.database)
        checks.register(_check_columns, checks.Tags.database)


def _rebuild_documents(**_: Any) -> None:
    from register.documents.updating import rebuild_documents
    from register.models.columns import has_unapplied_migrations

    if not has_unapplied_migrations():  # as after `migrate register 0012`, whose tables are not those of the models
        rebuild_documents()


def _check_triggers(databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    from register.ledger import triggers

    return [
        checks.Warning(f"Trigger {name} is missing.", hint="Run manage.py migrate to put it back.", id="register.W001")
        for name in (triggers.find_missing_triggers() if databases else [])
    ]


def _check_columns(databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    from register.models.columns import find_missing_columns, has_unapplied_migrations

    missing = find_missing_columns() if databases else []
    if missing and has_unapplied_migrations():
        return []
    hint = "Add it by hand, or go back to a backup: a migration was edited after it had run here."
    return [checks.Error(f"Column {name} is missing.", hint=hint, id="register.E001") for name in missing]
