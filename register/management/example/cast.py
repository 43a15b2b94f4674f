"""Who takes part in the example: the demo's logins, three members more, and a group that meets and gives actions."""

from dataclasses import dataclass, field
from datetime import date

from register.management.demo_logins import load_logins
from register.models import Action, Group, Meeting, Organisation, User
from register.services.actions import Update, update_action
from register.services.reference import get_or_new, keep
from register.vocabulary import Role

GROUP = "EX"
MORE_MEMBERS = (
    ("member.four", "DCC", [Role.MEMBER]),
    ("member.five", "Gemserv", [Role.MEMBER]),
    ("member.six", "St Clements", [Role.MEMBER]),
)


@dataclass
class Cast:
    """What the example refers to by its names; `members` are those who review, in one order."""

    logins: dict[str, User] = field(default_factory=dict)
    bodies: dict[str, Organisation] = field(default_factory=dict)
    meetings: dict[str, Meeting] = field(default_factory=dict)
    members: tuple[str, ...] = ("member.one", "member.two", "member.three", *(name for name, *_ in MORE_MEMBERS))

    def assemble(self) -> None:
        """Add what the demo does not have, and read what there is."""
        load_logins(MORE_MEMBERS)
        self.logins |= {user.username: user for user in User.objects.all()}
        self.bodies |= {body.name: body for body in Organisation.objects.all()}
        group = get_or_new(Group, name=GROUP)
        group.full_name = "Example group, made to try the register with"
        keep(group, by=self.logins["ofgem.triage"])

    def hold_meeting(self, number: int, held_on: date) -> None:
        """Add a meeting of the group, which may be to come."""
        meeting = Meeting(group=Group.objects.get(name=GROUP), number=number, held_on=held_on)
        self.meetings[str(meeting)] = keep(meeting, by=self.logins["ofgem.triage"])

    def give_action(self, reference: str, text: str, owner: str, due_on: date) -> None:
        meeting = self.meetings[f"{GROUP}{reference.split('/')[0]}"]
        row = Action(group=meeting.group, meeting=meeting, reference=reference, text=f"{text} (An example.)")
        row.owner, row.due_on = self.bodies[owner], due_on
        keep(row, by=self.logins["ofgem.triage"])

    def finish_action(self, reference: str) -> None:
        row = Action.objects.get(group__name=GROUP, reference=reference)
        update = Update("done", note="It came with the pilot's report.")
        update_action(row, update, by=self.logins["elexon.triage"])
