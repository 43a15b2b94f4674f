from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ValidationError as InvalidValue
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.utils.urls import replace_query_param

from register.api.cursors import check_mark, make_mark, parse_mark
from register.models.documents import DocumentPages

RELEVANCE = "relevance"  # offered where words are sought
MOST_RANKED = 1_000  # more than these are in the order of their references: a page of them costs no more than any


class ByReference(CursorPagination):
    """Pages by a cursor whose cost does not grow with depth, in the order that the list offers."""

    page_size = 25
    page_size_query_param = "limit"
    max_page_size = 100

    def get_page_size(self, request):
        return get_limit(request, self.page_size, self.max_page_size)

    def get_ordering(self, request, queryset, view):
        if isinstance(queryset, DocumentPages):
            return ("object_id",)
        sign = "-" if self.chosen.startswith("-") else ""
        columns = dict.fromkeys([view.orderings[self.chosen.removeprefix("-")], "id"])
        return tuple(f"{sign}{column}" for column in columns)

    def _choose_ordering(self, request, queryset, view):
        """Return the order that the client asks for, or else the list's usual one. Raises ValidationError."""
        if isinstance(queryset, DocumentPages):
            return next(iter(view.orderings))
        sought = RELEVANCE in queryset.query.annotations
        chosen = request.query_params.get("ordering")
        if chosen is None:
            few = sought and queryset.order_by()[: MOST_RANKED + 1].count() <= MOST_RANKED
            return RELEVANCE if few else next(iter(view.orderings))
        if chosen.removeprefix("-") not in view.orderings:
            raise ValidationError({"ordering": [f"Order by {', '.join(view.orderings)}, with - for the other way."]})
        if chosen.removeprefix("-") == RELEVANCE and not sought:
            raise ValidationError({"ordering": ["Give in q the words that the results are to be relevant to."]})
        return chosen

    def paginate_queryset(self, queryset, request, view=None):
        self.mark = make_mark(view.get_last_change(), request.user)
        self.chosen = self._choose_ordering(request, queryset, view)
        try:
            page = super().paginate_queryset(queryset, request, view)
        except (NotFound, ValueError, OverflowError, InvalidValue):
            raise self._make_cursor_error() from None
        if "cursor" in request.query_params and not any(self.cursor or ()):
            raise self._make_cursor_error()  # it names no place at all: the first page again would be a loop
        if self.chosen == RELEVANCE:  # said in the links, so that pages agree however many rows match by then
            self.base_url = replace_query_param(self.base_url, "ordering", RELEVANCE)
        return page

    def decode_cursor(self, request):
        """Return the cursor of a link that an earlier page gave. Raises BeginAgain where it is of another history."""
        text = request.query_params.get(self.cursor_query_param)
        if text is None:
            return None
        place, dot, mark = text.partition(".")
        if dot:
            check_mark(parse_mark(mark), request.reading)
        return super().decode_cursor(SimpleNamespace(query_params={self.cursor_query_param: place}))

    def encode_cursor(self, cursor):
        link = super().encode_cursor(cursor)
        (place,) = parse_qs(urlsplit(link).query)[self.cursor_query_param]
        return replace_query_param(link, self.cursor_query_param, f"{place}.{self.mark}")

    def _make_cursor_error(self):
        return ValidationError({"cursor": ["Use a cursor as an earlier page gave it."]})

    def get_paginated_response_schema(self, schema):
        address = {"type": ["string", "null"], "format": "uri"}
        properties = {"next": address, "previous": address, "results": schema}
        return {"type": "object", "required": ["results", "next", "previous"], "properties": properties}


def get_limit(request, usual, most):
    """Return how many items a page is to have. Raises ValidationError."""
    limit = request.query_params.get("limit", str(usual))
    if not (limit.isascii() and limit.isdigit() and len(limit) < 6 and 1 <= int(limit) <= most):
        raise ValidationError({"limit": [f"Give a number from 1 to {most}."]})
    return int(limit)
