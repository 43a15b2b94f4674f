"""The README says what the code does, or these tests fail."""

import re
from pathlib import Path

from register.models.visibility import CLEARANCES
from register.workflow import TRANSITIONS

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")


def rows(heading):
    """Return the rows of the table under a heading, each as a list of cells."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def who(transition):
    makers = {}
    for status, parts in transition.sources.items():
        makers.setdefault(", ".join(sorted(parts)), []).append(status.value)
    if len(makers) == 1:
        return next(iter(makers))
    return "; ".join(f"{parts} from {', '.join(statuses)}" for parts, statuses in makers.items())


def test_the_workflow_table_is_the_codes():
    assert rows("The workflow") == [
        [
            f"`{transition.name}`",
            ", ".join(status.value for status in transition.sources),
            transition.target.value,
            who(transition),
            ", ".join(item.name for item in transition.inputs if item.required) or "",
            "; ".join(guard.says for guard in transition.guards),
        ]
        for transition in TRANSITIONS.values()
    ]


def test_the_roles_table_names_each_role_and_what_it_reads():
    assert {cells[0]: cells[1] for cells in rows("Roles")} == {
        role.value: ", ".join(c.label for c in seen) for role, seen in CLEARANCES
    }


def test_what_the_readme_shows_is_there():
    for path in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (Path(__file__).resolve().parent.parent / path).exists(), path


def test_every_command_in_the_readme_exists():
    commands = {path.stem for path in Path("register/management/commands").glob("*.py")}
    for name in re.findall(r"manage\.py (\w+)", README):
        assert name in commands | {"migrate", "collectstatic", "createsuperuser", "check"}, name
