"""Numbers that each lead to the list that they count."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from register.admin.pages import count_up_to

AS_FAR = 200  # what a figure is counted to: beyond it, that there are more is what matters


@dataclass(frozen=True)
class Figure:
    """A number, what it counts, and the address of the list that holds exactly that many rows."""

    count: int
    label: str
    address: str
    note: str = ""
    more: bool = False

    @property
    def text(self):
        return f"{self.count:,}{'+' * self.more}"


def get_list_address(model="question", **query):
    return f"{reverse(f'admin:register_{model}_changelist')}?{urlencode(query)}"


def make_figure(rows, label, address):
    """Return the figure of rows, counted as far as `AS_FAR` and no further."""
    found = count_up_to(rows, AS_FAR)
    return Figure(min(found, AS_FAR), label, address, more=found > AS_FAR)
