from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class RegisterConfig(AppConfig):
    name = "register"
    verbose_name = "DCC/SEC question register"

    def ready(self):
        # Models are not loaded before this point, so what needs them is imported here.
        from simple_history.signals import post_create_historical_record

        from register.documents import keeping, tallying
        from register.ledger import chain, triggers
        from register.models import search

        # The one signal that data depends on: an entry cannot be forgotten by whoever writes a row.
        post_create_historical_record.connect(chain.chain_history_row, dispatch_uid="ledger")
        post_migrate.connect(lambda **_: triggers.install(), sender=self, weak=False, dispatch_uid="triggers")
        post_migrate.connect(lambda **_: search.install(), sender=self, weak=False, dispatch_uid="search")
        post_migrate.connect(lambda **_: keeping.restore_missing(), sender=self, weak=False, dispatch_uid="documents")
        post_migrate.connect(lambda **_: tallying.restore_missing(), sender=self, weak=False, dispatch_uid="tallies")
        checks.register(_triggers_in_place, checks.Tags.database)


def _triggers_in_place(databases=None, **_):
    from register.ledger import triggers

    if not databases:
        return []
    return [
        checks.Warning(f"Trigger {name} is missing.", hint="Run manage.py migrate to put it back.", id="register.W001")
        for name in triggers.missing()
    ]
