"""Whatever is sent to whichever address of the admin by whomever: it is answered, and no fault of ours.

Addresses come from the URL configuration, parameters from the filters of the lists and the fields of the forms.
"""

from itertools import cycle
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django.urls.resolvers import URLPattern

from register.models import Meeting, Question
from register.services.links import link_meeting
from tests.test_api_junk import FEW, RAW, TEXTS

pytestmark = pytest.mark.junk

# Parameters that Django's admin or a page of ours looks for, whichever the route.
LOOKED_FOR = ("q", "p", "o", "_to_field", "_changelist_filters", "_popup", "term", "field_name", "_selected_action")
MORE = (
    *("all", "e", "_facets", "next", "index", "action", "app_label", "model_name", "id__in", "pk__in", "id", "foo"),
    *("select_across", "_apply", "csrfmiddlewaretoken", "seen", "version"),
)
LEFT_OUT = {"logout", "jsi18n"}  # the one ends the session, the other is a script
FEWEST = ("\x00", "²", "9" * 19)


def get_routes(patterns):
    """Yield (name, how many keys are in its address) for each address of the admin."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name and pattern.name not in LEFT_OUT:
                yield pattern.name, len(pattern.pattern.converters) or pattern.pattern.regex.groups
        else:
            yield from get_routes(pattern.url_patterns)


ROUTES = dict(get_routes(admin.site.urls[0]))
KEYED = [name for name, keys in ROUTES.items() if keys]
# Each address and parameter is sent one text of many in turn, so that all texts come up and the walk ends.
every_reader = pytest.mark.parametrize(
    ("role", "texts", "more"),
    [
        pytest.param("superuser", FEWEST, (), id="superuser"),
        pytest.param("superuser", TEXTS, MORE, id="superuser-more", marks=pytest.mark.slow),
        pytest.param("member", TEXTS, (), id="member", marks=pytest.mark.slow),
    ],
)


@pytest.fixture
def ask(client_of, moved, cast, role):
    """Return a function that asks as that role; the register has a question in review at a meeting."""
    link_meeting(moved("in_review"), Meeting.objects.first(), "listed", by=cast.triage)
    client = client_of(role)

    def send(method, address, *given):
        answer = getattr(client, method)(address, *given)
        assert answer.status_code < 500, (method, address, given)
        return answer

    return send


def make_address(name, *keys):
    """Return the address of a route with these keys, or with ones that lead somewhere; None where it takes no such."""
    first = str(Question.objects.earliest("pk").pk)
    held = {"app_list": ["register"], "register_question_export": ["csv"], "register_question_move": [first, "agree"]}
    try:
        return reverse(f"admin:{name}", args=keys or held.get(name, [first] * ROUTES[name]))
    except NoReverseMatch:
        return None


def get_parameters(response):
    """Return the names of what the page filters by or asks for."""
    context = response.context or {}
    specs = context["cl"].filter_specs if "cl" in context else ()
    form = context["adminform"].form if "adminform" in context else context.get("form")
    return {*(name for spec in specs for name in spec.expected_parameters()), *(form.fields if form else ())}


@every_reader
@pytest.mark.timeout(900)
def test_junk_in_a_parameter_of_the_admin_is_answered(role, texts, more, ask):
    in_turn = cycle(texts)
    for address in filter(None, map(make_address, ROUTES)):
        for parameter in sorted({*get_parameters(ask("get", address)), *LOOKED_FOR, *more}):
            text = next(in_turn)
            ask("get", f"{address}?{parameter}={quote(text)}")
            ask("post", address, {"action": "edit", "_selected_action": "1", parameter: text})


@pytest.mark.parametrize(("role", "texts"), [("superuser", FEW), ("member", FEWEST)], ids=["superuser", "member"])
def test_junk_in_an_address_of_the_admin_is_answered(role, texts, ask):
    for name in KEYED:
        for text in (*texts, *RAW):
            if address := make_address(name, *[text] * ROUTES[name]):
                ask("get", address), ask("post", address)


@pytest.mark.parametrize("role", ["triage"])
def test_a_search_of_too_many_words_is_refused_in_a_sentence(role, ask):
    for name in ("question", "organisation", "action", "answer"):
        answer = ask("get", f"/admin/register/{name}/", {"q": "a " * 61})
        assert (answer.status_code, "at most 50 words" in answer.content.decode()) == (400, True)


@pytest.mark.parametrize("role", ["triage"])
def test_rows_that_are_chosen_by_what_is_no_key_are_refused(role, ask):
    answer = ask("post", "/admin/register/question/", {"action": "edit", "_selected_action": "abc"})
    assert (answer.status_code, "Choose rows of this list" in answer.content.decode()) == (400, True)


@pytest.mark.parametrize("role", ["triage"])
def test_a_past_version_of_what_is_no_number_is_not_there(role, ask):
    question = Question.objects.earliest("pk")
    assert ask("get", f"/admin/register/question/{question.pk}/history/\u00b2/").status_code == 404
