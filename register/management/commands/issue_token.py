from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError

from register.models import Token, User


class Command(BaseCommand):
    help = "Issue an API token to a login and print it, alone on one line. Only its hash is stored: note it now."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--days", type=int, default=90, help="until it expires; 90 unless told")

    def handle(self, *, username, days, **options):
        user = User.objects.filter(is_active=True).get_called(username)
        if user is None:
            raise CommandError(f"There is no active login called {username}.")
        if not 1 <= days <= 3650:
            raise CommandError("Choose between 1 and 3650 days.")
        _, token = Token.objects.create(user=user, expiry=timedelta(days=days))
        self.stdout.write(token)
