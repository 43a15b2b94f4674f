import json
from dataclasses import asdict
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from register.headline_report.formats import LARGEST_FILE
from register.models import System, User
from register.refusals import Refusal
from register.services.reports import apply_report, plan_report, read_file

LONG = 200  # proposals; below that a progress bar is over before it is seen


class Command(BaseCommand):
    help = "Read a headline report and record what is new or changed. Clashes are left and listed for a person."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="text, Markdown, PDF, Word (.docx), a web page or a mail")
        parser.add_argument("--dry-run", action="store_true", help="print the plan and write nothing")
        parser.add_argument("--by", metavar="USERNAME", help="the triager who imports it; the system unless told")
        parser.add_argument("--json", action="store_true", help="print for machines")

    def handle(self, *, file, dry_run, by, **options):
        try:
            content = _read_content(file)
            report = read_file(content)
            plan = plan_report(report)
            applied = [] if dry_run else self._apply(plan, file, content, _get_user(by))
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(_make_json(plan, applied), default=str, indent=1))
        else:
            self._print(plan, applied, dry_run)

    def _apply(self, plan, file, content, user):
        return apply_report(plan, plan.unasked, by=user, file_name=file.name, content=content, progress=self._progress)

    def _progress(self, done, total):
        if total > LONG and (done % 50 == 0 or done == total):
            bar = "#" * (40 * done // total)
            self.stderr.write(f"\r[{bar:<40}] {done:,} of {total:,}", ending="\n" if done == total else "")

    def _print(self, plan, applied, dry_run):
        meeting = plan.report.meeting
        self.stdout.write(f"{meeting.name} Headline Report, {meeting.held_on or 'undated'}, {meeting.classification}")
        self.stdout.write(f"{len(plan.report.paragraphs)} paragraphs in {len(plan.report.sections)} sections\n")
        for proposal in plan.proposals:
            self.stdout.write(_format_proposal(proposal))
        for sentence in [*plan.report.left_out, *plan.gone]:
            self.stdout.write(sentence)
        for title, notes in (
            ("Commitments without a marker", plan.report.remarks),
            ("Doubts", plan.report.warnings),
            ("Not placed", plan.report.unplaced),
            ("Page furniture left out", plan.report.doubtful_furniture),
        ):
            self._print_notes(title, notes)
        done = "would be applied" if dry_run else "applied"
        self.stdout.write(
            f"\n{len(plan.unasked) if dry_run else len(applied)} {done}, {len(plan.of('clash'))} left as clashes."
        )

    def _print_notes(self, title, notes):
        if notes:
            self.stdout.write(f"\n{title}:")
            for note in notes:
                self.stdout.write(f"  line {note.line}: {note.text}")


def _read_content(file):
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise CommandError(f"Give a file that can be read: {file} cannot ({error.strerror}).") from error


def _get_user(name):
    if name is None:
        return System()
    user = User.objects.filter(is_active=True).get_called(name)
    if user is None:
        raise CommandError(f"There is no active login called {name}.")
    return user


def _format_proposal(proposal):
    text = proposal.published if len(proposal.published) <= 70 else proposal.published[:69] + "…"
    owner = proposal.owner or ""
    row = f"{proposal.kind:<10}{proposal.what:<9}{proposal.label:<15}{proposal.paragraph:<11}{owner:<14}{text}".rstrip()
    held = f"\n{'':<10}held: {proposal.held}" if proposal.kind in ("changed", "clash") else ""
    note = f"\n{'':<10}{proposal.note}" if proposal.note and proposal.kind != "unchanged" else ""
    return row + held + note + _format_due(proposal)


def _format_due(proposal):
    if proposal.due is None or proposal.kind == "unchanged":
        return ""
    told = "" if proposal.due.is_stated else ": not recorded, for a person has to confirm it"
    return f"\n{'':<10}due {proposal.due.day} (“{proposal.due_as_written}”){told}"


def _make_json(plan, applied):
    report = plan.report
    return {
        "meeting": {"name": report.meeting.name, **asdict(report.meeting)},
        "sections": [asdict(section) for section in report.sections],
        "paragraphs": [asdict(paragraph) for paragraph in report.paragraphs],
        "areas": [asdict(area) for area in report.areas],
        "log": [asdict(row) for row in report.log],
        "decisions": [asdict(decision) for decision in report.decisions],
        "actions": [asdict(action) for action in report.actions],
        "mentions": [{"paragraph": mention.paragraph, **asdict(mention)} for mention in report.mentions],
        "meetings": report.meetings,
        "questions": [asdict(question) for question in report.questions],
        "next_meeting": report.next_meeting and asdict(report.next_meeting),
        "remarks": [asdict(note) for note in report.remarks],
        "warnings": [asdict(note) for note in report.warnings],
        "unplaced": [asdict(note) for note in report.unplaced],
        "furniture": [asdict(note) for note in report.furniture],
        "left_out": report.left_out,
        "gone": plan.gone,
        "proposals": [_make_json_proposal(proposal) for proposal in plan.proposals],
        "applied": [_make_json_proposal(proposal) for proposal in applied],
    }


def _make_json_proposal(proposal):
    names = ("key", "kind", "what", "label", "paragraph", "bullet", "published", "held", "note", "score")
    return {name: getattr(proposal, name) for name in names}
