"""An Atom feed of status changes and new answers, at an address of one's own, since feed readers send no headers."""

from datetime import UTC, timedelta

from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks
from django.utils.http import http_date
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.views import APIView

from register.api.conditions import make_content_etag, make_state_etag, not_modified, set_version
from register.api.cursors import Cursor, check_mark, make_mark, parse_cursor
from register.api.parameters import check_parameters
from register.api.reading import get_reading
from register.characters import remove_unprintable
from register.documents.serving import get_head
from register.ledger.events import AnswerEvent, get_events_before, get_last_redaction
from register.models import LedgerEntry, User
from register.services.atom import get_reader
from register.vocabulary import Status

SHOWN = 50
TITLE = "DCC/SEC question register"
# Entries have the time at which they were written, and are read once their write is committed, a little later. RFC
# 9110, section 8.8.2.2, takes a minute for what has surely passed.
SETTLED = timedelta(minutes=1)


class SecretInAddress(BaseAuthentication):
    """The address names its reader."""

    def authenticate(self, request):
        user = get_reader(request.parser_context["kwargs"]["secret"])
        if user is None:
            raise Http404("There is no such feed.")
        request._request.reader = user  # for the access log
        return user, None


class AnyRepresentation(BaseContentNegotiation):
    """There is one, whatever a feed reader's Accept asks for."""

    def select_parser(self, request, parsers):
        return parsers[0]

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class PagedAtom(Atom1Feed):
    """Atom with a page's link to the next (RFC 5005, section 3), and with the time of its last change as given."""

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        if self.feed["next"]:
            handler.addQuickElement("link", "", {"rel": "next", "href": self.feed["next"]})

    def latest_post_date(self):
        return self.feed["changed"]


@extend_schema(exclude=True)
class Atom(APIView):
    """What a person may see of the moves and answers, the last first, page by page."""

    authentication_classes = (SecretInAddress,)
    content_negotiation_class = AnyRepresentation
    throttle_classes = ()  # readers at one office have one address between them

    def get_parameters(self):
        return {"before"}

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        check_parameters(request, self.get_parameters())
        request.reading = request._request.reading = get_reading(request)

    def get(self, request, secret):
        head, redaction = request.reading.head, get_last_redaction()
        changed = _get_last_change(request.user, head, redaction)
        etag = make_state_etag(request, head, redaction, changed, request.user.is_staff)
        held = not_modified(request, etag) or _not_modified_since(request, etag, changed)
        return _set_times(held or self._make_response(etag, head, redaction, changed), changed)

    def _make_response(self, etag, head, redaction, changed):
        events, more = get_events_before(self._get_before(), self.request.user, SHOWN)
        after = get_head(self.request.user)  # the mark is of a state no older than the page
        following = Cursor(events[-1].position, make_mark(after, self.request.user)) if more else None
        text = self._make_feed(events, following, changed).writeString("utf-8")
        unchanged = (after, get_last_redaction()) == (head, redaction)
        answer = HttpResponse(text, content_type=PagedAtom.content_type)
        return set_version(answer, etag if unchanged else make_content_etag(text))

    def _get_before(self):
        """Return the position that the page ends before, or None for the first. Raises ValidationError, BeginAgain."""
        if (text := self.request.query_params.get("before")) is None:
            return None
        try:
            cursor = parse_cursor(text)
        except ValueError:
            raise ValidationError({"before": ["Follow the link of the page before as it was sent."]}) from None
        if cursor.mark:
            check_mark(cursor.mark, self.request.reading)
        return cursor.position

    def _make_feed(self, events, following, changed):
        feed = PagedAtom(
            title=TITLE,
            description="",
            subtitle="Changes of status and new answers",
            link=self._get_address("admin:index") if self.request.user.is_staff else self._get_address("events"),
            feed_url=self.request.build_absolute_uri(),
            author_name=TITLE,
            next=following and self.request.build_absolute_uri(f"{self.request.path}?before={following}"),
            changed=changed,
        )
        for event in events:
            feed.add_item(**self._describe(event))
        return feed

    def _describe(self, event):
        """Return an entry. Its id has the entry's digest: after a backup was put back, a position comes again."""
        return {
            "unique_id": f"tag:register,2021:events/{event.position}/{event.digest[:16]}",
            "title": remove_unprintable(_get_title(event)),
            "description": _get_words(event),
            "link": self._get_link(event),
            "author_name": remove_unprintable(event.organisation) or TITLE,
            "pubdate": event.at.astimezone(UTC),
            "updateddate": event.at.astimezone(UTC),
        }

    def _get_link(self, event):
        """Return where this reader can look the event up: a login of a person signs in, any other has its token."""
        if not self.request.user.is_staff:
            return self._get_address("question-detail", event.reference)
        if isinstance(event, AnswerEvent):
            return self._get_address("admin:register_answer_change", event.answer_id)
        return self._get_address("admin:register_question_change", event.question_id)

    def _get_address(self, name, *key):
        return self.request.build_absolute_uri(reverse(name, args=key))


def _get_title(event):
    if isinstance(event, AnswerEvent):
        return f"{event.reference}: answer {event.number}"
    source = f"{Status(event.source).label} → " if event.source else ""
    return f"{event.reference}: {source}{Status(event.target).label}"


def _get_words(event):
    """Return what was said, as HTML."""
    words = event.text if isinstance(event, AnswerEvent) else event.reason
    words = "The words were redacted." if event.redacted else remove_unprintable(words)
    return words and linebreaks(words, autoescape=True)


def _get_last_change(user, head, redaction):
    """Return when anything changed that the feed shows this reader: what happened, was redacted, or who may read."""
    logins = User.history.filter(id=user.pk).order_by("-history_id")
    written = LedgerEntry.objects.filter(position__in=[head.position, redaction.position if redaction else 0])
    times = [*logins.values_list("history_date", flat=True)[:1], *written.values_list("at", flat=True)]
    return max(times, default=user.date_joined).astimezone(UTC)


def _format_last_change(changed):
    """Return the value of Last-Modified, or None so soon that another change could have the same."""
    return http_date(changed.timestamp()) if changed < timezone.now() - SETTLED else None


def _set_times(response, changed):
    if last := _format_last_change(changed):
        response["Last-Modified"] = last
    return response


def _not_modified_since(request, etag, changed):
    """Return a 304 where the client names the very time of the last change, and no ETag; else None.

    A time before it will not do, nor one after it: once a backup was put back, the last change is an earlier one.
    """
    named, last = request.headers.get("If-Modified-Since", "").strip(), _format_last_change(changed)
    by_time = last and named == last and "If-None-Match" not in request.headers
    return set_version(HttpResponseNotModified(), etag) if by_time else None
