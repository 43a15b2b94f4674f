"""Pages of a list that may be of any length, at the cost of a short one."""

from functools import cached_property

from django.core.paginator import Paginator

from register.models.questions import Standing

MOST = 1_000  # rows that a list is counted and paged to: nobody reads on, one filters


def counted(rows):
    """Return how many rows there are, or one more than `MOST`."""
    return rows.order_by()[: MOST + 1].count()


class FirstThousand(Paginator):
    """Counts no further than `MOST`, and finds the eldest by walking an index instead of sorting all that there are."""

    def __init__(self, *args, standings=tuple(Standing), **kwargs):
        super().__init__(*args, **kwargs)
        self.standings = standings

    @cached_property
    def found(self):
        return counted(self.object_list)

    @property
    def more(self):
        return self.found > MOST

    @property
    def count(self):
        return min(self.found, MOST)

    def page(self, number):
        bottom = (self.validate_number(number) - 1) * self.per_page
        top = min(bottom + self.per_page, self.count)
        order = self.object_list.query.order_by[0]
        if self.more and order == "relevance":
            rows = self.object_list.order_by("pk")[bottom:top]  # too many to weigh: by reference, as the API has them
        elif self.more and order.removeprefix("-") == "age_in_days":
            rows = self._by_age(bottom, top, youngest=order[0] != "-")
        else:
            rows = self.object_list[bottom:top]
        return self._get_page(rows, number, self)

    def _by_age(self, bottom, top, *, youngest):
        keys = self.object_list.keys_by_age(top, self.standings, youngest=youngest)[bottom:]
        rows = self.object_list.order_by().in_bulk(keys)
        return [rows[key] for key in keys]
