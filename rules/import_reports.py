"""What an import says of each line: created, completed, already known, or refused and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rules.vocabulary import Labelled
from rules.wording import enumerate_words


class Outcome(Labelled):
    CREATED = "created", "créée"
    MERGED = "merged", "complétée"
    KNOWN = "known", "déjà connue"
    REFUSED = "refused", "refusée"


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of the file. `notes` are differences left as they are; a refusal has its column."""

    number: int
    outcome: Outcome
    who: str
    details: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    column: str | None = None

    @property
    def sentence(self) -> str:
        """`Ligne 12, colonne « quotient » : refusée. « 5O2 » n’est pas un quotient…`"""
        where = f"Ligne {self.number}" + (f", colonne « {self.column} »" if self.column else "")
        said = [f"{where} : {self.outcome.label}"]
        if self.who:
            said[0] += f" ({self.who})"
        said += [" ".join(self.details)] if self.outcome is Outcome.REFUSED else _listed(self.details)
        said += [f"Laissé tel quel : {enumerate_words(self.notes)}"] if self.notes else []
        return ". ".join(part[:1].upper() + part[1:].rstrip(".") for part in said) + "."


@dataclass(frozen=True, slots=True)
class Report:
    lines: tuple[ReportLine, ...]
    ignored_columns: tuple[str, ...] = ()

    def count(self, outcome: Outcome) -> int:
        return sum(line.outcome is outcome for line in self.lines)

    @property
    def totals(self) -> str:
        """`190 lignes : 180 créées, 0 complétée, 8 déjà connues, 2 refusées.`"""
        counts = [_counted(self.count(outcome), outcome.label) for outcome in Outcome]
        return f"{_counted(len(self.lines), 'ligne')} : {', '.join(counts)}."

    def sentences(self) -> Iterator[str]:
        """The whole report, ready to print."""
        if self.ignored_columns:
            yield f"Colonnes laissées de côté : {', '.join(self.ignored_columns)}."
        yield from (line.sentence for line in self.lines)
        yield self.totals


def _listed(details: tuple[str, ...]) -> list[str]:
    return [enumerate_words(details)] if details else []


def _counted(number: int, noun: str) -> str:
    """`0 ligne`, `1 ligne`, `2 lignes`; « déjà connue » agrees on its last word."""
    return f"{number} {noun}{'s' if number > 1 else ''}"
