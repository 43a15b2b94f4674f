"""Questions as they were at a day, a time or a meeting: what could be read then, and can be read now."""

import json
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse

from register.admin.exports import FORMATS, MOST_TAKEN, make_file_response
from register.admin.pages import count_up_to
from register.clock import today
from register.documents.kinds import KINDS
from register.documents.past import get_past_documents, get_past_rows
from register.documents.sources import get_position_at
from register.models import clearance
from register.models.search import MOST_WORDS
from register.refusals import Refused
from register.services.moments import parse_as_at
from register.vocabulary import AnswerStatus, MeetingResult, Priority, Status

SHOWN = 100  # questions of a page
HINT = "A day (its end, in London), a time, or a meeting."

# Heading: what stands below it of a question's document.
COLUMNS = {
    "reference": lambda question: question["reference"],
    "title": lambda question: question["title"],
    "topic": lambda question: question["topic"],
    "status": lambda question: Status(question["status"]).label,
    "owner": lambda question: question["owner"],
    "whose move": lambda question: question["holder"],
    "due": lambda question: question["due_on"],
    "priority": lambda question: Priority(question["priority"]).label if question["priority"] else "",
    "text": lambda question: question["text"],
}


class AsAtForm(forms.Form):
    as_at = forms.CharField(label="As at", help_text=HINT)
    status = forms.ChoiceField(choices=[("", "any status"), *Status.choices], required=False)
    q = forms.CharField(label="Words in the title", max_length=200, required=False)

    def narrow(self, rows):
        """Return those of the history rows that have the status and the words asked for."""
        given = self.cleaned_data
        rows = rows.filter(status=given["status"]) if given["status"] else rows
        for word in given["q"].split()[:MOST_WORDS]:
            rows = rows.filter(title__icontains=word)
        return rows


def _parse(request):
    """Return (the form, the moment that it names or None); a refusal is on the form."""
    if not clearance(request.user):
        raise PermissionDenied("Ask for a role first: this login may read nothing.")
    form = AsAtForm(request.GET if "as_at" in request.GET else None, initial={"as_at": today().isoformat()})
    if form.is_valid():
        try:
            return form, parse_as_at(form.cleaned_data["as_at"], request.user)
        except Refused as refusal:
            form.add_error("as_at", str(refusal))
    return form, None


def past_list_page(request):
    """Show the questions as they were, a page of them, or hand all of them out as a file."""
    form, moment = _parse(request)
    context = {**admin.site.each_context(request), "title": "Questions as they were", "form": form, "moment": moment}
    if moment:
        position = get_position_at(moment)
        rows = form.narrow(get_past_rows(KINDS["question"], position, request.user)).order_by("id")
        context["same"] = urlencode(
            {name: request.GET[name] for name in ("as_at", "status", "q") if name in request.GET}
        )
        if (name := request.GET.get("format")) in FORMATS:
            questions = _read(rows[:MOST_TAKEN], position, request.user)
            lines = ([get_value(question) for get_value in COLUMNS.values()] for question in questions)
            return make_file_response(f"questions-as-at-{moment:%Y-%m-%d}", name, COLUMNS, lines)
        context |= _make_page(request, rows, position)
    return TemplateResponse(request, "register/past_list.html", context)


def _make_page(request, rows, position):
    number = request.GET.get("p", "1")
    first = (max(int(number), 1) - 1) * SHOWN if number.isdecimal() and len(number) < 6 else 0
    shown = list(rows[first : first + SHOWN + 1])
    questions = [_label(question) for question in _read(shown[:SHOWN], position, request.user)]
    return {
        "questions": questions,
        "position": position,
        "count": count_up_to(rows, MOST_TAKEN),
        "page": first // SHOWN + 1,
        "more": len(shown) > SHOWN,
    }


def _read(rows, position, user):
    """Return the documents of history rows, in their order."""
    keys = [row.id for row in rows]
    documents = get_past_documents(KINDS["question"], keys, position, user)
    return [json.loads(documents[key]) | {"key": key} for key in keys if key in documents]


def _label(question):
    return question | {"status_label": Status(question["status"]).label}


def past_question_page(request, object_id):
    """Show one question as it was."""
    form, moment = _parse(request)
    context = {**admin.site.each_context(request), "form": form, "moment": moment, "object_id": object_id}
    if moment:
        position = get_position_at(moment)
        rows = get_past_rows(KINDS["question"], position, request.user).filter(id=object_id)
        found = _read(list(rows), position, request.user)
        if not found:
            raise Http404("There was no such question then that you may see.")
        question = _label(found[0])
        answers = [answer | {"label": AnswerStatus(answer["status"]).label} for answer in question["answers"][::-1]]
        outcomes = [told | {"label": MeetingResult(told["result"]).label} for told in question["meeting_outcomes"]]
        context |= {"question": question, "answers": answers, "outcomes": outcomes, "position": position}
    title = f"{context['question']['reference']} as it was" if moment else "A question as it was"
    return TemplateResponse(request, "register/past_question.html", {**context, "title": title})
