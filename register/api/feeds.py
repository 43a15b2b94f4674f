"""Feeds: what changed after a position, the story of moves, and the chain that proves both."""

from pathlib import Path

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.views import APIView

from register.api import serializers
from register.api.conditions import etag_of_list, not_modified
from register.api.pagination import get_limit
from register.api.resources import READ, SINCE, ReadingView
from register.documents.building import dump_json
from register.documents.serving import Head, get_clearance, get_head, make_feed_item
from register.ledger import external_verifier
from register.ledger.disclosure import get_entries_with_snapshots
from register.ledger.events import get_events_after, get_last_redaction_position
from register.models import LedgerEntry, LedgerHead
from register.models.documents import get_changes

PARAMETERS = [
    OpenApiParameter("since", int, description="A position: the `next` of the page before, or 0 to begin."),
    OpenApiParameter("limit", int, description="The most items of a page: 1 to 1000, 100 unless told."),
    SINCE,
]
USUAL, MOST = 100, 1000


class Feed(ReadingView, APIView):
    """A feed: pages after a position. `last_change` is what the answer depends on."""

    def get(self, request):
        since, limit = self._get_since(), get_limit(request, USUAL, MOST)
        etag = etag_of_list(request, self.last_change())
        if answer := not_modified(request, etag):
            return answer
        self._check_not_ahead(since)
        return self.make_response(self.page(since, limit), etag)

    def get_head_after(self, reached):
        """Return the reader's head, looked at again where somebody wrote before the page was read."""
        head = self.request.reading.head
        return head if reached <= head.position else get_head(self.request.user)

    def _get_since(self):
        if unknown := sorted(set(self.request.query_params) - {"since", "limit"}):
            raise ValidationError({name: ["There is no such parameter."] for name in unknown})
        if repeated := [name for name, values in self.request.query_params.lists() if len(values) > 1]:
            raise ValidationError({name: ["Give this parameter once."] for name in repeated})
        since = self.request.query_params.get("since", "0")
        if not (since.isascii() and since.isdigit() and len(since) < 19):
            raise ValidationError({"since": ["Give a position: the `next` of the page before, or 0 to begin."]})
        return int(since)

    def _check_not_ahead(self, since):
        """Raise ValidationError where a backup was put back that ends earlier than what this reader holds."""
        if since <= self.request.reading.head.position:
            return
        end = LedgerHead.objects.values_list("position", flat=True).get()
        if since > end:
            raise ValidationError({"since": [f"Begin again from 0: the register ends at {end}."]})


def _make_page(items, reached, more, head):
    told = {"next": reached, "more": more, "head": {"position": head.position, "digest": head.digest}}
    return f'{{"results":[{",".join(items)}],{dump_json(told)[1:]}'


class Changes(Feed):
    def last_change(self):
        return self.request.reading.head

    @extend_schema(parameters=PARAMETERS, responses={200: serializers.ChangePage, **READ}, operation_id="changes")
    def get(self, request):
        """What changed after a position: each question, meeting and action once, in its latest state, by position.

        An item is the document that its own resource shows, with `type` and `position`. What you could see and no
        longer may comes as its reference with `removed`. Whatever shows in a document counts as its change, a renamed
        topic or a moved meeting too.

        The contract: apply every page from 0, asking for `next` each time, and you hold exactly what `/questions/`
        shows you, whatever is written meanwhile. Positions never repeat or run backwards, and a page can be asked for
        again. When your roles change, begin again from 0.
        """
        return super().get(request)

    def page(self, since, limit):
        rows = get_changes(get_clearance(self.request.user), since, limit + 1)
        shown = rows[:limit]
        reached = shown[-1].position if shown else since
        return _make_page(map(make_feed_item, shown), reached, len(rows) > limit, self.get_head_after(reached))


class Events(Feed):
    def last_change(self):
        return f"{self.request.reading.head}-{get_last_redaction_position()}"

    @extend_schema(parameters=PARAMETERS, responses={200: serializers.EventPage, **READ}, operation_id="events")
    def get(self, request):
        """Every change of status after a position: whose people made it, when, from, to and why."""
        return super().get(request)

    def page(self, since, limit):
        events, more = get_events_after(since, self.request.user, limit)
        reached = max(since, events[-1].position if events else 0)
        head = self.get_head_after(reached)
        # What was looked at beyond the head is hidden from this reader: that it is there shows nowhere.
        reached = reached if more else max(reached, head.position)
        return _make_page(map(dump_json, serializers.Event(events, many=True).data), reached, more, head)


class Ledger(Feed):
    def last_change(self):
        return Head(*LedgerHead.objects.values_list("position", "digest").get())

    @extend_schema(parameters=PARAMETERS, responses={200: serializers.EntryPage, **READ}, operation_id="ledger")
    def get(self, request):
        """The chain itself, to be checked from outside: `/api/v1/ledger/verify.py` does it.

        Entries that you may not read, and redacted ones, are shown as position and digests alone, and still verify. So
        this one resource tells that hidden entries exist; it never tells what they say.
        """
        return super().get(request)

    def page(self, since, limit):
        entries = list(LedgerEntry.objects.filter(position__gt=since).order_by("position")[: limit + 1])
        shown = entries[:limit]
        told = (dump_json(_make_entry(*pair)) for pair in get_entries_with_snapshots(shown, self.request.user))
        reached = shown[-1].position if shown else since
        return _make_page(told, reached, len(entries) > limit, self.last_change())


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
        text = Path(external_verifier.__file__).read_text(encoding="utf-8")
        return HttpResponse(text, content_type="text/x-python; charset=utf-8")
