from register.models.actions import Action, ActionLink
from register.models.answers import Answer, Review
from register.models.audited import Audited
from register.models.ledger import LedgerEntry, LedgerHead, Redaction
from register.models.meetings import Group, Meeting, MeetingLink
from register.models.people import Organisation, Token, User
from register.models.questions import Question, Topic
from register.models.visibility import clearance

__all__ = [
    "Action",
    "ActionLink",
    "Answer",
    "Audited",
    "Group",
    "LedgerEntry",
    "LedgerHead",
    "Meeting",
    "MeetingLink",
    "Organisation",
    "Question",
    "Redaction",
    "Review",
    "Token",
    "Topic",
    "User",
    "clearance",
]
