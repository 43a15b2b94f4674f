"""An Atom feed of status changes and new answers, at an address of one's own, since feed readers send no headers."""

from datetime import UTC
from operator import itemgetter

from django.contrib.syndication.views import Feed
from django.http import Http404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import quote_etag

from register.api.conditions import not_modified
from register.characters import remove_unprintable
from register.documents.serving import get_head
from register.ledger.events import get_last_redaction_position, get_latest_events
from register.models import Answer, clearance
from register.services.atom import get_reader
from register.vocabulary import Status

SHOWN = 50


class MovesAndAnswers(Feed):
    """What a person may see of the latest moves and answers, the last first."""

    feed_type = Atom1Feed
    title = "DCC/SEC question register"
    subtitle = "Changes of status and new answers"

    def __call__(self, request, *args, **kwargs):
        user = self.get_object(request, *args, **kwargs)
        etag = quote_etag(f"{clearance(user)[-1]}-{get_head(user)}-{get_last_redaction_position()}")
        if answer := not_modified(request, etag):
            return answer
        response = super().__call__(request, *args, **kwargs)
        response["ETag"], response["Cache-Control"] = etag, "private, no-cache"
        return response

    def get_object(self, request, secret):
        user = get_reader(secret)
        if user is None or not clearance(user):
            raise Http404("There is no such feed.")
        request.reader = user  # for the access log
        return user

    def link(self, user):
        return reverse("admin:index")

    def items(self, user):
        moves = [_move(event) for event in get_latest_events(user, SHOWN)]
        answers = Answer.objects.visible_to(user).select_related("question").order_by("-pk")[:SHOWN]
        return sorted([*moves, *map(_answer, answers)], key=itemgetter("at"), reverse=True)[:SHOWN]

    def item_title(self, item):
        return item["title"]

    def item_description(self, item):
        return remove_unprintable(item["text"])

    def item_link(self, item):
        return item["link"]

    def item_guid(self, item):
        return item["id"]

    def item_pubdate(self, item):
        return item["at"]

    def item_updateddate(self, item):
        return item["at"]


def _move(event):
    source = f"{Status(event.source).label} → " if event.source else ""
    why = "The reason was redacted." if event.redacted else event.reason
    return {
        "id": f"tag:register,2021:events/{event.position}",
        "title": f"{event.reference}: {source}{Status(event.target).label}",
        "text": " · ".join(filter(None, [event.organisation, why])),
        "link": f"{reverse('admin:register_question_changelist')}?tab=all&q={event.reference}",
        "at": event.at,
    }


def _answer(answer):
    proposed = answer.history.order_by("history_id").first()
    return {
        "id": f"tag:register,2021:answers/{answer.pk}",
        "title": f"{answer.question.reference}: answer {answer.number}",
        "text": answer.text,
        "link": reverse("admin:register_answer_change", args=[answer.pk]),
        "at": proposed.history_date.astimezone(UTC),
    }


atom = MovesAndAnswers()
