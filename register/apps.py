from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class RegisterConfig(AppConfig):
    name = "register"
    verbose_name = "DCC/SEC question register"

    def ready(self) -> None:
        # Models are not loaded before this point, so what needs them is imported here.
        from simple_history.signals import post_create_historical_record, pre_create_historical_record

        from register import outages
        from register.documents.search_texts import SearchTextUpdater
        from register.documents.updating import DocumentUpdater
        from register.ledger.roles import note_roles
        from register.ledger.unit_of_work import append_history_row, register_listener, register_observer
        from register.models import User
        from register.services.suspects.watching import GroundWatcher

        # Data depends on these signals alone: whoever saves a row can forget neither its roles nor its entry.
        pre_create_historical_record.connect(note_roles, sender=User.history.model, dispatch_uid="roles")
        post_create_historical_record.connect(append_history_row, dispatch_uid="ledger")
        register_observer(GroundWatcher)  # first: what it records is searched and shown as well
        register_observer(SearchTextUpdater)
        register_observer(DocumentUpdater)
        register_listener(outages.forget_outages)
        post_migrate.connect(_complete_release, sender=self, dispatch_uid="release")
        for check in (_check_triggers, _check_columns, _check_release, _check_file, _check_names):
            checks.register(check, checks.Tags.database)


def _complete_release(**_: Any) -> None:
    from register.documents.release import complete_release

    complete_release()


def _check_triggers(databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    from register.ledger import triggers

    hint = "Run manage.py migrate to put it right, and find out who changed it."
    missing = triggers.find_missing_triggers() if databases else []
    wrong = [name for name in triggers.find_wrong_triggers() if name not in missing] if databases else []
    return [
        *(checks.Warning(f"Trigger {name} is missing.", hint=hint, id="register.W001") for name in missing),
        *(checks.Warning(f"Trigger {name} is not as it should be.", hint=hint, id="register.W002") for name in wrong),
    ]


def _check_columns(databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    from register.models.columns import find_missing_columns, has_unapplied_migrations

    missing = find_missing_columns() if databases else []
    if missing and has_unapplied_migrations():
        return []
    hint = "Add it by hand, or go back to a backup: a migration was edited after it had run here."
    return [checks.Error(f"Column {name} is missing.", hint=hint, id="register.E001") for name in missing]


def _check_release(databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    from register.health import find_release_problems

    hint = "Run manage.py migrate to do the rest."
    return [
        checks.Warning(said, hint=hint, id="register.W003") for said in (find_release_problems() if databases else [])
    ]


def _check_file(databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    from django.db import connection

    from register.sqlite_file import is_open_to_others

    if not databases or connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        (found,) = cursor.fetchone()
    file, messages = Path(connection.settings_dict["NAME"]), []
    if found != "ok":
        messages.append(checks.Error(f"{file} is damaged: {found}.", hint="Go back to a backup.", id="register.E002"))
    if is_open_to_others(file):
        hint = f"chmod 600 {file}"
        messages.append(checks.Warning(f"{file} is open to others than its owner.", hint=hint, id="register.W004"))
    return messages


def _check_names(databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    from register.models.columns import has_unapplied_migrations
    from register.models.names import describe_twins

    if not databases or has_unapplied_migrations():
        return []
    hint = "Rename it, or merge the two: its page in the admin has Merge into another."
    return [checks.Warning(said, hint=hint, id="register.W005") for said in describe_twins()]
