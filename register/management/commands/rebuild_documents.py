from django.core.management.base import BaseCommand

from register.documents.release import complete_release, hold_release_lock


class Command(BaseCommand):
    help = (
        "Bring every document that the API shows to its present shape. migrate does so too; run this again when the "
        "last process of the release before has gone, which wrote documents of the former shape until then."
    )

    def handle(self, **options):
        with hold_release_lock():
            changed = complete_release()
        self.stdout.write(f"{changed:,} documents changed." if changed else "Every document is up to date.")
