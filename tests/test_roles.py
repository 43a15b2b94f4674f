"""Every page of the admin, as each role and as nobody: what they may open, and that nothing hidden shows anywhere."""

import pytest
from django.contrib import admin
from django.urls import reverse

from register.models import Action, Change, Group, Meeting, Question
from register.services.actions import Update, update_action
from register.services.answers import propose_answer
from register.services.links import link_action, link_change, link_meeting
from register.services.meetings import GivenOutcome, add_item, record_outcomes, schedule_question
from register.services.questions import change_status, edit_question, reclassify_question
from register.services.reference import keep
from register.services.suspects.grounds import name_ground
from register.services.suspects.marks import mark_suspect
from register.vocabulary import SuspectCause
from tests.conftest import in_a_month
from tests.test_reports import MINUTES, bring_in

HUSH = "Hush"
EVERYBODY = ("triage", "lead", "approver", "member", "owner", "superuser")
OUTSIDERS = ("feed", "nobody")


@pytest.fixture
def pages(cast, moved, raised):
    """Make something of everything, each with a hidden twin that says “Hush”; return every page there is about it."""
    bring_in(MINUTES, cast.triage)
    secret_minutes = MINUTES.replace("17", "27").replace("Public", "Restricted").replace("18 May", "18 June")
    secret_minutes = secret_minutes.replace("write it down", f"write {HUSH} down")
    bring_in(secret_minutes.replace("How often", f"How {HUSH} often"), cast.triage)
    question = moved("open", title="Seen?")
    hidden = moved("open", title=f"{HUSH}?", text=f"{HUSH}!")
    for one in (question, hidden):
        answer = propose_answer(one, f"An answer. {HUSH if one == hidden else ''}", by=cast.triage)
        name_ground(answer, moved("open", text=f"A ground. {HUSH if one == hidden else ''}"), by=cast.triage)
        mark_suspect(answer, SuspectCause.REWORDED, by=cast.triage, was=answer.text, reads="Other words.")
        link_meeting(one, Meeting.objects.get(number=15), "listed", by=cast.triage)
    carry(moved("agreed", title="Carried?"), moved("agreed", title=f"{HUSH}, carried?"), by=cast.triage)
    action = keep(
        Action(group=Group.objects.first(), reference="1/1", text="Seen.", classification="public"), by=cast.triage
    )
    secret = keep(
        Action(group=Group.objects.first(), reference="1/2", text=HUSH, classification="restricted"), by=cast.triage
    )
    link_action(action, question, by=cast.triage)
    link_action(secret, question, by=cast.triage)
    update_action(secret, Update("noted", note=f"{HUSH}, more of it."), by=cast.triage)
    put_on_an_agenda(question, hidden, secret, by=cast.triage)
    pointing = change_status(moved("open"), "merge", by=cast.triage, merged_into=hidden, reason="The same.")
    edit_question(pointing, by=cast.triage, title="Points at something")
    name_ground(question.answers.get(), hidden, by=cast.triage)  # hidden from readers of the answer by what comes next
    reclassify_question(hidden, "restricted", by=cast.triage)
    for ground in Question.objects.filter(text__contains=f"A ground. {HUSH}"):
        reclassify_question(ground, "restricted", by=cast.triage)
    return sorted(_pages())


def carry(*questions, by):
    """Let one change carry the answers of agreed questions; make the question Restricted whose title is hushed."""
    change = keep(Change(code="sec", reference="MP162", title="Seen."), by=by)
    for question in questions:
        link_change(change, question.agreed_answer, by=by)
        if HUSH in question.title:
            reclassify_question(question, "restricted", by=by)


def put_on_an_agenda(*items, by):
    """Put questions and an action on the agenda of a meeting to come, and record that the questions were put off."""
    group = Group.objects.first()
    first, then = (keep(Meeting(group=group, number=n, held_on=in_a_month()), by=by) for n in (98, 99))
    for item in items:
        if isinstance(item, Action):
            add_item(first, action=item, by=by)
        else:
            schedule_question(item, first, by=by, presenter=HUSH if HUSH in item.title else "")
            record_outcomes(first, [GivenOutcome(item, "deferred", to=then, note=item.text)], by=by)


def _pages():
    yield "/admin/"
    yield "/admin/register/"
    yield "/admin/password_change/"
    for model, model_admin in admin.site._registry.items():
        name = model._meta.model_name
        if model._meta.app_label != "register":
            continue
        yield from (reverse(f"admin:register_{name}_{view}") for view in ("changelist", "add"))
        yield reverse(f"admin:register_{name}_changelist") + f"?q={HUSH}"
        for pk in model._base_manager.values_list("pk", flat=True):
            yield from (reverse(f"admin:register_{name}_{view}", args=[pk]) for view in ("change", "history", "delete"))
            newest = model.history.filter(id=pk).values_list("history_id", flat=True).first()
            yield reverse(f"admin:register_{name}_simple_history", args=[pk, newest])
        yield from _pages_of_its_own(model, model_admin)


def _pages_of_its_own(model, model_admin):
    pk = model._base_manager.values_list("pk", flat=True).order_by("-pk").first()
    for pattern in model_admin.get_urls():
        arguments = {"object_id": pk, "pending_id": 1, "name": "withdraw" if "move" in (pattern.name or "") else "csv"}
        if pattern.name and pattern.name.startswith("register_") and set(pattern.pattern.converters) <= set(arguments):
            wanted = {key: arguments[key] for key in pattern.pattern.converters}
            if "history" not in str(pattern.pattern):
                yield reverse(f"admin:{pattern.name}", kwargs=wanted) if wanted else reverse(f"admin:{pattern.name}")


@pytest.mark.slow
@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.timeout(300)
def test_every_page_answers_and_shows_nothing_hidden(role, pages, client_of):
    client = client_of(role)
    may_see = role in ("triage", "lead", "approver", "superuser")
    seen = 0
    for path in pages:
        answer = client.get(path)
        assert answer.status_code in (200, 302, 403, 404), (path, answer.status_code)
        searched = path.endswith(f"?q={HUSH}")
        if not searched:
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            seen += HUSH.encode() in body
            assert may_see or HUSH.encode() not in body, path
    assert bool(seen) == may_see


@pytest.mark.parametrize("role", OUTSIDERS)
def test_a_login_without_a_part_opens_no_page_of_the_register(role, pages, client_of):
    client = client_of(role)
    opened = {path for path in pages if client.get(path).status_code == 200}
    assert opened <= {"/admin/", "/admin/password_change/"}


def test_nobody_opens_nothing(pages, client):
    assert {client.get(path).status_code for path in pages} == {302}


@pytest.mark.parametrize("role", EVERYBODY)
def test_no_page_can_delete(role, pages, client_of):
    client = client_of(role)
    deleting = [path for path in pages if path.endswith("/delete/") and "/token/" not in path]  # tokens are revoked
    assert {client.post(path, {"post": "yes"}).status_code for path in deleting} <= {403, 404}


@pytest.mark.parametrize("role", ["member", "owner", "approver"])
def test_only_triage_writes_reference_data(role, pages, client_of):
    client = client_of(role)
    models = ("organisation", "topic", "group", "meeting", "action", "meetinglink", "actionlink", "user")
    assert {client.post(f"/admin/register/{name}/add/", {"name": "X"}).status_code for name in models} == {403}


@pytest.mark.parametrize("field", ["question", "meeting", "action"])
def test_autocompletes_offer_nothing_hidden(field, pages, client_of):
    model = {"question": "meetinglink", "meeting": "meetinglink", "action": "actionlink"}[field]
    url = f"/admin/autocomplete/?app_label=register&model_name={model}&field_name={field}&term="
    for role in ("member", "owner"):
        answer = client_of(role).get(url)
        assert answer.status_code == 403 or HUSH not in answer.content.decode()
