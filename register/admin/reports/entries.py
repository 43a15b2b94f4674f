"""What was ticked and typed on the page that shows what a report proposes: as it is sent, or as it was kept."""

import json

from django.http import QueryDict

NOT_KEPT = ("csrfmiddlewaretoken", "form_login", "seen")


class Entries:
    """The fields of the page, by name. Those of a row end in its key."""

    def __init__(self, fields, *, are_sent):
        self.fields, self.are_sent = fields, are_sent
        self.shown = _read_shown(fields.get("shown"))

    @classmethod
    def load(cls, pending):
        """Return what was kept with an upload."""
        fields = QueryDict(mutable=True)
        for name, values in pending.choices.items():
            fields.setlist(name, values)
        return cls(fields, are_sent=False)

    @property
    def for_keeping(self):
        """{name: [values]} of what is kept: neither what only this sending needs, nor its button."""
        return {n: values for n, values in self.fields.lists() if n not in NOT_KEPT and not n.startswith("_")}

    def has(self, name, key):
        """Whether a row is ticked in a column: `accept`, `skip`, `not_a_question`."""
        return key in self.fields.getlist(name)

    def knows(self, key):
        """Whether a row was on the page. What is proposed since stands as it does at first."""
        return self.are_sent or key in self.shown

    def get_initial(self, names, key):
        """Return {name: what was typed} of those of a row's fields that were on the page."""
        found = {name: self.fields.get(f"{name}:{key}") for name in names}
        return {name: value for name, value in found.items() if value is not None}


def _read_shown(text):
    """Return {key: fingerprint} of the proposals that the page showed."""
    try:
        shown = json.loads(text or "{}")
    except ValueError:
        return {}
    return shown if isinstance(shown, dict) else {}
