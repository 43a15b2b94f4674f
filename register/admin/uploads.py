"""What the pages of an import share: the upload that waits, what its rows would do, and the decision about it."""

from django.contrib import messages

from register.models import PendingUpload
from register.refusals import Refusal
from register.services.pending_uploads import discard_upload, get_upload, take_upload

MOST_SHOWN = 200  # rows of a kind on the preview; the heading counts them all


def get_waiting_upload(request, pending_id, purpose):
    """Return the person's upload, or None with a message where it was recorded or discarded."""
    try:
        return get_upload(request.user, pending_id, purpose)
    except PendingUpload.DoesNotExist:
        messages.info(request, "That upload is not here: it was recorded or discarded.")
        return None


def group_rows(plan, kinds, make_row):
    """Return [(kind, title, the first of its rows as `make_row` shows them, how many)] of the kinds that a plan has."""
    found = [(kind, title, plan.of(kind)) for kind, title in kinds.items()]
    return [
        (kind, title, [make_row(row) for row in rows[:MOST_SHOWN]], len(rows)) for kind, title, rows in found if rows
    ]


def decide_upload(request, pending, record):
    """Discard the upload, or have it recorded, as the person chose; return False where that was refused.

    `record(upload, position)` records what the file holds, against the ledger's position that the page showed, and
    returns the message. The upload is gone with it, or waits on.
    """
    if "_discard" in request.POST:
        discard_upload(pending)
        messages.info(request, "The upload is discarded; nothing was recorded.")
        return True
    position = request.POST.get("position", "")
    position = int(position) if position.isdecimal() and len(position) < 19 else 0
    try:
        with take_upload(pending, seen=None) as taken:
            told = record(taken, position)
    except Refusal as refusal:
        messages.error(request, " ".join(refusal.reasons))
        return False
    messages.success(request, told)
    return True
