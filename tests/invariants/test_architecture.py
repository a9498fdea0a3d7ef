"""Who may import whom, who may read the time, who may commit: the house's rules, held by its syntax trees."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from config import ROOT

EDGES = {"rules", "models", "extensions", "operations", "forms", "fields", "pdf", "gateways", "config"}
MAY_IMPORT: dict[str, set[str]] = {
    "rules": set(),
    "extensions": set(),
    "config": set(),
    "tables": {"rules", "extensions"},
    "models": {"rules", "extensions", "tables"},
    "fields": {"rules"},
    "entries": {"rules", "fields"},
    "forms": {"rules", "fields", "entries"},
    "pdf": {"rules"},
    "gateways": {"rules"},
    "operations": {"rules", "models", "extensions"},
    "papers": EDGES,
    "portal": EDGES | {"papers"},
    "admin": EDGES | {"papers"},
    "signin": EDGES,
    "jobs": EDGES,
    "demo": EDGES,
    "commands": EDGES | {"demo", "jobs"},  # a command only starts what the others do
    "migrations": {"models", "extensions"},
}
FREE = {"app", "tests", "tools"}  # app wires everything; the other two are not the portal
OTHER_NAMES = {"templates", "static", "docs", "requirements", "var"}
PURE = {"holidays", "vacances_scolaires_france", "phonenumbers", "email_validator", "schwifty"}
INSIDE = {"rules", "operations", "models", "tables", "pdf", "gateways", "forms", "fields", "entries"}
CLOCK_READS = {"now", "utcnow", "today", "time", "time_ns", "current_timestamp", "localtime", "gmtime"}
CLOCK_OWNERS = {"datetime", "date", "time", "func", "dt"}
LONGEST = 450


def sources() -> list[Path]:
    """Every Python file of ours, migrations' versions left out: they are history, not code we keep."""
    found = [p for name in (*MAY_IMPORT, *FREE) for p in (ROOT / f"{name}.py", *(ROOT / name).rglob("*.py"))]
    return sorted(p for p in found if p.exists() and "versions" not in p.parts)


SOURCES = sources()
PORTAL = [path for path in SOURCES if path.relative_to(ROOT).parts[0] not in {"tests", "tools"}]
every_file = pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
every_portal_file = pytest.mark.parametrize("path", PORTAL, ids=lambda path: str(path.relative_to(ROOT)))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """(line, top-level name) of everything a file imports, wherever the import stands."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, room(path) if node.level else (node.module or "").split(".")[0]


def calls(path: Path) -> Iterator[tuple[ast.Call, str, str]]:
    """(call, what it is called on, name) of every call in a file."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Attribute):
                yield node, ast.unparse(function.value).rpartition(".")[2], function.attr
            elif isinstance(function, ast.Name):
                yield node, "", function.id


@every_portal_file
def test_imports_follow_the_table(path: Path):
    here = room(path)
    if here in FREE:
        return
    ours = set(MAY_IMPORT) | FREE
    wrong = [
        f"line {line}: {here} imports {name}"
        for line, name in imported(path)
        if name in ours and name != here and name not in MAY_IMPORT[here]
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", sorted((ROOT / "rules").glob("*.py")), ids=lambda path: path.name)
def test_rules_know_only_the_standard_library_and_pure_ones(path: Path):
    allowed = sys.stdlib_module_names | PURE | {"rules"}
    wrong = [f"line {line}: {name}" for line, name in imported(path) if name not in allowed]
    assert not wrong, "\n".join(wrong)


def test_no_room_is_unknown():
    names = {p.name.removesuffix(".py") for p in ROOT.iterdir() if p.is_dir() or p.suffix == ".py"}
    unknown = {n for n in names if not n.startswith((".", "_"))} - set(MAY_IMPORT) - FREE - OTHER_NAMES
    assert not unknown, f"new at the top: {unknown}. Give it a line in the import table first."
    assert not {n for n in names & sys.stdlib_module_names if not n.startswith("_")}


@every_portal_file
def test_only_the_clock_reads_the_time(path: Path):
    if path == ROOT / "gateways" / "clock.py":
        return
    read = [
        f"line {call.lineno}: {ast.unparse(call)}"
        for call, owner, name in calls(path)
        if name in CLOCK_READS and owner in CLOCK_OWNERS
    ]
    words = [
        f"line {node.lineno}: CURRENT_TIMESTAMP"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and "CURRENT_TIMESTAMP" in str(node.value).upper()
    ]
    assert not read + words, "\n".join(read + words)


@every_portal_file
def test_only_the_edges_commit(path: Path):
    if room(path) in {
        "rules",
        "operations",
        "models",
        "tables",
        "pdf",
        "gateways",
        "forms",
        "fields",
        "entries",
    }:
        commits = [f"line {call.lineno}" for call, _owner, name in calls(path) if name == "commit"]
        assert not commits, "\n".join(commits)


@every_portal_file
def test_no_float_near_money(path: Path):
    """Cents, hundredths and Decimal only; a PDF's millimetres and a pause's seconds are not amounts."""
    if room(path) not in {"rules", "operations", "models", "tables"}:
        return
    literals = [
        f"line {node.lineno}: {node.value}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, float)
    ]
    conversions = [f"line {call.lineno}: float(…)" for call, _owner, name in calls(path) if name == "float"]
    assert not literals + conversions, "\n".join(literals + conversions)


@every_file
def test_a_file_is_read_in_one_sitting(path: Path):
    length = len(path.read_text(encoding="utf-8").splitlines())
    assert length <= LONGEST, f"{length} lines: cut it along its subjects (at most {LONGEST})"
