from django.conf import settings
from django.contrib.auth.models import Group as RoleGroup
from django.core.management.base import BaseCommand, CommandError

from register.ledger.unit_of_work import unit_of_work
from register.models import MeetingLink, Organisation, Question, User
from register.services.questions import change_status
from register.services.reference import get_or_new, keep_roles, keep_user, load_reference
from register.services.reports import apply_report, plan_report, read_file
from register.services.reports.proposals import ItemType
from register.vocabulary import LinkKind, Priority, Role, Status

FIXTURES = settings.BASE_DIR / "fixtures"
REPORT = FIXTURES / "ccdg15-headline-report.md"
PASSWORD = "half-hourly"  # noqa: S105 it guards nothing: the command refuses to run in production
LOGINS = (
    ("ofgem.triage", "Ofgem", [Role.TRIAGE]),
    ("ofgem.approver", "Ofgem", [Role.TRIAGE, Role.APPROVER]),
    ("elexon.triage", "Elexon", [Role.TRIAGE]),
    ("member.one", "ENA", [Role.MEMBER]),
    ("member.two", "National Grid", [Role.MEMBER]),
    ("member.three", "RECCo", [Role.MEMBER]),
    ("dcc.feed", "DCC", [Role.FEED]),
)


class Command(BaseCommand):
    help = "Load the reference data, the demo logins and the register that CCDG15 left. Run again, it changes nothing."

    def handle(self, **options):
        refuse_in_production()
        with unit_of_work():
            if not _is_loaded():
                load_reference(FIXTURES)
                _load_logins()
                _load_ccdg15(User.objects.get(username=LOGINS[0][0]))
        self.stdout.write(f"Demo logins, all with the password {PASSWORD}:")
        for username, organisation, roles in LOGINS:
            self.stdout.write(f"  {username:<15} {organisation}, {' and '.join(roles)}")


def refuse_in_production():
    if not settings.DEBUG:
        raise CommandError("Set DEBUG=1 first: the demo has well-known passwords, so it is for development alone.")


def _is_loaded():
    """Return whether the demo was loaded before. It is loaded in one transaction, so that one of its rows tells."""
    return MeetingLink.objects.filter(kind=LinkKind.LISTED, question__raised_by__username=LOGINS[0][0]).exists()


def _load_logins():
    for username, organisation, roles in LOGINS:
        user = get_or_new(User, username=username)
        if user.pk is None:
            user.organisation = Organisation.objects.get(name=organisation)
            user.is_staff = Role.FEED not in roles
            user.set_password(PASSWORD)
            keep_user(user, by=None, reason="Demo login")
            keep_roles(user, RoleGroup.objects.filter(name__in=roles), by=None)


def _load_ccdg15(by):
    """Import the fixture's report as a triager would: each question gets an owner and a priority, and is opened."""
    content = REPORT.read_bytes()
    plan = plan_report(read_file(content))
    questions = [proposal.key for proposal in plan.proposals if proposal.what == ItemType.QUESTION]
    choices = {key: {"owner": "Ofgem", "priority": Priority.MEDIUM} for key in questions}
    apply_report(plan, plan.unasked, by=by, file_name=REPORT.name, content=content, choices=choices)
    for question in Question.objects.filter(status=Status.RAISED, raised_by=by):
        change_status(question, "open", by=by, reason="Listed as outstanding at CCDG15.")
