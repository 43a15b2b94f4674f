"""The page of the design system: in development alone, with whatever tokens the style sheet has."""

import pytest

from register.admin.problems import list_problems
from register.admin.style import PartsForm


@pytest.fixture
def page(client_of, settings):
    settings.DEBUG = True
    return client_of("triage").get("/admin/style/").content.decode()


@pytest.mark.parametrize("part", ["--accent", "--text-title", "awaiting input", "There is a problem", "timeline"])
def test_it_shows_each_part(part, page):
    assert part in page


def test_in_production_there_is_none(client_of):
    assert client_of("triage").get("/admin/style/").status_code == 404


def test_the_summary_of_a_refused_form_says_which_field_is_required():
    form = PartsForm({"text": "Kept."})
    assert list_problems(form) == [
        ("Title: this field is required.", "id_title"),
        ("Priority: this field is required.", "id_priority_0"),
    ]
