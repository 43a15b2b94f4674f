"""The works: what is asked of each contender, and what the register's own cost is held against."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from tests.benchmarks.client import Ask, Connection

API, LIST = "/api/v1/", "/admin/register/question/"
CROWDED = ("live", "topic")  # of the lists
TABS = ("live", "all", "triage", "mine", "overdue", "awaiting", "review", "deferred", "silent")
FILTERS = {
    "topic": "topic__id__exact={topic}",
    "owner": "owner__id__exact={owner}",
    "status": "status__exact=open",
    "priority": "priority__exact=high",
    "classification": "classification__exact=public",
    "meeting": "meeting={meeting}",
}
REASON = "It was asked at the last meeting."


@dataclass(frozen=True)
class Target:
    """The most that a work may cost, against something.

    `against` is a contender (`floor`, `kept`, `usual`, `constant`), `itself` at the smallest size, or `page`: the first
    page of the API at the smallest size. `most` is a ratio of processor time; where `against` is `ms`, milliseconds of
    one client. It may differ by engine.
    """

    against: str
    most: float | dict


@dataclass(frozen=True)
class Work:
    """`asks` has for each contender a function from a place to the requests that are made in turn, so many a `burst`.

    What others of the kind tell as well for a `crowd`, several clients at once, is asked by one client alone.
    """

    name: str
    asks: dict[str, Callable]
    targets: tuple[Target, ...] = ()
    burst: int = 8
    crowd: bool = True


@dataclass(frozen=True, eq=False)
class Place:
    """One register with its three servers: `facts` of the register, `usual` the other way's tokens by login."""

    engine: str
    size: int
    servers: dict
    facts: dict
    usual: dict

    def server(self, contender):
        """Return the server of a contender: kept documents are read by the floor's, and all else by ours."""
        return self.servers.get("floor" if contender == "kept" else contender, self.servers["ours"])

    def reply(self, contender, ask):
        with Connection(self.server(contender).port) as connection:
            return connection.ask(ask)


def _bearer(place, login="bench.feed"):
    return {"Authorization": f"Bearer {place.facts['tokens'][login]}"}


def _token(place, login="bench.feed"):
    return {"Authorization": f"Token {place.usual[login]}"}


def _cookie(place):
    return {"Cookie": f"sessionid={place.facts['session']}"}


def _nobody(place):
    return {}


def _reads(headers, path):
    """Return the function that makes requests of a path with facts in it: one for each question that it names."""

    def asks(place):
        questions = list(zip(place.facts["references"], place.facts["keys"], strict=True))
        named = questions if "{reference}" in path or "{key}" in path else questions[:1]
        return [Ask(path.format(reference=name, key=key, **place.facts), headers(place)) for name, key in named]

    return asks


def _ours(path):
    return _reads(_bearer, API + path)


def _usual(path):
    return _reads(_token, path)


def _floor(path):
    return _reads(_nobody, path)


def _admin(query):
    return _reads(_cookie, LIST + query)


# Reads of the API

FIRST_PAGE = _ours("questions/")
FLAT = (Target("page", 1.15),)


def _polls(place):
    """A client holds all there is, and asks what came since: nothing."""
    path, headers = f"{API}changes/?since={place.facts['since']['head']}", _bearer(place)
    held = place.reply("ours", Ask(path, headers)).etag
    return [Ask(path, {**headers, "If-None-Match": held}, status=304)]


def _api():
    page = {
        "floor": _floor("/questions/"),
        "kept": _floor("/kept/"),
        "usual": _usual("/questions/"),
        "ours": FIRST_PAGE,
    }
    yield Work("page of 25", page, (Target("floor", {"sqlite": 2.0, "postgresql": 1.1}),))
    last = {"usual": _usual("/questions/?page=last"), "ours": _ours("questions/?cursor={last_page}")}
    yield Work("last page", last, FLAT)
    for where in ("start", "middle", "end"):
        path = f"changes/?limit=25&since={{since[{where}]}}"
        yield Work(f"25 changes from the {where}", {"ours": _ours(path)}, FLAT)
    one = {
        "floor": _floor("/questions/{reference}/"),
        "kept": _floor("/kept/{reference}/"),
        "usual": _usual("/questions/{reference}/"),
        "ours": _ours("questions/{reference}/"),
    }
    yield Work("one question", one, FLAT)
    past = {"usual": _usual("/questions/{reference}/history/"), "ours": _ours("questions/{reference}/history/")}
    yield Work("one status history", past, FLAT)
    poll = {"constant": _floor("/constant/"), "ours": _polls}
    yield Work("poll with nothing new", poll, (Target("constant", 2.5),))


# Moves


MOVED = 2  # questions of a burst, so that what each move comes after is asked before the burst, and not measured


def _moves(place):
    """Each open question is set to await input, and back: both moves lock, guard, and record."""
    headers, path = _bearer(place, "bench.triage"), f"{API}questions/{{}}/"
    moves = [
        {"transition": "await_input", "waiting_on": "DCC", "reason": REASON},
        {"transition": "receive_input", "reason": REASON},
    ]
    return list(_there_and_back(place, headers, path, "POST", "transitions/", moves))


def _patches(place):
    changes = [{"status": "awaiting_input"}, {"status": "open"}]
    return list(_there_and_back(place, _token(place, "bench.triage"), "/questions/{}/", "PATCH", "", changes))


def _there_and_back(place, headers, path, method, below, bodies):
    """Yield the moves there of as many questions as a burst has, then those back of the same, and so on."""
    names = place.facts["open"]
    for first in range(0, len(names) - MOVED + 1, MOVED):
        for body in bodies:
            for name in names[first : first + MOVED]:
                seen = Ask(path.format(name), headers)
                yield Ask(seen.path + below, headers, method, json.dumps(body).encode(), after=seen)


def _writes():
    yield Work("a move", {"usual": _patches, "ours": _moves}, (Target("usual", 1),), burst=MOVED)


# The admin

LISTED = (Target("itself", 1.3),)


def _lists():
    asked = {name: f"tab={name}" for name in TABS} | FILTERS
    for name, given in asked.items():
        by_age = {"ours": _admin(f"?{given}&o=-{{age_column}}")}
        called = f"list by age, {name}" if name in TABS else f"list by age, of one {name}"
        yield Work(called, by_age, LISTED, burst=2, crowd=name in CROWDED)
    pages = {"desk": "/admin/", "triage": "/admin/triage/", "question's page": LIST + "{key}/change/"}
    for name, path in pages.items():
        yield Work(name, {"ours": _reads(_cookie, path)}, (Target("itself", 1.5),), burst=2)


# Search

FOUND = (Target("ms", {"postgresql": 50, "sqlite": 150}),)


def _searches():
    for how in ("rare", "middling", "common"):
        word = f"{{words[{how}][0]}}"
        api = {"usual": _usual(f"/questions/?search={word}"), "ours": _ours(f"questions/?q={word}")}
        yield Work(f"search in the API, {how}", api, FOUND, burst=2)
        pages = {"usual": _reads(_cookie, f"/admin/usual/question/?q={word}"), "ours": _admin(f"?tab=all&q={word}")}
        yield Work(f"search in the admin, {how}", pages, FOUND, burst=2, crowd=False)


WORKS = (*_api(), *_writes(), *_lists(), *_searches())
