from register.models.actions import Action, ActionLink, ActionUpdate
from register.models.agenda import AgendaItem, MeetingOutcome
from register.models.answers import Answer, Review
from register.models.audited import Audited
from register.models.changes import Change, ChangeLink
from register.models.documents import Document
from register.models.ledger import LedgerEntry, LedgerHead, Redaction
from register.models.meetings import Group, Meeting, MeetingLink
from register.models.packs import MeetingPack
from register.models.people import AtomAddress, FormUse, Organisation, Preferences, RaisedOnce, System, Token, User
from register.models.questions import Question, Topic
from register.models.releases import UnfinishedRelease
from register.models.reports import DismissedItem, HeadlineReport, Origin, PendingUpload
from register.models.search_passages import SearchPassage
from register.models.search_texts import SearchText
from register.models.suspects import AnswerGround, SuspectMark
from register.models.tallies import Tally
from register.models.visibility import clearance

__all__ = [
    "Action",
    "ActionLink",
    "ActionUpdate",
    "AgendaItem",
    "Answer",
    "AnswerGround",
    "AtomAddress",
    "Audited",
    "Change",
    "ChangeLink",
    "DismissedItem",
    "Document",
    "FormUse",
    "Group",
    "HeadlineReport",
    "LedgerEntry",
    "LedgerHead",
    "Meeting",
    "MeetingLink",
    "MeetingOutcome",
    "MeetingPack",
    "Organisation",
    "Origin",
    "PendingUpload",
    "Preferences",
    "Question",
    "RaisedOnce",
    "Redaction",
    "Review",
    "SearchPassage",
    "SearchText",
    "SuspectMark",
    "System",
    "Tally",
    "Token",
    "Topic",
    "UnfinishedRelease",
    "User",
    "clearance",
]
