"""Feeds: what changed after a cursor, the story of moves and answers, and the chain that proves both."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.views import APIView

from register.api import serializers
from register.api.conditions import make_state_etag, not_modified
from register.api.cursors import BeginAgain, Cursor, check_mark, make_mark, parse_cursor
from register.api.filters import parse_moment
from register.api.pagination import get_limit
from register.api.parameters import check_parameters
from register.api.resources import GONE, READ, SINCE, ReadingView
from register.documents.building import dump_json
from register.documents.serving import Head, get_clearance, get_head, make_feed_item
from register.documents.sources import get_position_at
from register.ledger import external_verifier
from register.ledger.disclosure import get_entries_with_snapshots
from register.ledger.events import get_events_after, get_last_redaction
from register.models import LedgerEntry, LedgerHead
from register.models.documents import get_changes

FEED = {**READ, **GONE}
PARAMETERS = [
    OpenApiParameter("since", str, description="The `next` of the page before, as it was sent; or 0 to begin."),
    OpenApiParameter("limit", int, description="The most items of a page: 1 to 1000, 100 unless told."),
    SINCE,
]
MOMENT = {"type": "string", "format": "date-time"}
SINCE_TIME = OpenApiParameter("since_time", MOMENT, description="What happened after that time, in place of a cursor.")
UNTIL = OpenApiParameter("until", MOMENT, description="What happened by that time.")
USUAL, MOST = 100, 1000
NOT_A_PLACE = "Give the `next` of the page before as it was sent, or 0 to begin."


class Page(NamedTuple):
    """Items as JSON, the position that is reached with them, and whether there are more."""

    items: Iterable[str]
    reached: int
    more: bool


class Feed(ReadingView, APIView):
    """A feed: pages after a cursor."""

    def get_parameters(self):
        return {"since", "limit"}

    def get_head(self):
        """Return the head that pages depend on, as it is now."""
        return get_head(self.request.user)

    def get_state(self, again=False):
        """Return what pages depend on: it begins with their head. `again` looks once more."""
        return (self.get_head() if again else self.request.reading.head,)

    def get(self, request):
        since, limit = self._get_since(), get_limit(request, USUAL, MOST)
        state = self.get_state()
        etag = make_state_etag(request, *state)
        if held := not_modified(request, etag):
            return held
        self._check_followed(since)
        page = self.load_page(since.position, limit, state[0])
        # The mark is of a state no older than the page: what was told was true in the history that it names.
        after = self.get_state(again=True)
        return self.make_response(_dump_page(page, after[0], request.user), etag if after == state else None)

    def _get_since(self):
        try:
            return parse_cursor(self.request.query_params.get("since", "0"))
        except ValueError:
            raise ValidationError({"since": [NOT_A_PLACE]}) from None

    def _check_followed(self, since):
        """Raise BeginAgain where what this reader holds is not what the register would have told it."""
        if since.mark:
            check_mark(since.mark, self.request.reading)
        if since.position <= self.request.reading.head.position:
            return
        end = LedgerHead.objects.values_list("position", flat=True).get()
        if since.position > end:
            raise BeginAgain(f"the register ends at {end}.")


def _dump_page(page, head, user):
    cursor = Cursor(page.reached, make_mark(head, user))
    told = {"next": str(cursor), "more": page.more, "head": {"position": head.position, "digest": head.digest}}
    return f'{{"results":[{",".join(page.items)}],{dump_json(told)[1:]}'


class Changes(Feed):
    @extend_schema(parameters=PARAMETERS, responses={200: serializers.ChangePage, **FEED}, operation_id="changes")
    def get(self, request):
        """What changed after a cursor: each question, meeting and action once, in its latest state, by position.

        An item is the document that its own resource shows, with `type` and `position`. What you could see and no
        longer may comes as its reference with `removed`. Whatever shows in a document counts as its change, a renamed
        topic or a moved meeting too.

        The contract: apply every page from 0, asking for `next` each time, and you hold exactly what `/questions/`
        shows you, whatever is written meanwhile. Positions never repeat or run backwards, and a page can be asked for
        again. A 410 means that your copy is none of this register any more, for a backup was put back or your roles
        changed: drop it and begin again from 0.
        """
        return super().get(request)

    def load_page(self, since, limit, head):
        rows = get_changes(get_clearance(self.request.user), since, limit + 1)
        shown = rows[:limit]
        return Page(map(make_feed_item, shown), shown[-1].position if shown else since, len(rows) > limit)


class Events(Feed):
    def get_state(self, again=False):
        return (*super().get_state(again), get_last_redaction())

    def get_parameters(self):
        return {*super().get_parameters(), "since_time", "until"}

    @extend_schema(
        parameters=[*PARAMETERS, SINCE_TIME, UNTIL],
        responses={200: serializers.EventPage, **FEED},
        operation_id="events",
    )
    def get(self, request):
        """Every change of status and every new answer after a cursor: whose people, when, and in what words.

        With `since_time` and `until` those between two times; the pages after the first are asked for by `next`, with
        the same `until`.
        """
        return super().get(request)

    def _get_since(self):
        since = super()._get_since()
        begin = self._get_position("since_time")
        return since if begin is None else since._replace(position=max(since.position, begin))

    def _get_position(self, name):
        text = self.request.query_params.get(name)
        return None if text is None else get_position_at(parse_moment(name, text))

    def load_page(self, since, limit, head):
        end = self._get_position("until")
        events, more = get_events_after(since, self.request.user, limit, end)
        head = head if end is None else head._replace(position=min(head.position, end))
        reached = events[-1].position if events else since
        # What was looked at up to the head, as it was before, is hidden from this reader: that it is there shows
        # nowhere. What was written after that may have come too late to be looked at.
        return Page(map(dump_event, events), reached if more else max(reached, head.position), more)


def dump_event(event):
    """Return an event as JSON, as its serializer has it."""
    return dump_json(serializers.EVENTS[type(event)].to_representation(event))


class Ledger(Feed):
    def get_head(self):
        return Head(*LedgerHead.objects.values_list("position", "digest").get())

    def get_state(self, again=False):
        return (self.get_head(),)

    @extend_schema(parameters=PARAMETERS, responses={200: serializers.EntryPage, **FEED}, operation_id="ledger")
    def get(self, request):
        """The chain itself, to be checked from outside: `/api/v1/ledger/verify.py` does it.

        Entries that you may not read, and redacted ones, are shown as position and digests alone, and still verify. So
        this one resource tells that hidden entries exist; it never tells what they say.
        """
        return super().get(request)

    def load_page(self, since, limit, head):
        entries = list(LedgerEntry.objects.filter(position__gt=since).order_by("position")[: limit + 1])
        shown = entries[:limit]
        told = (dump_json(_make_entry(*pair)) for pair in get_entries_with_snapshots(shown, self.request.user))
        return Page(told, shown[-1].position if shown else since, len(entries) > limit)


def _make_entry(entry, snapshot):
    told = {"position": entry.position, "snapshot_digest": entry.snapshot_digest, "digest": entry.digest}
    if snapshot is None:
        return told
    at = entry.at.isoformat().replace("+00:00", "Z")
    return {**told, "at": at, "model": entry.model, "salt": entry.salt, "snapshot": snapshot}


class Verifier(APIView):
    """The script that checks the chain from outside: for everybody, for it holds nothing of the register."""

    authentication_classes = permission_classes = ()

    @extend_schema(responses={(200, "text/x-python"): OpenApiTypes.STR}, operation_id="verifier")
    def get(self, request):
        """A script of Python's standard library alone: `python3 verify.py ADDRESS TOKEN [POSITION:DIGEST]`."""
        check_parameters(request, set())
        text = Path(external_verifier.__file__).read_text(encoding="utf-8")
        return HttpResponse(text, content_type="text/x-python; charset=utf-8")
