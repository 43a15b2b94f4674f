"""What the works ask about, taken from one register: references, positions, words, and what lets the clients in.

python -m tests.benchmarks.facts      # prints it as JSON; issues two tokens and a session
"""

import json
import math
import os
import re
from base64 import b64encode
from collections import Counter
from urllib.parse import urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402 after the set-up
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db.models import F, Max  # noqa: E402

from register.admin.questions import QuestionAdmin  # noqa: E402
from register.models import Document, LedgerHead, MeetingLink, Question, Token, User  # noqa: E402

PAGE = 25
SPREAD = 40  # questions asked for in turn, so that no one answer is always at hand
WANTED = {"rare": 0.0001, "middling": 0.01, "common": 0.3}
READ_FOR_WORDS = 20_000


def facts():
    """Return the facts as a dict of plain values."""
    public = Question.objects.filter(classification="public")
    spread = _spread(public)
    meeting = MeetingLink.objects.select_related("meeting__group").filter(question=spread[SPREAD // 2]).first()
    return {
        "questions": Question.objects.count(),
        "entries": LedgerHead.objects.get().position,
        "tokens": {name: _token(name) for name in ("bench.feed", "bench.triage")},
        "session": _session("bench.triage"),
        "references": [question.reference for question in spread],
        "keys": [question.pk for question in spread],
        "open": list(public.filter(status="open", split_from=None).values_list("reference", flat=True)[:160]),
        "last_page": _last_page(public),
        "since": _positions(),
        "words": _words(),
        "age_column": QuestionAdmin.list_display.index("age") + 1,  # the actions' tick boxes are the column 0
        "topic": spread[0].topic_id,
        "owner": spread[0].owner_id,
        "meeting": str(meeting.meeting) if meeting else "",
    }


def _spread(questions):
    """Return questions at even distances over the whole register."""
    last = questions.aggregate(last=Max("id"))["last"]
    return [questions.filter(id__gte=1 + n * last // SPREAD).order_by("id").first() for n in range(SPREAD)]


def _token(username):
    user = User.objects.get(username=username)
    Token.objects.filter(user=user).delete()
    return Token.objects.create(user=user)[1]


def _session(username):
    """Return the key of a session in which that login is signed in."""
    user, session = User.objects.get(username=username), SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


def _last_page(questions):
    """Return the cursor of the last full page of the API's list."""
    before = questions.order_by("-id").values_list("id", flat=True)[PAGE]
    return b64encode(urlencode({"p": before}).encode()).decode()


def _positions():
    feed = Document.objects.filter(in_feed=True, clearance="public").order_by("-position")
    last, before = feed.values_list("position", flat=True)[0], feed.values_list("position", flat=True)[PAGE]
    return {"start": 0, "middle": last // 2, "end": before, "head": last}


def _words():
    """Return {name: [word, the share of questions that it occurs in]} of the words nearest to the shares wanted."""
    count, found = Question.objects.count(), Counter()
    step = max(1, count // READ_FOR_WORDS)
    sample = Question.objects.annotate(left=F("id") % step).filter(left=0).values_list("title", "text")
    texts = [set(re.findall(r"[a-z]{3,}", f"{title} {text}".lower())) for title, text in sample]
    for words in texts:
        found.update(words)
    shares = {word: times / len(texts) for word, times in sorted(found.items())}
    nearest = {
        name: min(shares, key=lambda word: abs(math.log(shares[word] / wanted))) for name, wanted in WANTED.items()
    }
    return {name: [word, shares[word]] for name, word in nearest.items()}


if __name__ == "__main__":
    print(json.dumps(facts()))
