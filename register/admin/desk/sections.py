"""The lists of the desk: what is late, what to triage, what to agree, and what waits for one person."""

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.formats import date_format

from register.admin.desk.figures import Figure, get_list_address, make_figure
from register.admin.lists import TABS
from register.admin.reviewing.awaited import get_awaited_reviews
from register.clock import today
from register.models import Action, Meeting, Question
from register.models.questions import LIVE_STANDINGS, describe_lateness
from register.services.pending_uploads import KEPT_FOR, get_waiting_uploads
from register.services.position_tallies import get_position_tallies
from register.vocabulary import Purpose, Role, Status

SHOWN = 5  # things of a list
DAY = "j F"


@dataclass(frozen=True)
class Line:
    """One thing: what it is called, where it leads, and a note at its end; `tone` is "late", "due" or nothing."""

    reference: str
    title: str
    address: str
    note: str = ""
    tone: str = ""
    status: str = ""
    status_label: str = ""


@dataclass(frozen=True)
class Section:
    """A list under a heading, with a figure for each list that it is the beginning of; `quiet` is said where empty."""

    name: str
    heading: str
    lines: tuple = ()
    figures: tuple = ()
    quiet: str = ""


def make_question_line(question, note="", tone=""):
    return Line(
        question.reference,
        question.title,
        reverse("admin:register_question_change", args=[question.pk]),
        note,
        tone,
        question.status,
        question.get_status_display(),
    )


def make_late_section(user):
    """Questions and actions that are overdue, the longest first."""
    questions = Question.objects.visible_to(user).overdue(today())
    actions = Action.objects.visible_to(user).overdue(today())
    late = questions.with_late_since(today()).order_by("late_since", "pk")[:SHOWN]
    lines = [(question.late_since, _make_late_line(question)) for question in late]
    rows = actions.select_related("group").order_by("due_on", "pk")[:SHOWN]
    lines += [(action.due_on, _make_action_line(action)) for action in rows]
    lines = [line for _, line in sorted(lines, key=lambda item: item[0])]
    figures = (
        make_figure(questions, "questions overdue", get_list_address(tab="overdue")),
        make_figure(actions, "actions overdue", get_list_address("action", overdue="yes")),
    )
    return Section("late", "Late", tuple(lines[: SHOWN + 2]), get_filled(figures), "Nothing is late.")


def _make_late_line(question):
    return make_question_line(question, describe_lateness(question, today()), "late")


def _make_action_line(action):
    address = reverse("admin:register_action_change", args=[action.pk])
    return Line(action.reference, action.text, address, f"action, due {date_format(action.due_on, DAY)}", "late")


def make_triage_section(user, count):
    """The questions that were raised first and wait for triage; `count` is how many there are."""
    rows = Question.objects.visible_to(user).needing_triage().select_related("raised_by__organisation").order_by("pk")
    lines = tuple(make_question_line(question, _name_raiser(question)) for question in rows[:SHOWN])
    figure = Figure(count, "to triage", get_list_address(tab="triage"))
    return Section("triage", "To triage", lines, get_filled([figure]), "Nothing waits for triage.")


def _name_raiser(question):
    raiser = question.raised_by
    return str(raiser.organisation or raiser) if raiser else "system"


def make_settle_section(user):
    """Meetings that are over or cancelled, with questions of which no outcome tells, the longest ago first."""
    meetings = Meeting.objects.visible_to(user).unsettled(today(), user).select_related("group")
    lines = [_make_settle_line(meeting) for meeting in meetings.order_by("held_on", "pk")]
    figure = Figure(len(lines), "to settle", get_list_address("meeting", state="unsettled"))
    quiet = "Every meeting held is settled."
    return Section("settle", "Meetings to settle", tuple(lines[:SHOWN]), get_filled([figure]), quiet)


def _make_settle_line(meeting):
    title = f"{meeting.to_settle} question{'' if meeting.to_settle == 1 else 's'} without an outcome"
    address = reverse("admin:register_meeting_outcomes", args=[meeting.pk])
    when = date_format(meeting.held_on, DAY) if meeting.held_on else "with no date"
    return Line(str(meeting), title, address, f"cancelled, {when}" if meeting.is_cancelled else f"held {when}", "due")


# {what an upload is to be imported as: the page that shows what it proposes}
PREVIEWS = {
    Purpose.REPORT: "admin:register_headlinereport_preview",
    Purpose.QUESTIONS: "admin:register_question_import_preview",
    Purpose.CHANGES: "admin:register_change_import_preview",
}


def make_uploads_section(user):
    """The files that a person uploaded and has not decided about, the oldest first."""
    lines = tuple(_make_upload_line(pending) for pending in get_waiting_uploads(user)[:SHOWN])
    return Section("uploads", "Uploads to decide about", lines, quiet="No upload waits.")


def _make_upload_line(pending):
    purpose = Purpose(pending.purpose)
    until = date_format(pending.uploaded_at + KEPT_FOR, DAY)
    return Line(
        purpose.label.capitalize(),
        pending.file_name,
        reverse(PREVIEWS[purpose], args=[pending.pk]),
        f"kept until {until}",
    )


def make_ready_section(user):
    """Questions whose answer may be agreed: all have said something, or the review has ended; nobody disagrees."""
    ready = TABS["ready"][1](Question.objects.visible_to(user), user)
    shown = list(ready.order_by("review_by", "pk")[:SHOWN])
    tallies = get_position_tallies(shown, user)
    lines = tuple(make_question_line(question, _describe_round(tallies.get(question.pk))) for question in shown)
    if user.has_role(Role.APPROVER):
        lines = tuple(replace(line, address=_lead_to_agreement(row)) for line, row in zip(lines, shown, strict=True))
    figure = make_figure(ready, "ready to agree", get_list_address(tab="ready"))
    return Section("ready", "Ready to agree", lines, get_filled([figure]), "Nothing is ready to agree.")


def _lead_to_agreement(question):
    return reverse("admin:register_question_agree", args=[question.pk])


def _describe_round(tally):
    if tally is None:
        return ""
    return f"ended; {tally.describe()}" if tally.ends and tally.ends < today() else tally.describe()


def make_uncarried_section(user):
    """Agreed questions whose answer no change carries yet, the longest agreed first."""
    rows = TABS["uncarried"][1](Question.objects.visible_to(user), user)
    shown = rows.order_by("status_since", "pk")[:SHOWN]
    lines = tuple(make_question_line(row, f"agreed {date_format(row.status_since, DAY)}") for row in shown)
    figure = make_figure(rows, "not carried yet", get_list_address(tab="uncarried"))
    return Section(
        "uncarried", "Agreed, not carried yet", lines, get_filled([figure]), "All that is agreed is carried."
    )


def make_tab_section(user, tab, heading, quiet, order=("status_since", "pk")):
    """The beginning of one of the tabs of the list of questions."""
    rows = TABS[tab][1](Question.objects.visible_to(user), user)
    lines = tuple(make_question_line(question, question.holder or "") for question in _with_holders(rows, order))
    figure = make_figure(rows, TABS[tab][0].lower(), get_list_address(tab=tab))
    return Section(tab, heading, lines, get_filled([figure]), quiet)


def _with_holders(rows, order):
    return rows.select_related("owner", "waiting_on").order_by(*order)[:SHOWN]


def make_own_section(user):
    """The eldest live questions that the person's organisation owns or is waited on for."""
    body, live = user.organisation_id, Question.objects.visible_to(user).with_ages(today())
    if not body:
        return Section("ours", "With your organisation", quiet="You belong to no organisation in the register.")
    keys = {key for column in ("owner", "waiting_on") for key in _get_eldest_keys(live.filter(**{column: body}))}
    rows = sorted(live.filter(pk__in=keys), key=lambda question: (-question.age_in_days, question.pk))
    lines = tuple(make_question_line(question, f"{question.age_in_days:,} working days old") for question in rows)
    figures = (
        make_figure(live.held_by(user.organisation), "to move", get_list_address(holder=user.organisation.name)),
        make_figure(live.live().filter(owner=body), "owned", get_list_address(owner__id__exact=body)),
    )
    quiet = f"{user.organisation} owns nothing, and nothing waits for it."
    return Section("ours", f"With {user.organisation}", lines[:SHOWN], get_filled(figures), quiet)


def _get_eldest_keys(questions):
    return questions.get_keys_by_age(SHOWN, LIVE_STANDINGS, today())


def make_decided_section(user):
    """What was agreed or closed last."""
    rows = Question.objects.visible_to(user).filter(status__in=(Status.AGREED, Status.CLOSED)).order_by("-status_since")
    lines = tuple(make_question_line(question, date_format(question.status_since, DAY)) for question in rows[:SHOWN])
    return Section("decided", "Decided lately", lines, quiet="Nothing has been decided yet.")


def make_reviews_section(user):
    """The person's own reviews that say nothing yet, the one that ends first on top."""
    reviews = get_awaited_reviews(user)
    lines = tuple(_make_review_line(review) for review in reviews)
    figure = Figure(len(lines), "to review, and what you said", reverse("register_own_reviews"))
    return Section("reviews", "Your reviews", lines, (figure,), "No answer waits for your position.")


def _make_review_line(review):
    question, address = review.answer.question, reverse("admin:register_answer_review", args=[review.answer_id])
    end = question.review_by
    note = f"ended {date_format(end, DAY)}" if end < today() else f"by {date_format(end, 'l j F')}"
    return Line(question.reference, question.title, address, note, "late" if end < today() else "")


def get_filled(figures):
    return tuple(figure for figure in figures if figure.count)
