"""The documents say what the code does, or these tests fail."""

import ast
import importlib
import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from register.clock import RUNS_IN
from register.models.visibility import CLEARANCES
from register.vocabulary import LIVE, Status
from register.workflow import TRANSITIONS

ROOT = Path(__file__).resolve().parent.parent
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TEXTS = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in DOCS}
LONGEST_README = 200  # lines

every_document = pytest.mark.parametrize("name", TEXTS)


def get_rows(name, heading):
    """Return the rows of the table under a heading of a document, each as a list of cells."""
    section = TEXTS[name].split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def get_code_blocks(name, language):
    return re.findall(rf"^```{language}\n(.*?)^```", TEXTS[name], flags=re.M | re.S)


def describe_makers(transition):
    """Return who may make a transition as the table says it: `triage`, or `triage from open; …` where they differ."""
    makers = {}
    for status, parts in transition.sources.items():
        makers.setdefault(", ".join(sorted(parts)), []).append(status.value)
    if len(makers) == 1:
        return next(iter(makers))
    return "; ".join(f"{parts} from {', '.join(statuses)}" for parts, statuses in makers.items())


# Tables that are copies of the code


def test_the_workflow_table_is_the_codes():
    assert get_rows("docs/workflow.md", "Transitions") == [
        [
            f"`{transition.name}`",
            ", ".join(status.value for status in transition.sources),
            transition.target.value if transition.target else "the status before",
            describe_makers(transition),
            ", ".join(item.name for item in transition.inputs if item.required) or "",
            "; ".join(guard.says for guard in transition.guards),
        ]
        for transition in TRANSITIONS.values()
    ]


def test_the_statuses_table_says_what_is_live_and_when_the_clock_runs():
    rows = {cells[0]: (cells[2] == "yes", cells[3] == "yes") for cells in get_rows("docs/workflow.md", "Statuses")}
    assert rows == {status.value: (status in LIVE, status in RUNS_IN) for status in Status}


@pytest.mark.parametrize("name", ["README.md", "docs/workflow.md"])
def test_the_roles_table_names_each_role_and_what_it_reads(name):
    assert {cells[0]: cells[1] for cells in get_rows(name, "Roles")} == {
        role.value: ", ".join(c.label for c in shown) for role, shown in CLEARANCES
    }


def test_the_settings_table_names_every_variable_that_is_read():
    settings = (ROOT / "project" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', settings))
    assert {cells[0].strip("`") for cells in get_rows("docs/operations.md", "Settings")} == read


# What they name is there


@every_document
def test_each_link_leads_to_a_file(name):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", TEXTS[name]):
        assert (ROOT / name).parent.joinpath(target).exists(), target


@every_document
def test_each_path_is_there(name):
    """A path that the reader is to make is marked `(new)`."""
    for path in re.findall(r"`((?:register|tests|project|fixtures|docs|\.ci)/[\w./-]*)`(?! \(new\))", TEXTS[name]):
        assert (ROOT / path).exists(), path


@every_document
def test_each_command_exists_with_its_options(name):
    commands = get_commands()
    for command, rest in re.findall(r"manage\.py (\w+)([^\n`|;]*)", TEXTS[name]):
        assert command in commands, command
        parser = load_command_class(commands[command], command).create_parser("manage.py", command)
        known = {option for action in parser._actions for option in action.option_strings}
        assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= known, rest


@every_document
def test_each_make_target_exists(name):
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M)[1].split()
    for target in re.findall(r"(?:`|^ {4})(?:[A-Z]+=\S+ )?make ([a-z-]+)", TEXTS[name], flags=re.M):
        assert target in targets, target


@every_document
def test_its_python_can_be_read_and_names_what_is_there(name):
    """A line that imports what the reader is to write ends with `# new`."""
    for block in get_code_blocks(name, "python"):
        lines = block.splitlines()
        for node in ast.walk(ast.parse(block)):
            ours = isinstance(node, ast.ImportFrom) and node.module.startswith("register")
            if ours and not lines[node.lineno - 1].endswith("# new"):
                module = importlib.import_module(node.module)
                assert [alias.name for alias in node.names if not hasattr(module, alias.name)] == []


def test_the_readme_stays_short():
    assert len(TEXTS["README.md"].splitlines()) <= LONGEST_README


def test_the_readme_leads_to_every_page():
    linked = set(re.findall(r"\]\((docs/[^)#]+)", TEXTS["README.md"]))
    assert {name for name in TEXTS if re.fullmatch(r"docs/[^/]+", name)} <= linked
