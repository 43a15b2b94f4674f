from django.core.management import call_command
from django.core.management.base import BaseCommand

from register.management.demo_logins import refuse_in_production


class Command(BaseCommand):
    help = "Migrate, load the demo and serve it."
    # One process does all three, so that the packages are imported once.
    requires_system_checks = ()  # migrate runs them, those of the database too

    def add_arguments(self, parser):
        parser.add_argument("address", help="Where to serve it: 127.0.0.1:8000.")
        parser.add_argument("--example", action="store_true", help="Load the example of a busy month too.")

    def handle(self, *, address, example, **options):
        refuse_in_production()
        call_command("migrate", verbosity=0, skip_checks=False, stderr=self.stderr)
        if example:
            call_command("load_example", stdout=self.stdout)
        call_command("load_demo", stdout=self.stdout)
        self.stdout.write(f"The register: http://{address}/")
        self.stdout.flush()  # a pipe is buffered, and would show it when the server ends
        call_command("runserver", address, use_reloader=False)
