from pathlib import Path

from django.core.management import BaseCommand, CommandError

from register.models import Meeting, User
from register.refusals import NotVisible, Refusal, Refused
from register.services.moments import parse_as_at
from register.services.packs import keep_pack, make_file
from register.vocabulary import Classification, PackFormat


class Command(BaseCommand):
    help = "Make the paper of a meeting that goes round before it, as PDF and as a Word file."

    def add_arguments(self, parser):
        parser.add_argument("meeting", help="as minutes call it: CCDG16")
        parser.add_argument("--by", metavar="USERNAME", required=True, help="whoever makes it")
        parser.add_argument("--classification", choices=Classification.values, default=Classification.MEMBERS)
        parser.add_argument("--as-at", metavar="WHEN", help="a day (its end, in London), a time, or a meeting")
        parser.add_argument("--format", choices=PackFormat.values, help="both, unless one is named")
        parser.add_argument("--to", metavar="FOLDER", type=Path, default=Path(), help="where the files are written")
        parser.add_argument("--sent-to", metavar="WHOM", help="for whom: the files are then kept in the register")

    def handle(self, *, meeting, by, **options):
        try:
            self._make(_find_meeting(meeting), _get_user(by), **options)
        except (Refusal, NotVisible, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal

    def _make(self, meeting, by, *, classification, as_at, to, sent_to, **options):
        moment = parse_as_at(as_at, by) if as_at else None
        for form in [options["format"]] if options["format"] else PackFormat.values:
            content, facts = make_file(meeting, by=by, form=form, classification=classification, as_at=moment)
            path = to / f"{meeting}-{classification}.{form}"
            path.write_bytes(content)
            self.stdout.write(f"{path}: {len(content):,} bytes, ledger {facts.position}")
            if sent_to:
                self.stdout.write(
                    f"Kept: {keep_pack(meeting, content, facts, by=by, form=form, sent_to=sent_to).digest}"
                )
        for reference in facts.left_out:
            self.stdout.write(f"Left out, for it was made stricter since: {reference}")


def _find_meeting(name):
    found = list(Meeting.objects.find_by_name(name)[:2])
    if len(found) != 1:
        raise Refused(f"More than one meeting is called {name}." if found else f"There is no meeting called {name}.")
    return found[0]


def _get_user(username):
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise Refused(f"There is no active login {username}.")
    return user
