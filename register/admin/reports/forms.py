"""The forms of the page: one for the report, one for each proposal, one for each line that is none yet."""

from dataclasses import dataclass

from django import forms

from register.admin.short_page import DayInput
from register.characters import get_name_refusal, unify_line_ends
from register.clock import get_day_refusal
from register.headline_report.report import LONGEST_PLACE
from register.models import Group, Organisation, Topic
from register.refusals import Refused
from register.services.cleaning import clean_paragraph
from register.services.reports.applying import ANEW, ASK_REFERENCE
from register.services.reports.proposals import ItemType
from register.vocabulary import Priority

LONGEST = 20_000
MAKE = [("", "leave it"), (ItemType.ACTION, "an action"), (ItemType.QUESTION, "a question")]
OF_AN_ACTION, OF_A_QUESTION, OF_ANY = ("owner", "due"), ("owner", "topic", "priority"), ("words", "paragraph")
OF_A_NOTE = ("make", "reference", "owner", "due", "topic", "priority", *OF_ANY)


@dataclass(frozen=True)
class Offered:
    """What can be chosen on the page, loaded once."""

    bodies: list
    owners: list
    topics: list

    @classmethod
    def load(cls):
        bodies = list(Organisation.objects.current().values_list("name", flat=True))
        members = [f"{name} members" for name in Group.objects.values_list("name", flat=True)]
        return cls(bodies, bodies + members, list(Topic.objects.current().values_list("name", flat=True)))


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Headline report", help_text="Text, Markdown, PDF, Word (.docx), a web page or a mail, at most 10 MB."
    )


class KeyedForm(forms.Form):
    """A form whose fields are called by their name and the key of what they are of: `owner:action:15/10`."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)

    def add_prefix(self, field_name):
        return f"{field_name}:{self.prefix}"

    def clean_due(self):
        return _check_day(self.cleaned_data["due"])

    def clean_paragraph(self):
        given = self.cleaned_data["paragraph"]
        if given == self.read_paragraph:
            return given
        try:
            return clean_paragraph(given)
        except Refused as refusal:
            raise forms.ValidationError(f"{self.called}: {refusal}") from refusal

    def clean_words(self):
        """Refuse words that were emptied; where there is no such field, the report's own stand."""
        if self.add_prefix("words") in self.data and not self.cleaned_data["words"]:
            raise forms.ValidationError(f"{self.called}: give the words, or leave it out.")
        return self.cleaned_data["words"]

    def get_choices(self):
        """Return {name: what was chosen} of the fields that were sent, as `Decisions.choices` takes them."""
        sent = {name: self.cleaned_data[name] for name in self.fields if self.add_prefix(name) in self.data}
        return {name: value.isoformat() if hasattr(value, "isoformat") else value or "" for name, value in sent.items()}


def _check_day(day):
    if refusal := get_day_refusal(day):
        raise forms.ValidationError(refusal)
    return day


class HeaderForm(KeyedForm):
    """What holds for the whole report."""

    group = forms.CharField(max_length=20, widget=forms.TextInput({"list": "groups", "size": 8}))
    held_on = forms.DateField(label="Held on", required=False, widget=DayInput())
    priority = forms.ChoiceField(label="Priority of all new questions", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, prefix="report", **kwargs)
        self.fields["priority"].choices = [("", "each its own"), *Priority.choices]

    def clean_group(self):
        name = self.cleaned_data["group"]
        if refusal := get_name_refusal(name):
            raise forms.ValidationError(refusal)
        return name

    def clean_held_on(self):
        return _check_day(self.cleaned_data["held_on"])


class RowForm(KeyedForm):
    """What can be put right of one proposal, or chosen for it."""

    def __init__(self, proposal, offered, *args, **kwargs):
        super().__init__(*args, prefix=proposal.key, **kwargs)
        self.proposal, self.called = proposal, f"{proposal.what} {proposal.label}".capitalize()
        self.read_paragraph = proposal.paragraph
        made = _make_fields(self.called, offered)
        self.fields.update({name: made[name] for name in list_names(proposal)})
        if "topic" in self.fields:
            self.fields["owner"].choices = _list_choices("no owner yet", offered.bodies)
        if "as" in self.fields:
            self.fields["as"].choices = [("", f"link to {proposal.target}"), (ANEW, "raise anew")]

    def get_choices(self):
        chosen = super().get_choices()
        if unify_line_ends(chosen.get("words", "")) == self.proposal.published.strip():
            del chosen["words"]
        if chosen.get("paragraph") == self.read_paragraph:
            del chosen["paragraph"]
        return chosen


def list_names(proposal):
    """Return the names of the fields of a proposal, in order."""
    if proposal.what in (ItemType.MEETING, ItemType.DECISION, ItemType.EDITION) or proposal.key.startswith("mention:"):
        return ()
    if proposal.key.startswith("action:"):
        return (*OF_AN_ACTION, *OF_ANY)
    link = ("as",) if proposal.what == ItemType.LINK else ()
    return (*link, *(OF_A_QUESTION if proposal.raises else ()), *OF_ANY)


def get_initial(proposal, held_on, offered):
    """Return {name: what a proposal says at first}. An owner whom the register does not know is left out."""
    target = proposal.target if proposal.key.startswith("action:") else None
    owner = proposal.owner or (target.owned_by if target else None)
    return {
        "owner": owner if owner in offered.owners else "",
        "due": proposal.get_due_day(held_on) if proposal.key.startswith("action:") else None,
        "topic": proposal.topic,
        "words": proposal.published,
        "paragraph": proposal.paragraph,
    }


class NoteForm(KeyedForm):
    """A line that is neither action nor question for the reader, and what a triager makes of it."""

    make = forms.ChoiceField(label="Make it", choices=MAKE, required=False)
    reference = forms.CharField(label="Reference of an action", max_length=12, required=False)

    def __init__(self, note, offered, *args, **kwargs):
        super().__init__(*args, prefix=note.name, **kwargs)
        self.called, self.read_paragraph = f"Line {note.line}", note.paragraph
        made = _make_fields(self.called, offered)
        self.fields.update({name: made[name] for name in OF_A_NOTE if name in made})

    def clean(self):
        given = super().clean()
        if given.get("make") == ItemType.ACTION and not given.get("reference") and "reference" not in self.errors:
            self.add_error("reference", f"{self.called}: {ASK_REFERENCE[0].lower()}{ASK_REFERENCE[1:]}")
        return given


def _make_fields(called, offered):
    """Return {name: a new field}; what is wrong with one says of what."""
    return {
        "as": forms.ChoiceField(label="As", required=False),
        "owner": _make_choice(_list_choices("no owner yet", offered.owners), called),
        "due": forms.DateField(
            label="Due", required=False, widget=DayInput(), error_messages={"invalid": f"{called}: enter a valid date."}
        ),
        "topic": _make_choice(_list_choices("no topic yet", offered.topics), called),
        "priority": _make_choice([("", "no priority yet"), *Priority.choices], called),
        "words": forms.CharField(max_length=LONGEST, required=False, widget=forms.Textarea({"rows": 3})),
        "paragraph": forms.CharField(max_length=LONGEST_PLACE, required=False, widget=forms.TextInput({"size": 6})),
    }


def _list_choices(none, names):
    return [("", none), *((name, name) for name in names)]


def _make_choice(choices, called):
    said = {"invalid_choice": f"{called}: %(value)s is not one of the choices."}
    return forms.ChoiceField(choices=choices, required=False, error_messages=said)
