"""In what beside a question the words that were sought stand."""

from django.db.models import Value

from register.models import Question
from register.models.questions import get_keys_by_passage

PASSAGES = {"answer": "an answer", "review": "a comment", "action": "an action"}


def get_found_in(questions, text, user):
    """Return {key: "in an answer, a comment"} of those of some questions that have the words of a text beside them."""
    rows, places = Question.objects.filter(pk__in=[question.pk for question in questions]).order_by(), {}
    found = [
        rows.filter(pk__in=get_keys_by_passage(kind, text, user)).annotate(said=Value(said)).values_list("pk", "said")
        for kind, said in PASSAGES.items()
    ]
    for key, said in found[0].union(*found[1:], all=True):
        places.setdefault(key, []).append(said)
    return {key: f"in {', '.join(sorted(said))}" for key, said in places.items()}
