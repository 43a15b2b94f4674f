from django.core.management.base import BaseCommand, CommandError

from register.models import User
from register.refusals import Refusal
from register.services.redaction import redact


class Command(BaseCommand):
    help = "Empty the free text recorded at a ledger position: a spilled secret, personal data. It cannot be undone."

    def add_arguments(self, parser):
        parser.add_argument("position", type=int)
        parser.add_argument("--by", required=True, metavar="USERNAME", help="the approver who decided it")
        parser.add_argument("--reason", required=True)

    def handle(self, *, position, by, reason, **options):
        user = User.objects.get_called(by)
        if user is None:
            raise CommandError(f"There is no login called {by}.")
        try:
            standing = redact(position, by=user, reason=reason)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Position {position} is redacted.")
        for column, positions in standing.items():
            listed = ", ".join(map(str, positions))
            self.stdout.write(f"The same {column} still stands at position {listed}, and maybe in the register itself.")
