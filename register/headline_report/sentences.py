"""Split text into sentences, and find the bodies that commit themselves in them.

A body is an organisation, a group, or the members of a group.
"""

import re
from collections.abc import Iterable

from register.headline_report.dates import ANY_DATE

_END = re.compile(r"(?<=[.?!])[\"”’)\]]{0,3}\s+(?=[A-Z“\"‘'(\[])")
_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|no|nos|para|paras|vs|cf|Dr|Mr|Mrs|Ms|Ltd|Co|Prof)|(?:^|[\s.])[A-Z])\.$", re.I
)
_CITED = re.compile(r"\([^()]{0,120}\bsee\b[^()]{0,120}\)\.?", re.I)

_NAME = r"[A-Z][\w&’.-]{0,40}"
_BODY = rf"(?:[Tt]he\s+)?({_NAME}(?:\s+(?:of\s+|and\s+|or\s+|for\s+|&\s+)?{_NAME}){{0,5}})(?:\s+\([^()]{{1,60}}\))?"
_OF_THE_BODY = r"(?:['’]s?\s+(?:[\w-]+\s+){0,4}(?:team|representative|staff|colleagues))?"
_SOON = r"(?:(?:also|therefore|then|further|has|have|had|subsequently|now|both)\s+){0,3}"
# A thing cannot agree, so whoever agrees is a body; “will” and “is to” are said of things as well.
_AGREES = (
    r"(?:agreed(?:,[^,]{1,60},)?\s+to|agreed\s+that\s+it\s+(?:will|would)|undertook\s+to|committed\s+to|offered\s+to"
    r"|took\s+an\s+action\s+to|volunteered\s+to|(?:was|were|has\s+been|have\s+been)\s+asked\s+to)\b"
)
_WILL = r"(?:will|shall|is\s+to|are\s+to)\b(?!\s+(?:not|be|have)\b)"
_COMMITMENT = re.compile(rf"(?<![\w-]){_BODY}{_OF_THE_BODY}\s+{_SOON}(?:(?P<agrees>{_AGREES})|(?P<will>{_WILL}))")
_ASKED = re.compile(rf"\basked\s+{_BODY}\s+to\b")
_TASKED = re.compile(rf"^{_BODY}\s+to\s+(?=[a-z])")
_SHARED = re.compile(rf"{_BODY}\s*(?:,|\band\b|\bor\b|&)\s*(?:[Tt]he\s+)?$")
_TOLD_OF_OTHERS = re.compile(r"(?P<settled>agreed|decided)?\s*\bthat\s+$")
_HANDED_ON = re.compile(
    r"\b(?:give|gives|ask|asks|invite|invites|allow|allows)\s+(?:the\s+)?(.{1,40}?)\s+.{0,60}?\bto\s+\w"
)
_LED = re.compile(r"(?:Assuming|If|When|Where|Once|After|Before|As|Following|Then|However|Subsequently)\b")
_SPEAKS = re.compile(
    r"(?:^|[,;]\s+)(?:[Tt]he\s+)?([A-Z][\w&'’-]*(?:\s+[A-Z][\w&'’-]*){0,3})(?:\s+\([^()]{1,60}\))?"
    r"\s+(?:also\s+|then\s+)?[a-z]+(?:ed|s|t)\b"
)
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day\s+(?:the\s+)?"
_DURATION = (
    r"(?:a\s+(?:further\s+)?)?(?:one|two|three|four|five|six|ten|\d{1,2})\s+"
    r"(?:calendar\s+|working\s+)?(?:day|week|month)s?"
)
_MOMENT = (
    r"(?:the\s+)?(?:next\s+(?:\w+\s+)?meeting|end\s+of\s+\w+(?:\s+\d{4})?"
    rf"|(?:(?i:close\s+of\s+(?:play|business)|eod|cop|cob|w/c|week\s+commencing)\s+(?:on\s+)?)?(?i:{_DAY})?"
    rf"(?:{ANY_DATE}|\d{{1,2}}[/.-]\d{{1,2}}(?:[/.-]\d{{2,4}})?)"
    rf"|(?!EOD|COP|COB)[A-Z]{{2,8}}[ -]?\d{{1,3}}\b|{_DURATION})"
)
_DUE = re.compile(
    rf"\b(?:by|before|no\s+later\s+than|ahead\s+of|in\s+time\s+for|within|for|due:?)\s+({_MOMENT})|\b({_DURATION})\b"
    r"|\b(?:bring|brought|present|report|return|back|come)\b.{0,80}?\s(?:to|at)\s+"
    r"((?!EOD|COP|COB)[A-Z]{2,8}[ -]?\d{1,3})\b"
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
    "A",
    "An",
    "Action",
    "Actions",
    "Chair",
}
LONGEST = 3_000  # characters of one sentence; what is longer is no commitment that a person wrote


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a paragraph; a citation in brackets stays with the sentence before it."""
    found: list[str] = []
    held = ""
    for piece in _END.split(text):
        held = f"{held} {piece}".strip()
        if _ABBREVIATED.search(held[-10:]):
            continue
        if found and _CITED.fullmatch(held):
            found[-1] += f" {held}"
        else:
            found.append(held)
        held = ""
    return [*found, held] if held else found


def find_due_text(sentence: str) -> str | None:
    """Return the due date of a commitment as it is written, or None."""
    match = _DUE.search(sentence[:LONGEST])
    if match is None:
        return None
    return re.sub(r"^a\s+(?:further\s+)?|^the\s+(?=end\b)", "", next(filter(None, match.groups()))).rstrip(" .,")


class Speakers:
    """Finds the bodies in the sentences of a report: those known by name, the group's members, and whoever “agreed”.

    `bodies` are the known names; `groups` are short names of groups, which own nothing themselves. Where no bodies are
    given, a word of capitals alone counts as a body's name.
    """

    def __init__(self, group: str, bodies: Iterable[str] = (), groups: Iterable[str] = ()) -> None:
        self.group, self.known = group, {name.lower() for name in bodies}
        self.groups = {group, *groups}

    def find_committed_bodies(self, sentence: str) -> list[str]:
        """Return the bodies that commit themselves in a sentence, in order; “It” for a pronoun."""
        sentence = sentence[:LONGEST]
        found: list[str] = []
        for match in _COMMITMENT.finditer(sentence):
            told = _TOLD_OF_OTHERS.search(sentence[: match.start()][-40:])
            if told and not told["settled"]:
                continue
            before = _SHARED.search(sentence[: match.start()][-300:])
            names = [*([before[1]] if before else []), *self._split_names(match[1])]
            found += [
                body for name in names for body in [self._get_body(name, may_be_thing=bool(match["will"]))] if body
            ]
        asked = [self._get_body(match[1], may_be_thing=False) for match in _ASKED.finditer(sentence)]
        asked += [self._get_body(match[1], may_be_thing=True) for match in _TASKED.finditer(sentence)]
        return found + [body for body in asked if body]

    def find_agreeing_bodies(self, sentence: str) -> list[str]:
        """Return the bodies that say that they agree, undertake or offer to do something, not what merely will be."""
        agreeing = (match for match in _COMMITMENT.finditer(sentence[:LONGEST]) if match["agrees"])
        bodies = (
            self._get_body(name, may_be_thing=False) for match in agreeing for name in self._split_names(match[1])
        )
        return [body for body in bodies if body]

    def find_speaking_bodies(self, sentence: str) -> list[str]:
        """Return the bodies that are the subject of a sentence: “DCC confirmed …”."""
        names = (self._get_body(match[1], may_be_thing=True) for match in _SPEAKS.finditer(sentence[:LONGEST]))
        return [name for name in names if name and name != "It"]

    def find_delegated_task(self, sentence: str) -> tuple[str, str] | None:
        """Return (body, words) of a task that a commitment delegates, “give members two weeks to …”, or None."""
        match = _HANDED_ON.search(sentence[:LONGEST])
        if not match:
            return None
        first = match[1].split()[0]
        body = self.members if first.lower() == "members" else self._get_body(first, may_be_thing=True)
        return (body, sentence[match.start() :]) if body else None

    @property
    def members(self) -> str:
        return f"{self.group} members"

    def _split_names(self, run: str) -> list[str]:
        """Return the names in a run of capitalised words: “Ofgem and Elexon” are two."""
        if run.lower() in self.known:
            return [run]
        return re.split(r"\s+(?:and|or|&)\s+", run)

    def _get_body(self, name: str, *, may_be_thing: bool) -> str | None:
        """Return the body of a name, “It” for a pronoun, or None; with `may_be_thing`, of names that look like one."""
        name = re.sub(r"['’]s?$", "", _LED.sub("", name).strip(" ,"))
        if name in ("It", "They"):
            return "It"
        if name.lower() in ("members", self.members.lower()):
            return self.members
        if not name or name.split()[0] in NOT_BODIES or name.lower().startswith("members"):
            return None
        return name if self._is_body(name) or not may_be_thing else None

    def _is_body(self, name: str) -> bool:
        looks_like_one = not self.known and bool(re.fullmatch(r"[A-Z]{2,8}", name))
        return name.lower() in self.known or name == self.group or looks_like_one
