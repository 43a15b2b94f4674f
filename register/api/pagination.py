from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination


class ByReference(CursorPagination):
    """Pages in the order of reference, by a cursor whose cost does not grow with depth."""

    ordering = "id"
    page_size = 25
    page_size_query_param = "limit"
    max_page_size = 100

    def get_page_size(self, request):
        limit = request.query_params.get(self.page_size_query_param, str(self.page_size))
        if not (limit.isascii() and limit.isdigit() and len(limit) < 6 and int(limit) >= 1):
            raise ValidationError({self.page_size_query_param: [f"Give a number from 1 to {self.max_page_size}."]})
        return min(int(limit), self.max_page_size)

    def paginate_queryset(self, queryset, request, view=None):
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, ValueError, OverflowError):
            raise ValidationError({"cursor": ["Use a cursor as an earlier page gave it."]}) from None

    def get_paginated_response_schema(self, schema):
        address = {"type": ["string", "null"], "format": "uri"}
        properties = {"next": address, "previous": address, "results": schema}
        return {"type": "object", "required": ["results", "next", "previous"], "properties": properties}
