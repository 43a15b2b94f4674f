"""The page that shows what a report proposes, where everything can be put right before it is recorded."""

import json
from collections import Counter
from dataclasses import replace
from functools import cached_property

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format

from register.admin.reports.editions import describe_changes
from register.admin.reports.entries import Entries
from register.admin.reports.forms import HeaderForm, Offered
from register.admin.reports.rows import arrange, make_note_rows, make_row
from register.kept_text import bring_back
from register.models import DismissedItem, Group, PendingUpload, SuspectMark
from register.refusals import Refused
from register.services.pending_uploads import (
    GONE,
    KEPT_FOR,
    discard_upload,
    get_upload,
    get_upload_version,
    get_waiting_uploads,
    keep_choices,
    keep_upload,
    take_upload,
)
from register.services.preferences import get_preferences, switch_keys
from register.services.reports import Decisions, MadeItem, ProposalRefused, apply_decisions, plan_report, read_file
from register.services.reports.applying import get_report_of_file
from register.services.reports.dismissing import get_dismissers, take_back
from register.services.reports.proposals import ItemType, ProposalKind
from register.vocabulary import DismissedAs, Purpose

LIST = "admin:register_headlinereport_changelist"
NOTHING_TICKED = "Nothing was ticked, so nothing was recorded. The upload is kept: tick something, or discard it."
ALL_HELD = "The register holds by now what was ticked, so nothing was recorded: look over what is left."
COMPARED_AGAIN = "Group or date is another now, so the report was compared again: look it over, then record it."
STEPS = ("_keep", "_compare", "_take_back", "_keys")  # what keeps the page's fields and goes on


class Preview:
    """A report that waits, what it proposes for the register as it is, and what was ticked and typed so far."""

    def __init__(self, request, pending):
        self.user, self.pending = request.user, pending
        kept = Entries.load(pending)
        self.entries = Entries(request.POST, are_sent=True) if request.method == "POST" else kept
        self.report = read_file(bytes(pending.content))
        header = HeaderForm(kept.fields, initial={}) if kept.fields else None
        if header and header.is_valid():  # the page was shown with it
            self.report.meeting = _correct_header(self.report.meeting, header.cleaned_data)

    @cached_property
    def plan(self):
        return plan_report(self.report)

    @cached_property
    def offered(self):
        return Offered.load()

    @cached_property
    def header(self):
        meeting = self.report.meeting
        initial = {"group": meeting.group, "held_on": meeting.held_on}
        initial |= self.entries.get_initial(("group", "held_on", "priority"), "report")
        is_sent = self.entries.are_sent and "group:report" in self.entries.fields
        return HeaderForm(self.entries.fields if is_sent else None, initial=initial)

    @cached_property
    def rows(self):
        proposed = [p for p in self.plan.proposals if p.kind != ProposalKind.UNCHANGED]
        open_ones = (proposal for proposal in proposed if proposal.key not in self.plan.dismissed)
        return [make_row(n, p, self.plan, self.entries, self.offered) for n, p in enumerate(open_ones, 1)]

    @cached_property
    def notes(self):
        return make_note_rows(self.plan, self.entries, self.offered)

    @property
    def forms(self):
        """The forms that are sent to be recorded."""
        return [form for form in (self.header, *(item.form for item in (*self.rows, *self.notes))) if form.is_bound]

    def is_valid(self):
        return sum(form.is_valid() for form in self.forms) == len(self.forms)

    @property
    def has_other_header(self):
        meeting, given = self.report.meeting, self.header.cleaned_data if self.header.is_bound else None
        return given is not None and (given["group"], given["held_on"]) != (meeting.group, meeting.held_on)

    def make_decisions(self):
        """Return the `Decisions` of valid forms."""
        for_all = self.header.cleaned_data["priority"] if self.header.is_bound else ""
        taken = [row for row in self.rows if row.is_ticked]
        made = [note for note in self.notes if note.form.is_bound]
        choices = {row.proposal.key: row.form.get_choices() for row in taken}
        choices |= {_make_item(note).propose().key: note.form.get_choices() for note in made}
        for chosen in choices.values():
            chosen["priority"] = chosen.get("priority") or for_all
        return Decisions(
            accepted={row.proposal.key for row in taken},
            choices=choices,
            dismissed=self._get_dismissed(),
            made=[_make_item(note) for note in made],
            shown=self.entries.shown or None,
        )

    def _get_dismissed(self):
        skipped = {row.proposal.key: DismissedAs.SKIPPED for row in self.rows if row.is_skipped}
        return skipped | {row.proposal.key: DismissedAs.NOT_A_QUESTION for row in self.rows if row.is_no_question}

    def add_refusal(self, refusal):
        """Put a service's refusal at the field that it is about, or above all."""
        if not isinstance(refusal, ProposalRefused):
            self.header.add_error(None, refusal.reasons)
            return
        forms = {row.proposal.key: row.form for row in self.rows}
        forms |= {_make_item(note).propose().key: note.form for note in self.notes if note.form.is_bound}
        form = forms[refusal.key]
        for name, sentences in refusal.fields.items():
            said = [f"{form.called}: {sentence}" for sentence in sentences]
            form.add_error(name if name in form.fields else None, said)


def _correct_header(meeting, given):
    """Return the meeting of a report as a triager put it right: with another group, its own is no doubt any more."""
    doubt = meeting.doubt if given["group"] == meeting.group else ""
    return replace(meeting, group=given["group"], held_on=given["held_on"], doubt=doubt)


def _make_item(note):
    given = note.form.cleaned_data
    what, words = ItemType(given["make"]), note.words
    return MadeItem(note.name, what, words, given["paragraph"] or note.paragraph, given.get("reference", ""))


def preview_page(model_admin, request, pending_id):
    """Show what a report proposes; on POST record, keep, compare again or discard it."""
    request = bring_back(request)
    try:
        pending = get_upload(request.user, pending_id, Purpose.REPORT)
    except PendingUpload.DoesNotExist:
        messages.info(request, GONE)
        return HttpResponseRedirect(reverse(LIST))
    preview = Preview(request, pending)
    done = _answer(request, preview) if request.method == "POST" else None
    return done or TemplateResponse(
        request, "register/import_preview.html", _make_context(model_admin, request, preview)
    )


def _answer(request, preview):
    """Do what was asked for; return where to go on, or None where the page is shown again with what was typed."""
    if hasattr(request, "refusal"):
        messages.info(request, str(request.refusal))
        return None
    if "_discard" in request.POST:
        discard_upload(preview.pending)
        messages.info(request, "The upload is discarded; nothing was recorded.")
        return HttpResponseRedirect(reverse(LIST))
    try:
        if step := next((name for name in STEPS if name in request.POST), None):
            return _keep(request, preview, step)
        return _record(request, preview) if preview.is_valid() else None
    except Refused as refusal:
        return _refuse(request, preview, refusal)


def _refuse(request, preview, refusal):
    """Put the refusal on the page, with what was typed; where the upload is gone, there is no page for it."""
    if not get_waiting_uploads(request.user).filter(pk=preview.pending.pk).exists():
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse(LIST))
    preview.pending.refresh_from_db()
    if preview.header.is_bound:
        preview.add_refusal(refusal)
    else:
        messages.error(request, str(refusal))
    return None


def _keep(request, preview, step):
    """Keep what was ticked and typed, do what the button says, and go on."""
    if step == "_compare" and not preview.header.is_valid():
        return None
    keep_choices(preview.pending, preview.entries.for_keeping, seen=request.POST.get("seen"))
    if step == "_keep":
        until = date_format(preview.pending.uploaded_at + KEPT_FOR, "j F")
        messages.success(request, f"Kept as it is, nothing recorded: it stands on your desk until {until}.")
        return HttpResponseRedirect(reverse("admin:index"))
    if step == "_take_back":
        _take_back(request)
    if step == "_keys":
        switch_keys(request.user, request.POST["_keys"] == "on")
    return HttpResponseRedirect(request.path)


def _take_back(request):
    key = request.POST["_take_back"]
    row = DismissedItem.objects.filter(pk=int(key)).first() if key.isascii() and key.isdigit() else None
    if row:
        take_back(row, by=request.user)
        messages.success(request, f"Taken back: {row.item} is proposed again.")


def _record(request, preview):
    if preview.has_other_header:
        messages.info(request, COMPARED_AGAIN)
        return _keep(request, preview, "_compare")
    decisions = preview.make_decisions()
    if decisions.are_none:
        messages.info(request, ALL_HELD if request.POST.getlist("accept") else NOTHING_TICKED)
        return None
    with take_upload(preview.pending, seen=request.POST.get("seen")) as pending:
        content = bytes(pending.content)
        applied = apply_decisions(
            preview.plan, decisions, by=request.user, file_name=pending.file_name, content=content
        )
        if not applied and not decisions.dismissed:
            raise Refused(ALL_HELD)
        if left := len(preview.plan.find_undecided(decisions)):
            keep_upload(pending.file_name, content, purpose=Purpose.REPORT, by=request.user)
    kept = get_report_of_file(content)
    messages.success(request, _describe(preview.report.meeting.name, applied, decisions, request.user))
    for told in _tell_of_the_rest(left, kept):
        messages.warning(request, told)
    return HttpResponseRedirect(reverse("admin:register_headlinereport_change", args=[kept.pk]))


def _tell_of_the_rest(left, kept):
    """Yield a sentence on what is left to decide, and one on what the edition puts in doubt."""
    if left:
        verb = "row is" if left == 1 else "rows are"
        yield f"{left} {verb} left for you to decide: the upload waits on your desk. Skip what you leave out."
    if doubtful := SuspectMark.objects.standing().filter(report=kept).count():
        yield f"{doubtful} {'thing is' if doubtful == 1 else 'things are'} in doubt since: they stand on the desk."


def _describe(meeting, applied, decisions, user):
    """Return the sentence on what was recorded: `CCDG17 Headline Report: 7 new, 0 changed, 1 mention; …`."""
    counts = Counter(proposal.kind for proposal in applied)
    always = [f"{counts[kind]} {kind}" for kind in (ProposalKind.NEW, ProposalKind.CHANGED, ProposalKind.MENTION)]
    others = [said for kind in ProposalKind if counts[kind] and (said := f"{counts[kind]} {kind}") not in always]
    left_out = [f"{len(decisions.dismissed)} left out"] if decisions.dismissed else []
    return f"{meeting} Headline Report: {', '.join([*always, *others, *left_out])}; recorded as {user}."


def _make_context(model_admin, request, preview):
    plan, report, pending = preview.plan, preview.report, preview.pending
    counts = Counter(str(row.proposal.kind) for row in preview.rows)
    first = {str(row.proposal.kind): row for row in reversed(preview.rows)}
    return {
        **model_admin.make_context(request),
        "title": f"Import: {report.meeting.name}",
        "pending": pending,
        "until": pending.uploaded_at + KEPT_FOR,
        "seen": get_upload_version(pending),
        "shown": json.dumps({row.proposal.key: row.proposal.fingerprint for row in preview.rows}),
        "report": report,
        "gone": plan.gone,
        "edition": describe_changes(plan.revision) if plan.revision else None,
        "header": preview.header,
        "groups": Group.objects.values_list("name", flat=True),
        "rows": preview.rows,
        "places": arrange(plan, preview.rows, preview.notes),
        "tally": [(kind, count, first[kind]) for kind, count in counts.items()],
        "held": [p for p in plan.proposals if p.kind == ProposalKind.UNCHANGED],
        "dismissed": _list_dismissed(plan),
        "sent": preview.forms if request.method == "POST" else [],
        "asked": next((form for form in preview.forms if form.errors), None) if request.method == "POST" else None,
        "is_pdf": bytes(pending.content).lstrip()[:5] == b"%PDF-",
        "keys": get_preferences(request.user).keys,
    }


def _list_dismissed(plan):
    """Return [(proposal, what was said of it, who said so and when)] of what was left out before."""
    said = get_dismissers(plan.dismissed.values())
    found = [(p, plan.dismissed[p.key]) for p in plan.proposals if p.key in plan.dismissed]
    return [(proposal, row, said.get(row.pk)) for proposal, row in found]
