from rest_framework.pagination import CursorPagination


class ByReference(CursorPagination):
    """Pages in the order of reference, by a cursor whose cost does not grow with depth."""

    ordering = "id"
    page_size = 25
    page_size_query_param = "limit"
    max_page_size = 100
