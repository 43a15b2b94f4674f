from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from register.models import User
from register.services.atom import make_address


class Command(BaseCommand):
    help = "Make the private Atom address of a login that cannot sign in to the admin, and print its path: note it now."

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *, username, **options):
        user = User.objects.filter(is_active=True).get_called(username)
        if user is None:
            raise CommandError(f"There is no active login called {username}.")
        self.stdout.write(reverse("atom", args=[make_address(user)]))
