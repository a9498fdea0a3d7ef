"""The examples that staff attach to the configuration: kept as written, put to the rules on demand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

import models
from extensions import db
from operations.commune_dump import current_reglement
from operations.commune_yaml import Unreadable, parse, write
from operations.configuration import configuration
from operations.example_rows import stored
from rules.commune_examples import EXAMPLE, Example
from rules.commune_file import Reglement, tell
from rules.examples import Outcome, run_examples
from rules.file_nodes import Entries, Node, Report, Skipped, Spot, Text
from rules.refusals import Refused


@dataclass(frozen=True, slots=True)
class Replayed:
    """An example of the configuration, and what the rules answered."""

    row: models.ConfigurationExample
    outcome: Outcome


def pattern() -> str:
    """What a new example looks like: the first activity, a quotient, a price to mend."""
    first = next(iter(configuration().activities.values()), None)
    name = first.name if first else "Cantine"
    return write({"activité": name, "quotient": "622,50", "attendu": {"prix": "3,30"}})


def check_body(body: str) -> None:
    """Refuse an example that cannot be read, with everything wrong in it."""
    reglement = current_reglement()
    report = Report(names=reglement.names)
    if _read("", body, report) is None:
        raise Refused(" ".join(_say(problem) for problem in report.in_order()), "body")


def replay(day: date) -> list[Replayed]:
    """Every example put to the configuration; `day` stands for those that say no date.

    An example that no longer reads (an activity renamed) fails with the reason.
    """
    rows = stored()
    if not rows:
        return []
    reglement = current_reglement()
    reglement = replace(reglement, names=replace(reglement.names, start=day))
    root = parse(write(tell(reglement)))
    return [Replayed(row, _outcome(row, reglement, root)) for row in rows]


def _outcome(row: models.ConfigurationExample, reglement: Reglement, root: Node) -> Outcome:
    report = Report(names=reglement.names)
    example = _read(row.name, row.body, report)
    if example is None:
        return Outcome(row.name, 1, tuple(_say(problem) for problem in report.in_order()))
    return run_examples(reglement, root, [example])[0]


def _read(name: str, body: str, report: Report) -> Example | None:
    """The example, or None when the report says what is wrong."""
    spot = Spot(report)
    try:
        node = parse(body)
        if isinstance(node, Entries) and node.get("nom") is None and name:
            node = Entries(node.line, ((Text(node.line, "nom"), Text(node.line, name)), *node.pairs))
        example: Example = EXAMPLE.read(node, Spot(report, (name or "exemple",)))
    except Unreadable as trouble:
        spot.wrong(trouble.problem.line, trouble.problem.sentence)
        return None
    except Skipped:
        return None
    return example


def _say(problem: Any) -> str:
    where = " › ".join(problem.path[1:])
    return f"Ligne {problem.line}{where and ', '}{where} : {problem.sentence}"


def versions_ahead(today: date) -> list[tuple[date, str]]:
    """The tariffs prepared for later: their first day, and what they are."""
    table = models.TariffVersion
    query = sa.select(table).where(table.first_day > today).order_by(table.first_day, table.id)
    by_day: dict[date, list[str]] = {}
    for row in db.session.scalars(query):
        by_day.setdefault(row.first_day, []).append(row.name)
    return [(day, ", ".join(names)) for day, names in by_day.items()]
