"""Sentences, and who commits to what in them."""

import re

from register.headline_report.dates import ANY_DATE

_END = re.compile(r"(?<=[.?!])[\"”’)\]]{0,3}\s+(?=[A-Z“\"‘'(\[])")
_ABBREVIATED = re.compile(r"\b(?:e\.g|i\.e|etc|no|nos|para|paras|vs|cf|Dr|Mr|Mrs|Ms|Ltd|Co|Prof)\.$", re.I)

_NAME = r"[A-Z][\w&'’.-]{0,40}"
_BODY = rf"(?:[Tt]he\s+)?({_NAME}(?:\s+(?:of\s+|and\s+|for\s+|&\s+)?{_NAME}){{0,5}})(?:\s+\([^()]{{1,60}}\))?"
_COMMITS = (
    r"(?:(?:also|therefore|then|further|has|have|had|subsequently|now|both)\s+){0,3}"
    r"(?:agreed\s+to|agreed\s+that\s+it\s+(?:will|would)|will|undertook\s+to|committed\s+to|offered\s+to"
    r"|is\s+to|are\s+to|shall|took\s+an\s+action\s+to|volunteered\s+to)\b"
)
_COMMITMENT = re.compile(rf"(?<![\w-]){_BODY}\s+{_COMMITS}")
_SHARED = re.compile(rf"{_BODY}\s*(?:,|\band\b|&)\s*(?:[Tt]he\s+)?$")
_HANDED_ON = re.compile(
    r"\b(?:give|gives|ask|asks|invite|invites|allow|allows)\s+(?:the\s+)?(.{1,40}?)\s+.{0,60}?\bto\s+\w"
)
_LED = re.compile(r"(?:Assuming|If|When|Where|Once|After|Before|As|Following|Then|However|Subsequently)\b")
_DURATION = (
    r"(?:a\s+(?:further\s+)?)?(?:one|two|three|four|five|six|ten|\d{1,2})\s+"
    r"(?:calendar\s+|working\s+)?(?:day|week|month)s?"
)
_MOMENT = (
    r"(?:the\s+)?(?:next\s+(?:\w+\s+)?meeting|end\s+of\s+\w+(?:\s+\d{4})?|[A-Z]{2,8}[ -]?\d{1,3}\b"
    rf"|{ANY_DATE}|{_DURATION})"
)
_DUE = re.compile(
    rf"\b(?:by|before|no\s+later\s+than|ahead\s+of|in\s+time\s+for|within|for)\s+({_MOMENT})|\b({_DURATION})\b"
)
NOT_BODIES = {
    "It",
    "They",
    "This",
    "That",
    "These",
    "There",
    "He",
    "She",
    "We",
    "Action",
    "Actions",
    "Chair",
    "Members",
}


def sentences(text):
    """Return the sentences of a paragraph."""
    found, held = [], ""
    for piece in _END.split(text):
        held = f"{held} {piece}".strip()
        if not _ABBREVIATED.search(held[-10:]):
            found.append(held)
            held = ""
    return [*found, held] if held else found


def subjects(sentence, group):
    """Return the bodies that commit themselves in a sentence, in order; “It” for a pronoun."""
    found = []
    for match in _COMMITMENT.finditer(sentence):
        before = _SHARED.search(sentence[: match.start()])
        found += [name for name in ([_body(before[1], group)] if before else []) if name]
        found += _bodies(match[1], group)
    return found


def _bodies(name, group):
    """Return the bodies that a run of capitalised words names: “Ofgem and Elexon” are two."""
    parts = [name] if _is_one_body(name) else re.split(r"\s+(?:and|&)\s+", name)
    return [body for part in parts for body in [_body(part, group)] if body]


def _is_one_body(name):
    return len(name.split()) > 3


def _body(name, group):
    name = _LED.sub("", name).strip(" ,")
    if name in ("It", "They"):
        return "It"
    if name in ("Members", f"{group} members", f"{group} Members"):
        return f"{group} members"
    return None if not name or name.split()[0] in NOT_BODIES else name


def due_as_written(sentence):
    """Return the due date of a commitment as it is written, or None."""
    match = _DUE.search(sentence)
    if match is None:
        return None
    return re.sub(r"^a\s+(?:further\s+)?", "", next(filter(None, match.groups()))).rstrip(" .,")


def handed_on(sentence, group):
    """Return the body that a commitment hands a task on to, with the words that do: “give members two weeks to …”."""
    match = _HANDED_ON.search(sentence)
    if not match:
        return None
    name = match[1].split()[0]
    body = f"{group} members" if name.lower() == "members" else _body(name, group) if name[0].isupper() else None
    return (body, sentence[match.start() :]) if body else None
