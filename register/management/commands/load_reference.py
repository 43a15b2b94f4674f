from django.conf import settings
from django.core.management.base import BaseCommand

from register.services.reference import load_reference


class Command(BaseCommand):
    help = "Add the organisations, groups and topics in fixtures/ that the register does not have yet."

    def handle(self, **options):
        load_reference(settings.BASE_DIR / "fixtures")
