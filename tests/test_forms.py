"""Forms of the admin: nobody overwrites with an older page what another changed meanwhile."""

import re
from datetime import date

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group as RoleGroup
from django.urls import reverse

from register.ledger.versions import get_version
from register.models import Action, Group, Meeting, MeetingLink, Organisation, Token, Topic, User
from register.refusals import Refused, Stale
from register.services.answers import propose_answer
from register.services.links import link_meeting
from register.services.reference import keep, keep_roles, keep_user, set_password


@pytest.fixture
def action(cast):
    return keep(Action(group=Group.objects.get(), reference="15/10", text="Share it."), by=cast.triage)


def address_of(row, view="change"):
    return reverse(f"admin:register_{row._meta.model_name}_{view}", args=[row.pk])


def open_page(client, row):
    """Return what a browser would send of the page of a row as it is shown now."""
    return read_form(client.get(address_of(row)))


def read_form(page):
    """Return what a browser would send of the form of a page."""
    form = page.context["adminform"].form
    sent = {name: form[name].value() for name in form.fields if name != "password"}
    sent |= {f"initial-{name}": sent[name] for name, field in form.fields.items() if field.show_hidden_initial}
    return {name: value for name, value in sent.items() if value not in (None, False)}


def save(client, row, sent):
    return client.post(address_of(row), sent)


def refreshed(row):
    return type(row).objects.get(pk=row.pk)


CHANGES = {
    "action": ({"due_as_written": "two weeks"}, {"paragraph": "6.2"}),
    "meeting": ({"held_on": "2021-03-17"}, {"number": "26"}),
    "organisation": ({"full_name": "Office of Gas"}, {"name": "OFGEM"}),
    "topic": ({"keywords": "aa, bb"}, {"name": "Topic B"}),
    "group": ({"full_name": "The design group"}, {"name": "CCDG2"}),
    "user": ({"last_name": "Corrected"}, {"first_name": "Given"}),
    "question": ({"title": "Another?"}, {"text": "In other words?"}),
}


def make_row(name, cast, action, raised):
    if name == "question":
        return raised()
    rows = {
        "action": action,
        "meeting": Meeting.objects.get(number=16),
        "organisation": Organisation.objects.get(name="Ofgem"),
        "topic": Topic.objects.first(),
        "group": Group.objects.get(),
        "user": cast.member,
    }
    return rows[name]


@pytest.mark.parametrize("name", CHANGES)
def test_an_older_page_is_refused_once_and_takes_nothing_back(name, cast, action, raised, client_of):
    row, (first, second) = make_row(name, cast, action, raised), CHANGES[name]
    early, late = client_of("superuser"), client_of("superuser")
    sent, older = open_page(early, row), open_page(late, row)
    assert save(early, row, sent | first).status_code == 302
    page = save(late, row, older | second)
    assert "superuser" in str(page.context["adminform"].form.non_field_errors())
    assert save(late, row, read_form(page)).status_code == 302
    saved = refreshed(row)
    assert {key: str(getattr(saved, key)) for key in first | second} == first | second


def test_every_form_that_changes_a_row_carries_its_version(cast, action, moved, client_of):
    answer = propose_answer(moved("open"), "An answer.", by=cast.triage)
    link_meeting(answer.question, Meeting.objects.get(number=15), "listed", by=cast.triage)
    for model in admin.site._registry:
        row = model._meta.app_label == "register" and model._base_manager.order_by("-pk").first()
        if row and model not in (MeetingLink, Token):
            assert 'name="seen"' in client_of("superuser").get(address_of(row)).content.decode(), model


def test_a_save_that_names_no_version_is_refused(client_of):
    row = Topic.objects.first()
    assert "Open the page again" in save(client_of("triage"), row, {"name": "X"}).content.decode()


def test_the_refusal_shows_what_is_now_beside_what_was_typed(action, client_of):
    early, late = client_of("triage"), client_of("lead")
    sent = open_page(early, action)
    older = open_page(late, action) | {"due_as_written": "soon", "paragraph": "6.2"}
    save(early, action, sent | {"due_as_written": "two weeks"})
    form = save(late, action, older).context["adminform"].form
    now = "It was “nothing” and is “two weeks” now; what you typed is kept here."
    assert form.errors["due_as_written"] == [now]
    assert (form["due_as_written"].value(), form["paragraph"].value()) == ("soon", "6.2")
    assert re.search(r"triage \(Elexon\) changed due as written at", str(form.non_field_errors()))


def test_what_the_reader_left_alone_is_brought_up_to_date(action, client_of):
    early, late = client_of("triage"), client_of("lead")
    sent, older = open_page(early, action), open_page(late, action)
    save(early, action, sent | {"due_on": "2021-04-01"})
    form = save(late, action, older | {"paragraph": "6.2"}).context["adminform"].form
    assert form["due_on"].value() == date(2021, 4, 1)
    assert form.errors["due_on"] == ["It was “nothing” and is “2021-04-01” now, which stands here."]


def test_a_login_that_was_deactivated_stays_so(cast, client_of):
    early, late = client_of("superuser"), client_of("superuser")
    sent, older = open_page(early, cast.member), open_page(late, cast.member)
    del sent["is_active"]
    assert save(early, cast.member, sent).status_code == 302
    page = save(late, cast.member, older | {"last_name": "Corrected"})
    assert not refreshed(cast.member).is_active
    assert save(late, cast.member, read_form(page)).status_code == 302
    assert (refreshed(cast.member).is_active, refreshed(cast.member).last_name) == (False, "Corrected")


def test_a_role_that_was_taken_stays_taken(cast, client_of):
    client = client_of("superuser")
    older = open_page(client, cast.lead)
    keep_roles(cast.lead, RoleGroup.objects.filter(name="Triage"), by=cast.superuser)
    page = save(client, cast.lead, older | {"last_name": "Corrected"})
    assert "Roles: Approver, Triage → Triage" in page.content.decode()
    assert page.context["adminform"].form.errors["groups"]
    assert save(client, cast.lead, read_form(page)).status_code == 302
    assert [group.name for group in refreshed(cast.lead).groups.all()] == ["Triage"]


def test_of_two_who_save_at_once_one_is_told(cast, action):
    seen = get_version(action)
    first, second = refreshed(action), refreshed(action)
    first.text, second.paragraph = "Another.", "6.2"
    keep(first, by=cast.triage, seen=seen)
    with pytest.raises(Stale):
        keep(second, by=cast.lead, seen=seen)


def test_a_password_that_was_set_meanwhile_stays(cast):
    read_earlier = refreshed(cast.member)
    set_password(cast.member, "another-known-password", by=cast.superuser)
    keep_user(read_earlier, by=cast.superuser)
    assert refreshed(cast.member).check_password("another-known-password")


def test_setting_a_password_activates_nobody(cast, client_of):
    client = client_of("superuser")
    url = reverse("admin:auth_user_password_change", args=[cast.member.pk])
    given = {"password1": "half-hourly-data", "password2": "half-hourly-data", "usable_password": "true"}
    assert client.post(url, given | {"set-password": "yes"}).status_code == 302
    assert refreshed(cast.member).check_password("half-hourly-data")
    assert refreshed(cast.member).history.first().actor == "superuser"


@pytest.mark.parametrize("view", ["reclassify", "put_back"])
def test_a_short_page_that_is_older_is_refused_once(view, cast, moved, client_of):
    question, client = moved("in_review", classification="members"), client_of("lead")
    url = reverse(f"admin:register_question_{view}", args=[question.pk])
    seen = client.get(url).context["form"]["seen"].value()
    given = {"classification": "public", "reason": "Why not.", "review_by": "2199-01-01", "seen": seen}
    from_another = client_of("triage")
    sent = open_page(from_another, question) | {"title": "Another?", "reason": "Clearer."}
    assert save(from_another, question, sent).status_code == 302
    assert "changed title" in client.post(url, given).content.decode()


@pytest.mark.parametrize("flag", ["is_active", "is_superuser", "is_staff"])
def test_the_last_superuser_stays_one(flag, cast, client_of):
    client, own = client_of("superuser"), cast.superuser
    sent = open_page(client, own)
    del sent[flag]
    assert "Make somebody else a superuser first" in save(client, own, sent).content.decode()
    assert getattr(refreshed(own), flag)


def test_nothing_else_takes_the_last_superuser_either(cast):
    cast.superuser.is_active = False
    with pytest.raises(Refused, match="superuser is the last who can sign in"):
        keep_user(cast.superuser, by=None)


def test_one_of_two_superusers_may_go(cast):
    cast.lead.is_superuser = True
    keep_user(cast.lead, by=cast.superuser)
    demoted = refreshed(cast.superuser)
    demoted.is_superuser = False
    keep_user(demoted, by=cast.superuser)
    assert not User.objects.get(username="superuser").is_superuser


def test_the_last_superuser_keeps_a_password(cast, client_of):
    url = reverse("admin:auth_user_password_change", args=[cast.superuser.pk])
    page = client_of("superuser").post(url, {"usable_password": "false", "unset-password": "yes"})
    assert "no other superuser can sign in" in page.content.decode()
    assert refreshed(cast.superuser).has_usable_password()
