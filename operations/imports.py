"""The families of an old software, line by line: created, completed, or refused and why.

A refused line changes nothing else (each has its savepoint), and reading the same file again
changes nothing: families and children are found again by their former number, else by who they are.
What is already known is never overwritten: only what was missing is filled.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from extensions import db
from operations.actors import SYSTEM, Actor
from operations.import_children import import_child
from operations.import_families import import_household
from operations.import_files import Line, Table
from operations.import_town import ImportRun, LineChanges, town_of
from rules.import_reports import Outcome, Report, ReportLine
from rules.import_rows import FamilyRow, parse_row
from rules.refusals import Refused
from rules.vocabulary import Channel

IMPORTER = replace(SYSTEM, name="Reprise des familles", channel=Channel.IMPORT)


def import_families(table: Table, *, by: Actor, now: datetime) -> Report:
    """Import every line of the table and report on each, in the order of the file."""
    read: dict[int, FamilyRow] = {}
    refused: dict[int, Refused] = {}
    for line in table.lines:
        try:
            read[line.number] = _read(line)
        except Refused as refusal:
            refused[line.number] = refusal
    run = ImportRun(town_of(now), _first_rows(read), by, now)
    said = [
        _refused(line.number, refused[line.number])
        if line.number in refused
        else _import_line(line.number, read[line.number], run)
        for line in table.lines
    ]
    return Report(tuple(said), table.ignored_columns)


def _read(line: Line) -> FamilyRow:
    if line.problem:
        raise Refused(line.problem)
    return parse_row(line.cells)


def _first_rows(read: dict[int, FamilyRow]) -> dict[str, FamilyRow]:
    found: dict[str, FamilyRow] = {}
    for row in read.values():
        found.setdefault(row.number, row)
    return found


def _import_line(number: int, row: FamilyRow, run: ImportRun) -> ReportLine:
    changes = LineChanges()
    try:
        # Each verb flushes what it writes; flushing its history too before each query would double the time.
        with db.session.begin_nested(), db.session.no_autoflush:
            family = import_household(row, run, changes)
            if row.child is not None:
                import_child(row, row.child, family, run, changes)
    except Refused as refusal:
        return _refused(number, refusal, _who(row))
    return ReportLine(number, _outcome(changes), _who(row), tuple(changes.done), tuple(changes.left))


def _refused(number: int, refusal: Refused, who: str = "") -> ReportLine:
    return ReportLine(number, Outcome.REFUSED, who, (refusal.sentence,), column=refusal.field)


def _outcome(changes: LineChanges) -> Outcome:
    if changes.created:
        return Outcome.CREATED
    return Outcome.MERGED if changes.done else Outcome.KNOWN


def _who(row: FamilyRow) -> str:
    adult = row.adults[0]
    if row.child is None:
        return f"{adult.first_name} {adult.last_name}"
    return f"{row.child.first_name} {row.child.last_name}"
