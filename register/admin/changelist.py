"""The base of the register's lists: each takes the filters that its page offers, and refuses any other."""

from functools import wraps

from django.contrib.admin.exceptions import DisallowedModelAdminLookup, DisallowedModelAdminToField
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.template.response import TemplateResponse

from register.admin.keys import is_key_of
from register.characters import remove_unprintable
from register.models.search import MOST_WORDS, split_words
from register.refusals import Refused


class OfferedChangeList(ChangeList):
    """A changelist that is filtered by its `list_filter` alone.

    Django filters by any other column and relation of the model that stands in the address as well: the rows that are
    left would tell of related rows that the person may not see. Raises `Refused`.
    """

    def __init__(self, request, *args, **options):
        if any("\x00" in value for values in request.GET.lists() for value in (values[0], *values[1])):
            raise Refused("This address holds a character that no text can hold.")
        if len(split_words(request.GET.get(SEARCH_VAR, ""))) > MOST_WORDS:
            raise Refused(f"Search for at most {MOST_WORDS} words.")
        try:
            super().__init__(request, *args, **options)
        except IncorrectLookupParameters as error:
            raise Refused("There is no such page of this list, or a filter cannot take its value.") from error
        except (DisallowedModelAdminLookup, DisallowedModelAdminToField) as error:
            raise Refused(f"This list is not offered so. {remove_unprintable(str(error))}.") from error

    def get_filters(self, request):
        """Return what Django makes of the address. Raises `Refused` where something stands in it that is no filter."""
        found = super().get_filters(request)
        offered = {name for spec in found[0] for name in spec.expected_parameters()}
        if others := sorted(self.get_filters_params().keys() - offered):
            raise Refused(f"This list cannot be filtered by {', '.join(others)}.")
        return found

    @property
    def narrowing(self):
        """The names in the address that filter the list."""
        return set(self.get_filters_params())

    @property
    def without_filters(self):
        return self.get_query_string(remove=[*self.narrowing, "p"])


def refuse_in_a_page(view):
    """Answer a list's `Refused` with a page of status 400 that says why. Decorates a view of a ModelAdmin."""

    @wraps(view)
    def refusing(model_admin, request, *args, **kwargs):
        try:
            return view(model_admin, request, *args, **kwargs)
        except Refused as refusal:
            context = {
                **model_admin.admin_site.each_context(request),
                "title": "This list cannot be shown",
                "reasons": refusal.reasons,
                "opts": model_admin.opts,
            }
            return TemplateResponse(request, "register/refused_list.html", context, status=400)

    return refusing


class OfferedFiltersMixin:
    """A ModelAdmin whose list takes no other filters than those that its page offers."""

    def get_changelist(self, request, **kwargs):
        return OfferedChangeList

    def lookup_allowed(self, lookup, value, request):
        return True  # `OfferedChangeList` refuses, in a sentence

    def get_search_results(self, request, queryset, search_term):
        words = search_term.split()[:MOST_WORDS]  # a list of more was refused; this box looks for a row to choose
        found, may_repeat = super().get_search_results(request, queryset, " ".join(words))
        return found | self.find_named(queryset, search_term), may_repeat

    def find_named(self, rows, text):
        """Return those of the rows that a text names by a reference, however it is written."""
        return rows.none()

    @refuse_in_a_page
    def changelist_view(self, request, extra_context=None):
        if not all(is_key_of(self.model, key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise Refused("Choose rows of this list.")
        title = str(self.opts.verbose_name_plural).capitalize()
        return super().changelist_view(request, {"title": title, **(extra_context or {})})
