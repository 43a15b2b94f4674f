from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from register.api.atom import Atom
from register.api.conditions import with_content_etag
from register.api.errors import NoSuchAddress
from register.api.feeds import Changes, Events, Ledger, Verifier
from register.api.filters import ActionFilter, ChangeFilter, MeetingFilter
from register.api.questions import AnswerResource, QuestionResource, ReviewResource
from register.api.resources import make_resource
from register.documents.kinds import get_documented_kinds

WRITTEN = {"question": QuestionResource, "answer": AnswerResource, "review": ReviewResource}
FILTERS = {"meeting": MeetingFilter, "action": ActionFilter, "change": ChangeFilter}

router = SimpleRouter()
for name, kind in get_documented_kinds().items():
    router.register(kind.plural, WRITTEN.get(name) or make_resource(kind, FILTERS.get(name)), basename=name)

urlpatterns = [
    *router.urls,
    path("changes/", Changes.as_view(), name="changes"),
    path("events/", Events.as_view(), name="events"),
    path("ledger/", Ledger.as_view(), name="ledger"),
    path("ledger/verify.py", with_content_etag(Verifier.as_view()), name="verifier"),
    path("atom/<str:secret>/", Atom.as_view(), name="atom"),
    path("schema/", with_content_etag(SpectacularAPIView.as_view()), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    re_path(r"", NoSuchAddress.as_view()),
]
