from django.conf import settings
from django.core.management.base import BaseCommand

from register.ledger.unit_of_work import unit_of_work
from register.management.demo_logins import LOGINS, PASSWORD, describe_logins, load_logins, refuse_in_production
from register.models import HeadlineReport, Question, User
from register.services.questions import change_status
from register.services.reference import load_reference
from register.services.reports import apply_report, plan_report, read_file
from register.services.reports.proposals import ItemType
from register.vocabulary import Priority, Status

FIXTURES = settings.BASE_DIR / "fixtures"
REPORT = FIXTURES / "ccdg15-headline-report.md"


class Command(BaseCommand):
    help = "Load the reference data, the demo logins and the register that CCDG15 left. Run again, it changes nothing."

    def handle(self, **options):
        refuse_in_production()
        with unit_of_work():
            if not _is_loaded():
                load_reference(FIXTURES)
                load_logins(LOGINS)
                _load_ccdg15(User.objects.get(username=LOGINS[0][0]))
        self.stdout.write(f"Demo logins, all with the password {PASSWORD}:")
        self.stdout.write("\n".join(describe_logins(LOGINS)))


def _is_loaded():
    """Return whether the demo was loaded before. It is loaded in one transaction, so that one of its rows tells."""
    return HeadlineReport.objects.filter(file_name=REPORT.name).exists()


def _load_ccdg15(by):
    """Import the fixture's report as a triager would: each question gets an owner and a priority, and is opened."""
    content = REPORT.read_bytes()
    plan = plan_report(read_file(content))
    asked = [proposal.key for proposal in plan.proposals if proposal.what == ItemType.QUESTION]
    choices = {key: {"owner": "Ofgem", "priority": Priority.MEDIUM} for key in asked}
    apply_report(plan, plan.unasked, by=by, file_name=REPORT.name, content=content, choices=choices)
    for question in Question.objects.filter(status=Status.RAISED, origins__report__file_name=REPORT.name):
        change_status(question, "open", by=by, reason="Listed as outstanding at CCDG15.")
