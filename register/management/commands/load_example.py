from django.core.management.base import BaseCommand

from register.ledger.unit_of_work import unit_of_work
from register.management.commands.load_demo import FIXTURES
from register.management.demo_logins import LOGINS, PASSWORD, describe_logins, load_logins, refuse_in_production
from register.management.example import get_beginning, tell_story
from register.management.example.cast import GROUP, MORE_MEMBERS
from register.management.example.moved_clock import clock_at
from register.models import Group
from register.services.reference import load_reference


class Command(BaseCommand):
    help = "Load a register as it looks in a busy month, of a group named EX. Run again, it changes nothing."

    def handle(self, **options):
        refuse_in_production()
        with unit_of_work():
            if not Group.objects.filter(name=GROUP).exists():
                with clock_at(get_beginning()):  # the ledger's times rise with its positions
                    load_reference(FIXTURES)
                    load_logins(LOGINS)
                self.stdout.write(f"The example has {tell_story()} questions. Its further members:")
        self.stdout.write("\n".join(describe_logins(MORE_MEMBERS)))
        self.stdout.write(f"All logins have the password {PASSWORD}.")
