"""The contenders are compared only where they tell the same: looked at once, before anything is timed."""

import json

# What a move changes is left out: an earlier run moved the register's questions, and not their copies.
SAID_ALIKE = ("reference", "title", "text", "classification", "due_on", "raised_on", "priority")


def check(place, works):
    """Raise RuntimeError where the first page or a detail of the contenders is not of the same documents."""
    by_name = {work.name: work for work in works}
    page, one = by_name["page of 25"], by_name["one question"]
    usual, ours = (_told(place, page, name)["results"] for name in ("usual", "ours"))
    for name in ("floor", "kept"):
        _same([*_told(place, page, name)["results"], _told(place, one, name)], [*ours, _told(place, one, "ours")])
    _same([_facts(document) for document in usual], [_facts(document) for document in ours])


def _told(place, work, contender):
    return json.loads(place.reply(contender, work.asks[contender](place)[0]).body)


def _same(theirs, ours):
    for one, other in zip(theirs, ours, strict=True):
        if one != other:
            raise RuntimeError(f"These should say the same, so nothing was measured:\n{one}\n{other}")


def _facts(document):
    """Return what both shapes of a question say: the usual way nests objects where the register gives names."""
    return {
        **{name: document[name] for name in SAID_ALIKE},
        **{name: _name(document[name]) for name in ("topic", "owner")},
        "meetings": [_name(link["meeting"]) for link in document["meetings"]],
        "actions": [_key(action) for action in document["actions"]],
        "answers": [(answer["text"], answer["reviews"]) for answer in document["answers"]],
    }


def _name(value):
    return value["name"] if isinstance(value, dict) else value


def _key(action):
    return action["action"]["id"] if "action" in action else int(action["url"].split("/")[-2])
