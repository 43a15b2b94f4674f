import json
from datetime import date

from django.conf import settings
from django.contrib.auth.models import Group as RoleGroup
from django.core.management.base import BaseCommand, CommandError

from register.ledger.chain import writing
from register.models import Action, Group, Meeting, MeetingLink, Organisation, Topic, User
from register.services.links import link_action, link_meeting
from register.services.questions import change_status, raise_question
from register.services.reference import keep, keep_roles, keep_user, known, load_reference
from register.words import Classification, LinkKind, Priority, Role

FIXTURES = settings.BASE_DIR / "fixtures"
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
        if not settings.DEBUG:
            raise CommandError("Set DEBUG=1 first: the demo has well-known passwords, so it is for development alone.")
        with writing():
            if not _is_loaded():
                load_reference(FIXTURES)
                _load_logins()
                _load_ccdg15(User.objects.get(username=LOGINS[0][0]))
        self.stdout.write(f"Demo logins, all with the password {PASSWORD}:")
        for username, organisation, roles in LOGINS:
            self.stdout.write(f"  {username:<15} {organisation}, {' and '.join(roles)}")


def _is_loaded():
    """True once the demo is there, whatever has been made of it since: it is loaded whole or not at all."""
    return MeetingLink.objects.filter(kind=LinkKind.LISTED, question__raised_by__username=LOGINS[0][0]).exists()


def _load_logins():
    for username, organisation, roles in LOGINS:
        user = known(User, username=username)
        if user.pk is None:
            user.organisation = Organisation.objects.get(name=organisation)
            user.is_staff = Role.FEED not in roles
            user.set_password(PASSWORD)
            keep_user(user, by=None, reason="Demo login")
            keep_roles(user, RoleGroup.objects.filter(name__in=roles), by=None)


def _load_ccdg15(by):
    report = json.loads((FIXTURES / "ccdg15.json").read_text(encoding="utf-8"))
    group = Group.objects.get(name=report["group"])
    said = f"{group}{report['number']} Headline Report"
    meetings = {meeting["number"]: _meeting(group, meeting, by) for meeting in report["meetings"]}
    actions = _load_actions(group, report, meetings, by, said)
    for asked in report["questions"]:
        _load_question(asked, meetings, report["number"], actions, by, said)


def _meeting(group, meeting, by):
    row = known(Meeting, group=group, number=meeting["number"])
    if row.pk is None:
        row.held_on = meeting["held_on"] and date.fromisoformat(meeting["held_on"])
        keep(row, by=by, reason="Named in the CCDG15 Headline Report")
    return row


def _load_actions(group, report, meetings, by, said):
    """Return the actions that serve all questions, having added those actions that are not there."""
    serving = []
    for minted in report["actions"]:
        details = {
            "text": minted["text"],
            "paragraph": minted["paragraph"],
            "meeting": meetings[report["number"]],
            "owner": _named(Organisation, minted.get("owner")),
            "owner_group": _named(Group, minted.get("owner_group")),
            "due_as_written": minted.get("due_as_written", ""),
        }
        row = _action(group, minted, details, by, f"{said}, {minted['paragraph']}")
        serving += [row] if minted.get("serves_all_questions") else []
    for mention in report["mentioned_actions"]:
        text = f"On {mention['subject']}: mentioned at {group}{report['number']} {mention['paragraph']}."
        details = {"text": text, "meeting": meetings.get(mention["minted_at"])}
        _action(group, mention, details, by, f"{said}, {mention['paragraph']}")
    return serving


def _action(group, minuted, details, by, reason):
    row = known(Action, group=group, reference=minuted["reference"])
    if row.pk is None:
        for column, value in {**details, "classification": Classification.PUBLIC}.items():
            setattr(row, column, value)
        keep(row, by=by, reason=reason)
    return row


def _named(model, name):
    return model.objects.get(name=name) if name else None


def _load_question(asked, meetings, listed_at, actions, by, said):
    reason = f"{said}, {asked['paragraph']}"
    meeting = meetings[listed_at]
    question = raise_question(
        by=by,
        title=asked["title"],
        text=asked["text"],
        topic=Topic.objects.get(name=asked["topic"]),
        owner=Organisation.objects.get(name="Ofgem"),
        priority=Priority.MEDIUM,
        classification=Classification.PUBLIC,
        raised_on=meeting.held_on,
        reason=reason,
    )
    link_meeting(question, meeting, LinkKind.LISTED, paragraph=asked["paragraph"], by=by, reason=reason)
    if earlier := asked["discussed_at"]:
        link_meeting(question, meetings[earlier], LinkKind.DISCUSSED, by=by, reason=reason)
    for action in actions:
        link_action(action, question, by=by, reason=reason)
    change_status(question, "open", by=by, reason=f"Listed as outstanding in the {reason}.")
