"""Count questions as their documents change: the front page reads what is counted here instead of counting anew."""

import json
from collections import Counter
from datetime import datetime

from register import clock
from register.documents.comparing import WHOLE
from register.models import Document, Tally
from register.models.statements import add_to_tallies
from register.models.tallies import TallyBy
from register.words import LIVE, DocumentKind


def day_key(day):
    """Return a working day's number (`clock.day_number`) as text that sorts as the numbers do."""
    return f"{day:05}"


def tally(changed):
    """Bring the counts up to date with these changed questions (`Comparison`), under the head lock."""
    added = Counter()
    for comparison in changed:
        kept = comparison.kept.get(WHOLE)
        added.subtract(_counted(kept and json.loads(kept.body)))
        added.update(_counted(comparison.documents.get(WHOLE, (None, None))[1]))
    _add({key: count for key, count in added.items() if count})


def _counted(document):
    """Return the keys (by, status, key, classification) of the counts that a question's document is part of."""
    if document is None:
        return []
    status, classification = document["status"], document["classification"]
    keys = [(TallyBy.TOPIC, document["topic"] or "")]
    if status in LIVE:
        since = clock.london_date(datetime.fromisoformat(document["status_since"]))
        keys.append((TallyBy.SINCE, day_key(clock.day_number(since))))
    if document["waiting_on"]:
        keys.append((TallyBy.WAITING_ON, document["waiting_on"]))
    return [(str(by), status, key, classification) for by, key in keys]


def _add(added):
    if added:
        add_to_tallies([(*key, count) for key, count in added.items()])


def restore_missing():
    """Count the questions of a register whose documents were kept before its questions were counted."""
    if Tally.objects.exists():
        return
    bodies = Document.objects.filter(kind=DocumentKind.QUESTION, body__isnull=False, **{WHOLE: True})
    _add(
        Counter(key for body in bodies.values_list("body", flat=True).iterator() for key in _counted(json.loads(body)))
    )
