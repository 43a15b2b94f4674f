"""Whatever is sent to whichever address of the API by whomever: it is answered, and no fault of ours.

Addresses come from the URL configuration, parameters from the views, and the fields of what is written from the schema.
"""

import json
from base64 import b64encode
from itertools import cycle
from urllib.parse import quote

import pytest
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from register.api.urls import urlpatterns
from register.models import Answer, LedgerHead, Question, Token
from register.services.atom import make_address

pytestmark = pytest.mark.junk

PLACE = "987654321"  # stands for the key in an address, and is none


def encode(place):
    return b64encode(place.encode()).decode()


MANY_WORDS = " ".join("abcdefghij" * 10)
TEXTS = (
    *(
        "",
        " ",
        "\t",
        "\x00",
        "a\x00b",
        "\x07",
        "\r\n",
        "a" * 5_000,
        "null",
        "true",
        "yes",
        "[]",
        "{}",
        "DSQ-001",
        "open",
    ),
    MANY_WORDS,
    *("0", "-1", "1.5", "1e400", "NaN", "²", "٣", "１", "9" * 18, "9" * 19, "9" * 40, "-" + "9" * 20, "0x1", "1,2"),
    *("'", '"', '""', '"a', "%", "_", "\\", "(((", "*", ":*", "&", "a & !b", "' OR 1=1--", "../..", "${x}", "{x}"),
    *("\u200b", "\u2800", "\u00ad", "e\u0301", "ﬁ", "ß", "İ", "\ufeff", "\uffff", "😀", "\u202e", "𐀀"),
    *(
        "2021-13-45",
        "0001-01-01",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2021-03-16T10:00:00+99:99",
    ),
    *(
        f"{encode(place)}{mark}"
        for place in ("p=x", "p=" + "9" * 30, "p=%00", "o=-1", "r=²", "r=1")
        for mark in ("", ".")
    ),
    *(f"{encode('p=1')}.{mark}" for mark in ("5.5.0123456789abcdef.public", "9999.9999..members", "0..public", "0..x")),
    *("5.5.0123456789abcdef.public", "999999999999999999.999999999999999999.ff.public", "1.0..public", "."),
)
FEW = (
    "",
    " ",
    "\x00",
    "²",
    "9" * 19,
    '"',
    encode("p=" + "9" * 30),
    "5.5.0123456789abcdef.public",
    MANY_WORDS,
)
RAW = ("%", "%zz", "%ff%fe", "%00", "%ed%a0%80", "a=b=c", "%E0%A4%A", "+", "a&b", ";", "#")
VALUES = (None, True, 0, -1, 1.5, 10**40, [], {}, [[]], {"a": None}, [None], *TEXTS)
HEADERS = (
    "IF_MATCH",
    "IF_NONE_MATCH",
    "IF_MODIFIED_SINCE",
    "IDEMPOTENCY_KEY",
    "AUTHORIZATION",
    "ACCEPT",
    "CONTENT_TYPE",
)
HEADERS_WITH = (
    *('"', "²", "a/b; c=d", "", "\x00", "Bearer ²", "*", "**", ",", "W/", 'W/""', '"a', "a\tb", "Bearer", "*/*"),
    "é" * 300,
)


def get_routes():
    """Yield (name, names of the keys in its address, view, names of the query parameters) for each address."""
    for pattern in urlpatterns:
        if pattern.name:
            keys = [*pattern.pattern.regex.groupindex] or [*pattern.pattern.converters]
            view = getattr(pattern.callback, "cls", None) or pattern.callback.view_class
            actions = getattr(pattern.callback, "actions", {})
            shown = view(**getattr(pattern.callback, "initkwargs", {}))
            shown.action = actions.get("get")
            yield pattern.name, keys, actions, sorted(getattr(shown, "get_parameters", set)())


ROUTES = {route[0]: route for route in get_routes()}
OPEN = ("schema", "docs")  # they hold nothing of the register, and take long to make
# Everybody everywhere with some of it at once; those who see least and most with all of it where there is time.
SOME = [pytest.param(role, FEW, [*ROUTES], id=f"{role}-everywhere") for role in ("member", "lead", "nobody", None)]
ALL = [
    pytest.param(role, TEXTS, [name], id=f"{role}-{name}", marks=pytest.mark.slow)
    for role in ("feed", "lead")
    for name in ROUTES
]
every_reader = pytest.mark.parametrize(("role", "texts", "names"), SOME + ALL)
SCHEMA = SchemaGenerator().get_schema(public=True)
WRITES = [
    (method, path) for path, found in SCHEMA["paths"].items() for method in found if method in ("post", "put", "patch")
]


@pytest.fixture
def ask(cast, moved, role):
    """Return a function that asks as that role; the register has a question in review and one that is hidden."""
    moved("in_review"), moved("open", classification="restricted")
    client = APIClient()
    if role:
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {Token.objects.create(user=getattr(cast, role))[1]}")

    def send(method, address, **more):
        answer = client.generic(method.upper(), address, **more)
        assert answer.status_code < 500, (method, address, more)
        assert answer.status_code < 400 or answer["Content-Type"] == "application/problem+json", (method, address, more)
        return answer

    return send


@pytest.fixture
def keys(cast, role):
    """What leads somewhere in an address."""
    return {
        "reference": lambda: Question.objects.earliest("pk").reference,
        "pk": lambda: str(Answer.objects.earliest("pk").pk),
        "secret": lambda: make_address(getattr(cast, role or "feed")),
    }


def make_address_of(name, keys):
    """Return the address of a route with keys that lead somewhere."""
    named = ROUTES[name][1]
    return reverse(name, args=[PLACE] * len(named)).replace(PLACE, "".join(keys[key]() for key in named))


@every_reader
def test_junk_in_a_parameter_is_answered(role, texts, names, ask, keys):
    for name in names:
        address = make_address_of(name, keys)
        for value in (f"{parameter}={text}" for parameter in ROUTES[name][3] for text in (*map(quote, texts), *RAW)):
            ask("get", f"{address}?{value}")
        for raw in RAW if name not in OPEN else RAW[:1]:
            ask("get", f"{address}?{raw}")


@pytest.mark.slow
@pytest.mark.parametrize("role", ["lead"])
@pytest.mark.parametrize("beside", ["as_at=2090-01-01T00:00:00Z", "q=who%20data"])
@pytest.mark.parametrize("name", ROUTES)
def test_junk_beside_another_parameter_is_answered(name, beside, role, ask, keys):
    address, parameters = make_address_of(name, keys), ROUTES[name][3]
    if beside.partition("=")[0] in parameters:
        for text in (f"{parameter}={quote(text)}" for parameter in parameters for text in TEXTS):
            ask("get", f"{address}?{text}&{beside}")


@every_reader
def test_junk_in_an_address_is_answered(role, texts, names, ask):
    for name in (name for name in names if ROUTES[name][1]):
        address = reverse(name, args=[PLACE] * len(ROUTES[name][1]))
        for text in texts:
            for method in ROUTES[name][2] or ("get",):
                ask(method, address.replace(PLACE, quote(text, safe="")), data="{}", content_type="application/json")


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("role", "texts"),
    [(None, HEADERS_WITH[:3]), ("lead", HEADERS_WITH[:6]), pytest.param("lead", HEADERS_WITH, marks=pytest.mark.slow)],
    ids=["None", "lead", "lead-all"],
)
def test_junk_in_a_header_is_answered(role, texts, ask, keys):
    for name in (name for name in ROUTES if name not in OPEN):
        address = make_address_of(name, keys)
        for header, text in ((header, text) for header in HEADERS for text in texts):
            for method in (*(ROUTES[name][2] or ("get",)), "options"):
                ask(method, address, data="{}", **{header if header == "CONTENT_TYPE" else f"HTTP_{header}": text})


def get_bodies(method, path, values):
    """Yield bodies with junk in each field beside what is required; where that is one of a few, each in its turn."""
    content = SCHEMA["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    shape = SCHEMA["components"]["schemas"][content["$ref"].rpartition("/")[2]]
    required = {name: cycle(get_choices(shape["properties"][name]) or ["words"]) for name in shape.get("required", ())}
    for name in shape["properties"]:
        for value in values:
            yield {**{other: next(choices) for other, choices in required.items()}, name: value}


def get_choices(field):
    """Return the values that a field of the schema can have, or None."""
    named = [part["$ref"] for part in (field, *field.get("allOf", ()), *field.get("oneOf", ())) if "$ref" in part]
    shapes = [SCHEMA["components"]["schemas"][name.rpartition("/")[2]] for name in named]
    return next((shape["enum"] for shape in (field, *shapes) if "enum" in shape), None)


@pytest.mark.parametrize("role", ["lead"])
def test_junk_in_what_is_written_is_answered(role, ask, keys):
    for method, path in WRITES:
        throw_at_write(method, path, FEW, ask, keys)


@pytest.mark.slow
@pytest.mark.parametrize("role", ["lead", "member"])
@pytest.mark.parametrize(("method", "path"), WRITES)
def test_all_junk_in_what_is_written_is_answered(method, path, role, ask, keys):
    throw_at_write(method, path, VALUES, ask, keys)


def throw_at_write(method, path, values, ask, keys):
    address = path.replace("{reference}", keys["reference"]()).replace("{id}", keys["pk"]())
    for body in (*get_bodies(method, path, values), *values):
        ask(method, address, data=json.dumps(body), content_type="application/json", HTTP_IF_MATCH="*")


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_parameter_of_a_write_is_refused_and_nothing_written(method, path, api, moved):
    question, client = moved("in_review"), api("lead")
    before = LedgerHead.objects.get()
    address = path.replace("{reference}", question.reference).replace("{id}", str(Answer.objects.get().pk))
    for parameter in ("dry_run=true", "as_at=2090-01-01T00:00:00Z", "status=open", "x", "format=json"):
        answer = getattr(client, method)(f"{address}?{parameter}", {}, format="json", HTTP_IF_MATCH="*")
        assert (answer.status_code, [*answer.json()["errors"]]) == (400, [parameter.partition("=")[0]])
    assert LedgerHead.objects.get() == before


@pytest.mark.parametrize("role", ["lead"])
def test_a_parameter_that_is_unknown_or_blank_is_a_400_that_names_it(role, ask, keys):
    for name in (name for name in ROUTES if name not in OPEN and "get" in (ROUTES[name][2] or ("get",))):
        address, known = make_address_of(name, keys), ROUTES[name][3]
        unknown = {"colour=red", "id__in=1", "as_at=2090-01-01T00:00:00Z"} - {
            f"{one}=2090-01-01T00:00:00Z" for one in known
        }
        for query in (*unknown, *(f"{parameter}={blank}" for parameter in known for blank in ("", "%20"))):
            answer = ask("get", f"{address}?{query}")
            assert (answer.status_code, [*answer.json()["errors"]]) == (400, [query.partition("=")[0]]), query


def test_the_schema_names_the_parameters_that_are_taken():
    for name, (_, keys, _, parameters) in ROUTES.items():
        path = reverse(name, args=[PLACE] * len(keys)).replace(PLACE, "{reference}" if "reference" in keys else "{id}")
        if "get" in SCHEMA["paths"].get(path, {}) and name not in OPEN:
            described = SCHEMA["paths"][path]["get"].get("parameters", [])
            assert sorted(p["name"] for p in described if p["in"] == "query") == parameters, name


def test_what_is_thrown_at_is_all_there_is():
    assert {"question-list", "question-detail", "changes", "atom", "verifier"} < set(ROUTES)
    assert len(WRITES) >= 5
