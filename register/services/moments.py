"""Moments as people name them: a day, a time in London, or a meeting."""

import re
from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format

from register.clock import LONDON, end_of_day, get_day_refusal, london_date, start_of_day
from register.ledger.unit_of_work import Actor
from register.models import LedgerEntry, Meeting
from register.refusals import Refused

_DAY_ALONE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
ASK = "Name a day such as 2021-04-15, a time such as 2021-04-15T10:30, or a meeting such as CCDG15."


def parse_past(text: str, by: Actor) -> datetime:
    """Return the aware moment that a text names: of a day, or of a meeting, the end of the day in London.

    Of today it is now. A time without a zone is one in London. Raises Refused for what names none, and for one to come.
    """
    moment = _parse(text.strip(), by)
    if moment > timezone.now():
        raise Refused(f"Choose a moment that is past: {text.strip()} is to come.")
    return moment


def parse_since(text: str, by: Actor) -> datetime:
    """Return what `parse_past` does, but of a day its first moment: what happened since a day has that day in it."""
    moment = parse_past(text, by)
    return start_of_day(london_date(moment)) if _DAY_ALONE.fullmatch(text.strip()) else moment


def parse_as_at(text: str, by: Actor) -> datetime:
    """Return what `parse_past` does. Raises Refused also for a moment before the register began."""
    moment = parse_past(text, by)
    first = LedgerEntry.objects.order_by("position").values_list("at", flat=True).first()
    if first is None or moment < first:
        began = f"it begins on {date_format(first.astimezone(LONDON), 'j F Y')}" if first else "it is empty"
        raise Refused(f"The register holds nothing of that moment: {began}.")
    return moment


def _parse(text: str, by: Actor) -> datetime:
    try:
        day = parse_date(text)
        moment = None if day else parse_datetime(text)
    except ValueError:
        raise Refused(ASK) from None
    if (named := day or (moment and moment.date())) and (refused := get_day_refusal(named)):
        raise Refused(refused)
    if day:
        return min(end_of_day(day), max(timezone.now(), start_of_day(day)))
    if moment:
        return _place_in_london(moment)
    return _find_meeting_day(text, by)


def _place_in_london(moment: datetime) -> datetime:
    if timezone.is_aware(moment):
        return moment
    placed = moment.replace(tzinfo=LONDON)
    if placed.astimezone(timezone.get_fixed_timezone(0)).astimezone(LONDON).replace(tzinfo=None) != moment:
        raise Refused(f"There was no {moment:%H:%M} in London on that day: the clock skipped that hour.")
    return placed


def _find_meeting_day(text: str, by: Actor) -> datetime:
    found = list(Meeting.objects.visible_to(by).find_by_name(text)[:2])
    if len(found) > 1:
        raise Refused(f"Name the day: more than one meeting is called {text}.")
    if not found:
        raise Refused(ASK)
    if found[0].held_on is None:
        raise Refused(f"Name the day: that of {found[0]} is not known.")
    return _parse(found[0].held_on.isoformat(), by)
