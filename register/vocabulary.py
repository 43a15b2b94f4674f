"""The choices of columns, which documents and screens share."""

from django.db.models import IntegerChoices, TextChoices

SYSTEM = "system"  # the name credited when no person acted: a migration, a command


class Role(TextChoices):
    """Names of the `django.contrib.auth` groups that a migration creates."""

    TRIAGE = "Triage"
    APPROVER = "Approver"
    MEMBER = "Member"
    FEED = "Feed"


class Status(TextChoices):
    RAISED = "raised", "raised"
    OPEN = "open", "open"
    AWAITING_INPUT = "awaiting_input", "awaiting input"
    IN_REVIEW = "in_review", "in review"
    AGREED = "agreed", "agreed"
    CLOSED = "closed", "closed"
    DEFERRED = "deferred", "deferred"
    WITHDRAWN = "withdrawn", "withdrawn"
    MERGED = "merged", "merged"


ENDED = (Status.CLOSED, Status.WITHDRAWN, Status.MERGED)
LIVE = tuple(status for status in Status if status not in ENDED)
# An answer can be sought only for a question that somebody owns and has sorted.
TRIAGED = (Status.OPEN, Status.AWAITING_INPUT, Status.IN_REVIEW, Status.AGREED, Status.CLOSED)


class Classification(TextChoices):
    """Who may see a row. Declared from the least to the most strict; `strictness` relies on that order."""

    PUBLIC = "public", "Public"
    MEMBERS = "members", "Members"
    RESTRICTED = "restricted", "Restricted"


def strictness(classification: str) -> int:
    """Return 0 for Public up to 2 for Restricted, so that two classifications can be compared."""
    return Classification.values.index(classification)


def strictest(*classifications: str) -> str:
    return max(classifications, key=strictness)


class Priority(TextChoices):
    HIGH = "high", "high"
    MEDIUM = "medium", "medium"
    LOW = "low", "low"


class Outcome(TextChoices):
    """Why a question was withdrawn."""

    OUT_OF_SCOPE = "out_of_scope", "out of scope"
    OVERTAKEN = "overtaken", "overtaken"
    TRANSFERRED = "transferred", "transferred"
    NO_LONGER_ASKED = "no_longer_asked", "no longer asked"


class AnswerStatus(TextChoices):
    DRAFT = "draft", "draft"
    IN_REVIEW = "in_review", "in review"
    AGREED = "agreed", "agreed"
    SUPERSEDED = "superseded", "superseded"


# Of the answers to a question, the one to show: that in review, else that agreed, else the draft of the next.
STANDING_ANSWERS = (AnswerStatus.IN_REVIEW, AnswerStatus.AGREED, AnswerStatus.DRAFT)


class Position(TextChoices):
    """What a member thinks of an answer."""

    NO_RESPONSE = "no_response", "no response yet"
    AGREE = "agree", "agree"
    AGREE_WITH_COMMENTS = "agree_with_comments", "agree with comments"
    DISAGREE = "disagree", "disagree"
    NO_VIEW = "no_view", "no view"


COMMENT_NEEDED = (Position.AGREE_WITH_COMMENTS, Position.DISAGREE)


class LinkKind(TextChoices):
    """How a meeting's report speaks of a question. The last five are those of links made before there was an agenda."""

    LISTED = "listed", "listed"
    RAISED = "raised", "raised"
    DISCUSSED = "discussed", "discussed"
    SCHEDULED = "scheduled", "scheduled"
    ANSWER_PRESENTED = "answer_presented", "answer presented"
    DECIDED = "decided", "decided"
    DEFERRED = "deferred", "deferred"


LINKED_NOW = (LinkKind.LISTED, LinkKind.RAISED)


class MeetingState(TextChoices):
    PLANNED = "planned", "planned"
    HELD = "held", "held"
    CANCELLED = "cancelled", "cancelled"


class MeetingResult(TextChoices):
    """What became of a question at a meeting."""

    DISCUSSED = "discussed", "discussed"
    ANSWER_PRESENTED = "answer_presented", "answer presented"
    DECIDED = "decided", "decided"
    DEFERRED = "deferred", "deferred"
    NOT_REACHED = "not_reached", "not reached"
    WITHDRAWN = "withdrawn", "withdrawn from the agenda"


class ActionStatus(TextChoices):
    OPEN = "open", "open"
    DONE = "done", "done"
    SUPERSEDED = "superseded", "superseded"
    TRANSFERRED = "transferred", "transferred"
    CANCELLED = "cancelled", "cancelled"


class PackFormat(TextChoices):
    PDF = "pdf", "PDF"
    WORD = "docx", "Word"


class UpdateKind(TextChoices):
    """What an update says of an action. Those that are called like a status give the action that status."""

    NOTED = "noted", "noted"
    CARRIED = "carried", "carried forward"
    DONE = "done", "done"
    SUPERSEDED = "superseded", "superseded"
    TRANSFERRED = "transferred", "transferred"
    CANCELLED = "cancelled", "cancelled"
    REOPENED = "reopened", "opened again"


class OriginKind(TextChoices):
    """How a paragraph of a headline report relates to a question or action: it asked, gave or mentioned it."""

    ASKED = "asked", "asked"
    MINTED = "minted", "given"
    MENTIONED = "mentioned", "mentioned"


class DismissedAs(TextChoices):
    """Why an item that a report proposes was left out of the register for good."""

    SKIPPED = "skipped", "skipped"
    NOT_A_QUESTION = "not_a_question", "not a question"


class Purpose(TextChoices):
    """What a pending upload is to be imported as, once a triager has confirmed its preview."""

    REPORT = "report", "headline report"
    QUESTIONS = "questions", "questions"
    CHANGES = "changes", "register of changes"


class Code(TextChoices):
    """The industry code that a change is to."""

    SEC = "sec", "SEC"
    BSC = "bsc", "BSC"
    REC = "rec", "REC"
    OTHER = "other", "other"


class ChangeStage(TextChoices):
    """How far a change to a code is, in the words that the codes share."""

    PROPOSED = "proposed", "proposed"
    DEVELOPMENT = "development", "in development"
    CONSULTATION = "consultation", "consultation"
    AUTHORITY = "authority", "with the authority"
    APPROVED = "approved", "approved"
    IMPLEMENTED = "implemented", "implemented"
    REJECTED = "rejected", "rejected"
    WITHDRAWN = "withdrawn", "withdrawn"


CARRIES_NOTHING = (ChangeStage.REJECTED, ChangeStage.WITHDRAWN)


class Separator(TextChoices):
    """What stands between the parts of an action's reference."""

    NOTHING = "", "nothing"
    STROKE = "/", "a stroke /"
    HYPHEN = "-", "a hyphen -"
    UNDERSCORE = "_", "an underscore _"
    BLANK = " ", "a blank"
    STOP = ".", "a full stop ."


class ReferenceDigits(IntegerChoices):
    """How many digits a number within an action's reference has."""

    ANY = 0, "as many as it needs"
    TWO = 2, "two"
    THREE = 3, "three"


class GroundState(TextChoices):
    """How far a question or an answer is, as whatever rests on it sees it."""

    LIVE = "live", "live"
    SETTLED = "settled", "agreed or closed"
    ENDED = "ended", "withdrawn, merged or superseded"


class SuspectCause(TextChoices):
    """Why something is in doubt: what it rests on changed since."""

    REWORDED = "reworded", "its paragraph was reworded"
    REMOVED = "removed", "its paragraph was removed"
    GROUND_CHANGED = "changed", "what it rests on was changed"
    GROUND_SUSPECT = "suspect", "what it rests on is suspect"
    GROUND_HIDDEN = "hidden", "what it rests on is stricter now"


class SuspectEnd(TextChoices):
    """How a suspect mark came to its end."""

    CLEARED = "cleared", "cleared"
    TAKEN = "taken", "the new wording was taken"
    SETTLED = "settled", "what it rests on is clear again"
