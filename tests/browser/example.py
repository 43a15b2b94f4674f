"""The register of a busy month in a browser: what the tests of pages and of jobs open."""

from dataclasses import dataclass
from io import StringIO

import pytest
from django.core.management import call_command

from register.clock import today
from register.management.demo_logins import PASSWORD
from register.models import Action, Answer, Meeting, Question
from register.vocabulary import AnswerStatus, Status

LIST = "/admin/register/question/"


@pytest.fixture
def example(transactional_db, settings):
    settings.DEBUG = True
    call_command("load_example", stdout=StringIO())
    settings.DEBUG = False


@dataclass(frozen=True)
class Places:
    """Addresses of things in the example."""

    question: str
    answer: str
    review: str
    agree: str
    meeting: str
    action: str
    update: str
    past: str

    @classmethod
    def find(cls):
        in_review = Question.objects.filter(status=Status.IN_REVIEW).order_by("-review_by").first()
        action = Action.objects.order_by("pk").first()
        answer = Answer.objects.get(question=in_review, status=AnswerStatus.IN_REVIEW)
        return cls(
            question=f"{LIST}{in_review.pk}/change/",
            answer=f"/admin/register/answer/{answer.pk}/change/",
            review=f"/admin/register/answer/{answer.pk}/review/",
            agree=f"{LIST}{in_review.pk}/move/agree/",
            meeting=f"/admin/register/meeting/{Meeting.objects.get(number=5).pk}/change/",
            action=f"/admin/register/action/{action.pk}/change/",
            update=f"/admin/register/action/update/?of={action.pk}",
            past=f"/admin/as-at/?as_at={today().isoformat()}",
        )


def sign_in(visitor, username, **options):
    return visitor(username, password=PASSWORD, **options)
