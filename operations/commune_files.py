"""A commune's file from its bytes to what the rules make of it: checked, its examples run."""

from __future__ import annotations

from operations.commune_yaml import Unreadable, decode, parse
from rules.examples import Checked, Outcome, check_file, run_examples
from rules.file_nodes import Entries

__all__ = ["Checked", "Outcome", "check", "check_text", "run"]


def check(content: bytes) -> Checked:
    """Read a file. Its problems are told in the order of its lines; refused when it is not text."""
    return check_text(decode(content))


def check_text(text: str) -> Checked:
    """The same, from its text."""
    try:
        root = parse(text)
    except Unreadable as trouble:
        return Checked(Entries(1, ()), None, (), (trouble.problem,))
    return check_file(root)


def run(checked: Checked) -> list[Outcome]:
    """The examples of a file without problems, each put to its rules."""
    if checked.reglement is None:
        return []
    return run_examples(checked.reglement, checked.root, checked.examples)
