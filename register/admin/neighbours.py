"""The questions before and after one in the list that a person came from."""

from copy import copy
from urllib.parse import urlencode

from django.contrib.admin.options import IncorrectLookupParameters
from django.http import QueryDict
from django.urls import reverse

from register.refusals import Refused

CAME_FROM = "_changelist_filters"  # Django's own parameter, in which a list's page keeps its address


def get_way(request):
    """Return the query that keeps the list a person came from, with its question mark, or an empty string."""
    return f"?{urlencode({CAME_FROM: request.GET[CAME_FROM]})}" if CAME_FROM in request.GET else ""


def get_list_address(request):
    """Return the address of the list of questions that a person came from, or None where they came from none."""
    if CAME_FROM not in request.GET:
        return None
    return f"{reverse('admin:register_question_changelist')}?{request.GET[CAME_FROM]}"


def get_neighbours(model_admin, request, question):
    """Return which place a question has on its page of the list, and what stands beside it; nothing where unknown.

    The result has `place` and `count` in the whole list, and `before` and `after`: each a question and its address.
    """
    if CAME_FROM not in request.GET:
        return {}
    try:
        rows, bottom, count = _read_page(model_admin, request)
    except (Refused, IncorrectLookupParameters):
        return {}
    places = {row.pk: place for place, row in enumerate(rows)}
    if question.pk not in places:
        return {}
    place, way = places[question.pk], request.GET.urlencode()
    return {
        "place": bottom + place + 1,
        "count": count,
        "before": _lead_to(rows[place - 1], way) if place else None,
        "after": _lead_to(rows[place + 1], way) if place + 1 < len(rows) else None,
    }


def _read_page(model_admin, request):
    listing = copy(request)
    listing.GET = QueryDict(request.GET[CAME_FROM])
    found = model_admin.get_changelist_instance(listing)
    return list(found.result_list), (found.page_num - 1) * found.list_per_page, found.paginator.count


def _lead_to(question, way):
    return {"question": question, "address": f"../../{question.pk}/change/?{way}"}
