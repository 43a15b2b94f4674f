from django.core.exceptions import ValidationError as InvalidValue
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination


class ByReference(CursorPagination):
    """Pages by a cursor whose cost does not grow with depth, in the order that the list offers."""

    page_size = 25
    page_size_query_param = "limit"
    max_page_size = 100

    def get_page_size(self, request):
        return limit_of(request, self.page_size, self.max_page_size)

    def get_ordering(self, request, queryset, view):
        chosen = request.query_params.get("ordering", next(iter(view.orderings)))
        name = chosen.removeprefix("-")
        if name not in view.orderings:
            raise ValidationError({"ordering": [f"Order by {', '.join(view.orderings)}, with - for the other way."]})
        sign = "-" if chosen.startswith("-") else ""
        columns = dict.fromkeys([view.orderings[name], "id"])
        return tuple(f"{sign}{column}" for column in columns)

    def paginate_queryset(self, queryset, request, view=None):
        self.get_ordering(request, queryset, view)
        try:
            page = super().paginate_queryset(queryset, request, view)
        except (NotFound, ValueError, OverflowError, InvalidValue):
            raise self._bad_cursor() from None
        if "cursor" in request.query_params and not any(self.cursor or ()):
            raise self._bad_cursor()  # it names no place at all: the first page again would be a loop
        return page

    def _bad_cursor(self):
        return ValidationError({"cursor": ["Use a cursor as an earlier page gave it."]})

    def get_paginated_response_schema(self, schema):
        address = {"type": ["string", "null"], "format": "uri"}
        properties = {"next": address, "previous": address, "results": schema}
        return {"type": "object", "required": ["results", "next", "previous"], "properties": properties}


def limit_of(request, usual, most):
    """Return how many items a page is to have. Raises ValidationError."""
    limit = request.query_params.get("limit", str(usual))
    if not (limit.isascii() and limit.isdigit() and len(limit) < 6 and 1 <= int(limit) <= most):
        raise ValidationError({"limit": [f"Give a number from 1 to {most}."]})
    return int(limit)
