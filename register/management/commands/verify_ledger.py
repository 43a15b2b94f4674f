import json

from django.core.management.base import BaseCommand, CommandError

from register.documents.verification import find_wrong_documents
from register.ledger import external_verifier
from register.ledger.verification import BATCH, verify

LONG = 10 * BATCH


class Command(BaseCommand):
    help = "Verify every recorded change against the ledger; print its head. Exits 1 where anything was rewritten."

    def add_arguments(self, parser):
        parser.add_argument("--expect", metavar="POSITION:DIGEST", help="a head that was noted earlier")
        parser.add_argument("--url", help="the address of another register's ledger: http://…/api/v1/ledger/")
        parser.add_argument("--token", help="an API token for that address")
        parser.add_argument(
            "--processes",
            type=int,
            metavar="N",
            help="among how many to share the entries; as many as serve, unless told",
        )
        parser.add_argument(
            "--ledger-only", action="store_true", help="do not compare what the API shows with what the register holds"
        )
        parser.add_argument("--json", action="store_true", help="print the verdict for machines")

    def handle(self, *, expect, url, token, processes, **options):
        if url:
            self._verify_from_outside(url, token, expect)
            return
        verdict = verify(expect=_parse_head(expect), processes=processes, progress=self._progress)
        if not options["ledger_only"]:
            verdict.problems += find_wrong_documents()
        (self._print_json if options["json"] else self._print)(verdict)
        if not verdict.ok:
            raise SystemExit(1)

    def _verify_from_outside(self, url, token, expect):
        if not token:
            raise CommandError("Give --token with --url: the ledger is shown to its readers alone.", returncode=2)
        _parse_head(expect)
        if code := external_verifier.main(url, token, expect, write=self.stdout.write):
            raise SystemExit(code)

    def _progress(self, done, total):
        if total > LONG and (done % LONG == 0 or done == total):
            self.stderr.write(f"{done:,} of {total:,} entries")

    def _print(self, verdict):
        if verdict.ok:
            redacted = f", {len(verdict.redacted)} redacted" if verdict.redacted else ""
            self.stdout.write(f"ok: {verdict.position} entries{redacted}")
            self.stdout.write(f"head {verdict.position}:{verdict.digest}")
            return
        first, *others = verdict.problems
        at = "" if first.position is None else f"position {first.position}: "
        self.stdout.write(f"broken: {at}{first.what}")
        for problem in others[:20]:
            self.stdout.write(
                f"  also: {'' if problem.position is None else f'position {problem.position}: '}{problem.what}"
            )
        if len(others) > 20:
            self.stdout.write(f"  and {len(others) - 20} more")

    def _print_json(self, verdict):
        problems = [{"position": problem.position, "what": problem.what} for problem in verdict.problems]
        body = {"ok": verdict.ok, "position": verdict.position, "digest": verdict.digest, "problems": problems}
        self.stdout.write(json.dumps(body | {"redacted": verdict.redacted}))


def _parse_head(expect):
    if expect is None:
        return None
    position, _, digest = expect.strip().partition(":")
    if not position.isdigit() or len(digest) != 64:
        raise CommandError("Give --expect as POSITION:DIGEST, as an earlier run printed the head.", returncode=2)
    return int(position), digest.lower()
