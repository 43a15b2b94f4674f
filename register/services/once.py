"""Raise a question at most once for each Idempotency-Key of a user, however often the request is sent again."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.utils import timezone

from register.ledger.unit_of_work import unit_of_work
from register.models import Question, RaisedOnce, User
from register.refusals import Refused
from register.services.questions import raise_question

KEPT_FOR = timedelta(days=7)


def raise_once(key: str, *, by: User, **asked: Any) -> Question:
    """Return the question, raised now or before. Raises as `raise_question` does, and Refused for a used key."""
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()
    with unit_of_work():
        before = RaisedOnce.objects.filter(user=by, key=key).first()
        if before and before.request_digest != digest:
            raise Refused("Use a new Idempotency-Key: this one raised a question in other words.")
        if before:
            return Question.objects.get(pk=before.question_id)
        question = raise_question(by=by, **asked)
        RaisedOnce.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()
        RaisedOnce.objects.create(user=by, key=key, request_digest=digest, question_id=question.pk)
        return question
