"""A list takes the filters that its page offers and no other: related rows that are hidden show in none."""

import pytest
from django.contrib import admin
from django.urls import reverse

from register.models import Meeting, Organisation
from register.services.answers import propose_answer
from register.services.links import link_meeting

LISTS = [model for model in admin.site._registry if model._meta.app_label == "register"]
LOOKUPS = ("", "__isnull", "__id__exact", "__title__icontains")
QUESTIONS = "/admin/register/question/"


def get_address(model):
    return reverse(f"admin:register_{model._meta.model_name}_changelist")


def get_filter_attempts(model):
    """Return parameters that would filter by any column or relation of a model."""
    return [f"{field.name}{lookup}" for field in model._meta.get_fields() for lookup in LOOKUPS]


def get_visible_keys(model, user):
    rows = model.objects.all()
    return set((rows.visible_to(user) if hasattr(rows, "visible_to") else rows).values_list("pk", flat=True))


def get_offered(response):
    return {name for spec in response.context["cl"].filter_specs for name in spec.expected_parameters()}


@pytest.mark.parametrize("role", ["member", "triage", "superuser"])
def test_no_list_can_be_filtered_by_what_its_page_does_not_offer(role, client_of, raised, subtests):
    question, client = raised(classification="restricted"), client_of(role)
    for model in LISTS:
        whole = client.get(get_address(model))
        if whole.status_code != 200:
            continue
        for name in set(get_filter_attempts(model)) - get_offered(whole):
            with subtests.test(list=model.__name__, by=name):
                assert client.get(get_address(model), {name: question.pk}).status_code == 400


@pytest.mark.parametrize("page", ["", "print/", "export.csv", "export.xlsx"])
@pytest.mark.parametrize(
    "query", ["foo=bar", "answers__isnull=False", "merged_into=1", "owner__id__exact=x", "_to_field=owner"]
)
def test_what_takes_a_list_away_refuses_as_the_list_does(page, query, client_of):
    assert client_of("member").get(f"{QUESTIONS}{page}?{query}").status_code == 400


def test_a_refused_list_says_why_and_leads_to_the_whole_one(client_of):
    answer = client_of("member").get(f"{get_address(Organisation)}?owned_questions=1").content.decode()
    assert "This list cannot be filtered by owned_questions." in answer
    assert f'href="{get_address(Organisation)}"' in answer


@pytest.mark.parametrize("role", ["member", "triage"])
def test_each_filter_that_is_offered_counts_what_this_person_may_see(role, client_of, moved, cast, subtests):
    shown, hidden = moved("open"), moved("open", classification="restricted")
    propose_answer(hidden, "Hush.", by=cast.triage)
    for question in (shown, hidden):
        link_meeting(question, Meeting.objects.first(), "listed", by=cast.triage)
    client = client_of(role)
    for model in LISTS:
        whole = client.get(get_address(model))
        if whole.status_code != 200:
            continue
        visible = get_visible_keys(model, getattr(cast, role))
        changelist = whole.context["cl"]
        for spec in changelist.filter_specs:
            for choice in spec.choices(changelist):
                with subtests.test(list=model.__name__, by=choice["query_string"]):
                    found = client.get(f"{get_address(model)}{choice['query_string']}&_facets=True")
                    assert {row.pk for row in found.context["cl"].result_list} <= visible


@pytest.mark.parametrize("address", ["?tab=in_review", "?raised=you"])
def test_a_filter_that_the_page_does_not_offer_is_refused(address, client_of):
    refused = client_of("triage").get(f"/admin/register/question/{address}")
    assert (refused.status_code, "cannot take its value" in refused.content.decode()) == (400, True)


def test_the_filters_are_cleared_where_there_are_some_and_the_tab_stays(client_of, raised):
    raised()
    tab, filtered = (client_of("triage").get(f"/admin/register/question/?tab=all{more}") for more in ("", "&raised=me"))
    assert "Clear the filters" not in tab.content.decode()
    assert '<a class="chip" href="?tab=all">Clear the filters</a>' in filtered.content.decode()
