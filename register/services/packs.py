"""Make the pack of a meeting, keep the file that was sent round, and hand it to whoever may still read all of it."""

import hashlib
from datetime import datetime

from django.apps import apps
from django.utils import timezone

from register.bounded import OutOfBounds
from register.ledger.unit_of_work import Actor, record, unit_of_work
from register.models import Meeting, MeetingPack, User, clearance
from register.packs.facts import Facts, gather
from register.packs.layout import make_paper
from register.packs.pdf import make_pdf
from register.packs.word import make_word
from register.refusals import NotVisible, Refused
from register.services.cleaning import clean_remark, clean_row
from register.services.permissions import require_role
from register.services.rows import reload_visible
from register.vocabulary import Classification, PackFormat, Role

MAKERS = {PackFormat.PDF: make_pdf, PackFormat.WORD: make_word}


def make_file(
    meeting: Meeting, *, by: User, form: str, classification: str, as_at: datetime | None = None
) -> tuple[bytes, Facts]:
    """Return the pack of a meeting as a file, and the facts in it. Nothing is recorded.

    `as_at` is an aware moment, without one that of now. Raises NotPermitted, NotVisible, Refused.
    """
    require_role(by, Role.TRIAGE, Role.APPROVER, to="make a pack")
    meeting = reload_visible(meeting, by)
    if form not in PackFormat.values:
        raise Refused("Choose PDF or Word.")
    if classification not in Classification.values or classification not in clearance(by):
        raise Refused("Choose a classification that you may read yourself.")
    moment = as_at or timezone.now()
    if moment > timezone.now():
        raise Refused("Choose a moment that is past: what is to come is not recorded yet.")
    try:
        facts = gather(meeting, classification, moment)
    except LookupError as error:
        raise Refused(str(error.args[0])) from error
    try:
        return MAKERS[PackFormat(form)](make_paper(facts), moment), facts
    except OutOfBounds as bound:
        raise Refused(f"This pack is too long to be made: {bound}.") from bound


def keep_pack(
    meeting: Meeting, content: bytes, facts: Facts, *, by: Actor, form: str, sent_to: str = ""
) -> MeetingPack:
    """Keep the file that goes round, and record its digest; return it. Raises NotPermitted, Refused, Invalid."""
    with unit_of_work():
        require_role(by, Role.TRIAGE, Role.APPROVER, to="keep a pack")
        pack = MeetingPack(
            meeting=meeting,
            format=form,
            classification=facts.classification,
            as_at=facts.as_at,
            position=facts.position,
            digest=hashlib.sha256(content).hexdigest(),
            content=content,
            holds=" ".join(facts.holds),
            sent_to=clean_remark(sent_to),
            made_by=by if isinstance(by, User) else None,
            made_at=timezone.now(),
        )
        return record(clean_row(pack), by=by, reason=f"Sent to {pack.sent_to}" if pack.sent_to else "")


def open_pack(pack: MeetingPack, by: User) -> bytes:
    """Return the file as it was sent. Raises NotVisible where the reader may not see all of it any more, Refused."""
    pack = reload_visible(pack, by)
    if pack.is_file_redacted:
        raise Refused("The file was redacted; its digest stays.")
    if not can_open(pack, by):
        raise NotVisible
    return bytes(pack.content)


def get_openable_packs(meeting: Meeting, by: User) -> list[MeetingPack]:
    """Return the packs that were kept of a meeting and that a reader may open, the latest first."""
    packs = MeetingPack.objects.visible_to(by).filter(meeting=meeting, is_file_redacted=False).defer("content")
    return [pack for pack in packs.select_related("made_by") if can_open(pack, by)]


def can_open(pack: MeetingPack, by: User) -> bool:
    """Return whether a reader may read everything that is in a pack, as things are classified now."""
    keys: dict[str, set[int]] = {}
    for item in pack.holds.split():
        kind, _, key = item.partition(":")
        keys.setdefault(kind, set()).add(int(key))
    models = ((apps.get_model("register", kind), wanted) for kind, wanted in keys.items())
    return all(
        set(model.objects.visible_to(by).filter(pk__in=wanted).values_list("pk", flat=True)) == wanted
        for model, wanted in models
    )
