from django.core.management.base import BaseCommand, CommandError

from register.models import User
from register.refusals import Refusal
from register.services.redaction import find_places, find_standing, redact_everywhere, redact_places, restrict_places

NOTHING = "Nothing that is kept holds these words."


class Command(BaseCommand):
    help = "Find words in all that is kept, and take them out: a spilled secret, personal data. It cannot be undone."

    def add_arguments(self, parser):
        parser.add_argument("places", nargs="*", metavar="PLACE", help="a ledger position, or what --find lists")
        parser.add_argument("--find", metavar="WORDS", help="list the places that hold these words")
        parser.add_argument("--redact", action="store_true", help="with --find: redact the words in each of them")
        parser.add_argument("--restrict", action="store_true", help="make what the places belong to Restricted instead")
        parser.add_argument("--by", metavar="USERNAME", help="the approver who decided it; to restrict, a triager")
        parser.add_argument("--reason")

    def handle(self, *, places, find, by, reason, **options):
        if bool(places) == bool(find) or (find and options["restrict"]):
            raise CommandError("Give places to redact or restrict, or --find with the words to look for.")
        try:
            if not places and not options["redact"]:
                self._list(find_places(find), find)
                return
            user = _get_user(by, reason)
            if options["restrict"]:
                self._restrict_places(places, user, reason)
            elif places:
                self._redact_places(places, user, reason)
            else:
                self._redact_everywhere(find, user, reason)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal

    def _list(self, places, words):
        found = False
        for place in places:
            self._write(place)
            found = True
        if not found:
            self.stdout.write(NOTHING)
        for sentence in find_standing(words):
            self.stdout.write(sentence)

    def _write(self, place):
        self.stdout.write(f"{place.id}  {place.what}" + (f": {place.advice}" if place.advice else ""))

    def _redact_everywhere(self, words, user, reason):
        done, left = redact_everywhere(words, by=user, reason=reason)
        for place in done:
            self.stdout.write(f"Redacted: {place.what}.")
        if left:
            self.stdout.write("Left to you:")
        for place in left:
            self._write(place)
        if not done and not left:
            self.stdout.write(NOTHING)

    def _restrict_places(self, places, user, reason):
        for name in restrict_places(places, by=user, reason=reason):
            self.stdout.write(f"{name} is Restricted.")

    def _redact_places(self, places, user, reason):
        standing = redact_places(places, by=user, reason=reason)
        for place in places:
            self.stdout.write(f"{'Position ' if place.isdecimal() else ''}{place} is redacted.")
        for column, positions in standing.items():
            listed = ", ".join(map(str, positions))
            self.stdout.write(f"The same {column} still stands at position {listed}, and maybe in the register itself.")


def _get_user(username, reason):
    if not username or not reason:
        raise CommandError("Say who decided it and why: --by and --reason.")
    user = User.objects.get_called(username)
    if user is None:
        raise CommandError(f"There is no login called {username}.")
    return user
