"""Pages of a list that may be of any length, at the cost of a short one."""

from functools import cached_property

from django.core.paginator import Paginator

from register.clock import today
from register.models.questions import Standing

MOST = 1_000  # rows that a list is counted and paged to: nobody reads on, one filters


def count_up_to(rows, most):
    """Return how many rows there are, or one more than so many: it looks no further."""
    return rows.order_by().values("pk")[: most + 1].count()


class FirstThousand(Paginator):
    """Counts no further than `MOST`, and finds the eldest by walking an index instead of sorting all that there are."""

    def __init__(self, questions, per_page, *, whole, standings, sought, **options):
        """`whole` has the rows that a person may see, without the list's filters; `standings` those it can hold.

        `sought` says that words or links were looked up first, whose rows are then at hand to be counted at once.
        """
        super().__init__(questions, per_page, **options)
        self.whole, self.standings, self.sought = whole, standings, sought

    @cached_property
    def count_found(self):
        if self.sought or len(self.standings) == len(Standing):
            return count_up_to(self.object_list, MOST)
        return sum(count_up_to(self.object_list.filter(standing=standing), MOST) for standing in self.standings)

    @property
    def more(self):
        return self.count_found > MOST

    @property
    def count(self):
        return min(self.count_found, MOST)

    def page(self, number):
        bottom = (self.validate_number(number) - 1) * self.per_page
        top = min(bottom + self.per_page, self.count)
        order = str(self.object_list.query.order_by[0])  # a name, or an expression that is none of these
        if self.more and order == "relevance":
            rows = self.object_list.order_by("pk")[bottom:top]  # too many to weigh: by reference, as the API has them
        elif self.more and order in ("age_in_days", "-age_in_days"):
            rows = self._by_age(bottom, top, youngest=order[0] != "-")
        else:
            rows = self.object_list[bottom:top]
        return self._get_page(rows, number, self)

    def _by_age(self, bottom, top, *, youngest):
        keys = self.object_list.get_keys_by_age(top, self.standings, today(), youngest=youngest)[bottom:]
        rows = self.whole.in_bulk(keys)  # with the filters once more, a database may look for them by those
        return [rows[key] for key in keys if key in rows]  # one may have been hidden between the two looks
