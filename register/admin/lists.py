"""The triage list: tabs across the top, live questions unless told, short filters, one address for all to share."""

from functools import cached_property

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR
from django.urls import reverse

from register.admin.changelist import OfferedChangeList
from register.admin.found_in import get_found_in
from register.admin.one_choice import OneChoiceFilter
from register.admin.pages import MOST, count_up_to
from register.admin.suspects.filters import note_suspects
from register.clock import today
from register.models import Meeting, Organisation, User
from register.models.questions import LIVE_STANDINGS, Standing
from register.services.position_tallies import get_position_tallies
from register.vocabulary import Role, Status
from register.workflow import MEMBERS_HOLD, TRIAGE_HOLDS

# name in the address: (label, the questions it holds)
TABS = {
    "triage": ("Needs triage", lambda questions, user: questions.needing_triage()),
    "mine": ("Mine", lambda questions, user: questions.assigned_to(user)),
    "overdue": ("Overdue", lambda questions, user: questions.overdue(today())),
    "awaiting": ("Awaiting input", lambda questions, user: questions.awaiting_input()),
    "review": ("In review", lambda questions, user: questions.in_review()),
    "ready": ("Ready to agree", lambda questions, user: questions.ready_to_agree(today())),
    "uncarried": ("Not carried yet", lambda questions, user: questions.uncarried(user)),
    "deferred": ("Deferred due", lambda questions, user: questions.deferred_due(today())),
    "live": ("All live", lambda questions, user: questions.live()),
    "all": ("Everything", lambda questions, user: questions),
}
# Reached from the front page's figures, not from the tabs.
MORE_LISTS = {"silent": ("Positions outstanding", lambda questions, user: questions.with_outstanding_positions())}
TABS |= MORE_LISTS
FOR_TRIAGE = ("triage", "mine", "ready", "uncarried", "deferred")  # of no use to a member, who can be assigned nothing
DEFAULT_TAB = "live"
# What is listed first unless told: the eldest or, where all wait for one thing, what has waited for it the longest.
FIRST = {"uncarried": ["-days_in_status", "pk"]}
MOST_MEETINGS = 12
NOBODY = "(nobody)"  # no login can be called that


class TabFilter(admin.SimpleListFilter):
    """Shown as tabs, not in the sidebar; without a tab in the address the list holds what is live."""

    title = "tab"
    parameter_name = "tab"
    template = "register/no_filter.html"

    def lookups(self, request, model_admin):
        left_out = set(MORE_LISTS) if request.user.has_role(Role.TRIAGE) else {*MORE_LISTS, *FOR_TRIAGE}
        left_out -= {"ready"} if request.user.has_role(Role.APPROVER) else set()
        return [(name, label) for name, (label, _) in TABS.items() if name not in left_out]

    def value(self):
        return super().value() or DEFAULT_TAB

    def queryset(self, request, queryset):
        if self.value() not in TABS:
            raise IncorrectLookupParameters(self.value())
        return TABS[self.value()][1](queryset, request.user)

    def choices(self, changelist):
        for name, label in self.lookup_choices:
            address = changelist.get_query_string({self.parameter_name: name}, ["p"])
            yield {"selected": name == self.value(), "query_string": address, "display": label}


class MeetingFilter(admin.SimpleListFilter):
    """The latest meetings; any other by its name in the address: ?meeting=CCDG15."""

    title = "meeting"
    parameter_name = "meeting"

    def lookups(self, request, model_admin):
        meetings = Meeting.objects.visible_to(request.user).select_related("group")
        return [(str(m), str(m)) for m in meetings.order_by("-held_on", "-number")[:MOST_MEETINGS]]

    def queryset(self, request, queryset):
        return queryset.at_meeting(self.value()) if self.value() else queryset


class BodyFilter(admin.RelatedFieldListFilter):
    """Every organisation, read once for all the filters of a page that offer them."""

    def field_choices(self, field, request, model_admin):
        return _get_bodies(request)


def _get_bodies(request):
    """Return [(key, name)] of the organisations, read once for a page."""
    if not hasattr(request, "bodies"):
        request.bodies = list(Organisation.objects.current().order_by("name").values_list("pk", "name"))
    return request.bodies


class HolderFilter(admin.SimpleListFilter):
    """Whose move it is: Triage, Members, or an organisation by its name."""

    title = "whose move"
    parameter_name = "holder"

    def lookups(self, request, model_admin):
        names = [TRIAGE_HOLDS, MEMBERS_HOLD, *(name for _, name in _get_bodies(request))]
        return [(name, name) for name in names]

    def queryset(self, request, queryset):
        if self.value() in (None, TRIAGE_HOLDS, MEMBERS_HOLD):
            return queryset.held_by(self.value()) if self.value() else queryset
        body = Organisation.objects.get_called(self.value())
        return queryset.held_by(body) if body else queryset.none()


class AssigneeFilter(admin.SimpleListFilter):
    """Those whom a question can be assigned to, never every login; any other by its name in the address."""

    title = "assignee"
    parameter_name = "assignee"

    def lookups(self, request, model_admin):
        return [(NOBODY, "nobody yet"), *((user.username, str(user)) for user in User.objects.assignable())]

    def queryset(self, request, queryset):
        if self.value() == NOBODY:
            return queryset.filter(assignee=None)
        return queryset.filter(assignee__username=self.value()) if self.value() else queryset


class RaiserFilter(OneChoiceFilter):
    """What the person raised."""

    title = "raised by"
    parameter_name = "raised"
    choice = ("me", "me")

    def narrow(self, rows, user):
        return rows.filter(raised_by=user)


def get_standings(request):
    """Return the standings that the list at this address can hold."""
    return tuple(Standing) if request.GET.get("tab") == "all" else LIVE_STANDINGS


# Those of one age in the same sense, as `get_keys_by_age` finds them where a list is long.
BY_AGE = {"age_in_days": ["age_in_days", "pk"], "-age_in_days": ["-age_in_days", "-pk"]}


class TriageList(OfferedChangeList):
    """A changelist that says what it holds: the eldest first unless told, and the best first where words are sought."""

    def __init__(self, request, *args, **options):
        self.request = request
        super().__init__(request, *args, **options)
        # Django resolves the list's address anew for each link of each row: a fifth of the page
        # (`make bench ARGS="--only list"`, 2026-11-25).
        self.way_back, self.preserved_filters = self.preserved_filters, ""
        self.address = reverse("admin:register_question_changelist")

    def url_for_result(self, question):
        return f"{self.address}{question.pk}/change/" + (f"?{self.way_back}" if self.way_back else "")

    def get_ordering(self, request, queryset):
        asked = self.params.get(ORDER_VAR, "")
        first = FIRST.get(request.GET.get(TabFilter.parameter_name), ["-age_in_days"])
        usual = super().get_ordering(request, queryset) if asked else first
        if "." not in asked and usual[0] in BY_AGE:
            return BY_AGE[usual[0]]
        return usual

    def get_queryset(self, request, exclude_parameters=None):
        rows = super().get_queryset(request, exclude_parameters)
        sought = "relevance" in rows.query.annotations
        return rows.order_by("relevance") if sought and not self.params.get(ORDER_VAR) else rows

    def get_results(self, request):
        """Read the page's questions, which of them are in doubt, and how positions stand on those in review."""
        super().get_results(request)
        note_suspects(self.result_list, request.user)
        rows = [question for question in self.result_list if question.status == Status.IN_REVIEW]
        tallies = get_position_tallies(rows, request.user) if rows else {}
        for question in rows:
            question.tally = tallies.get(question.pk)
        if self.query:
            self._note_places()

    def _note_places(self):
        """Note on each question of the page in what beside it the words that were sought stand."""
        places = get_found_in(self.result_list, self.query, self.request.user)
        for question in self.result_list:
            question.found_in = places.get(question.pk, "")

    @cached_property
    def more_elsewhere(self):
        """How many more the same words or status find in Everything; 0 without any, and where nobody counts on."""
        narrowed = self.query or "status__exact" in self.get_filters_params()
        if not narrowed or self.tab == "all" or self.paginator.more:
            return 0
        return count_up_to(self._get_everything(), MOST) - self.paginator.count

    def _get_everything(self):
        """Return what the list would hold without its tab; to ask Django for it would read each filter's choices."""
        rows = self.root_queryset
        for spec in self.filter_specs:
            found = None if isinstance(spec, TabFilter) else spec.queryset(self.request, rows)
            rows = rows if found is None else found
        return self.model_admin.get_search_results(self.request, rows, self.query)[0]

    @property
    def everything(self):
        return self.get_query_string({TabFilter.parameter_name: "all"}, ["p"])

    @property
    def narrowing(self):
        return super().narrowing - {TabFilter.parameter_name}

    @property
    def tab(self):
        return next(spec for spec in self.filter_specs if isinstance(spec, TabFilter)).value()

    @property
    def tabs(self):
        return next(spec for spec in self.filter_specs if isinstance(spec, TabFilter)).choices(self)
