"""Examples put to the rules: each expectation is asked to the real engine, each difference said in French."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from rules.absences import AbsenceRuling, Claim, judge_claim
from rules.commune_examples import NONE, UNKNOWN, Example, Span, days_of, expected_label, read_examples
from rules.commune_file import Reglement, examples_of, merged, read_reglement
from rules.commune_words import SITUATION
from rules.example_cases import DayCase, Unsaid, cases_of
from rules.example_month import FamilyMonth
from rules.file_kinds import show_quotient
from rules.file_nodes import Names, Node, Report
from rules.folding import fold
from rules.instants import local_midnight, paris
from rules.money import format_cents
from rules.refusals import Refused
from rules.vocabulary import Situation
from rules.wording import list_days, long_date

ONE_SECOND = timedelta(seconds=1)
NOT_BILLED = frozenset({Situation.JUSTIFIED, Situation.EVENT})


@dataclass(frozen=True, slots=True)
class Outcome:
    """One example: what differs, in full sentences; nothing when it passed."""

    name: str
    line: int
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.differences


class Run:
    """The answers of the rules to one example."""

    def __init__(self, example: Example, reglement: Reglement) -> None:
        self.example = example
        self.reglement = reglement
        everything = cases_of(example, reglement)
        self.everything = everything
        self.cases = [case for case in everything if case.counted]
        self.first = self.cases[0] if self.cases else None

    @property
    def case(self) -> DayCase:
        if self.first is None:
            raise Unsaid("l’exemple ne parle d’aucun jour.")
        return self.first

    # -- the change --

    def first_refused(self) -> Any:
        self._ensure_open()
        limits = {case.early.cutoff for case in self.cases}
        if len(limits) > 1:
            raise Unsaid("ces jours n’ont pas la même date limite.")
        limit = limits.pop()
        if limit is None and not _is_without_limit(self.case):
            raise Unsaid(self.case.early.why or "")
        return NONE if limit is None else limit

    def last_accepted(self) -> Any:
        limit = self.first_refused()
        return limit if limit == NONE else limit - ONE_SECOND

    def opens(self) -> Any:
        self._ensure_open()
        return self.case.early.opens or NONE

    def _ensure_open(self) -> None:
        for case in self.cases:
            closed = self.reglement.calendar.closed_because(case.day, case.place)
            if closed:
                raise Unsaid(f"le {long_date(case.day)} n’est pas un jour de service ({closed}).")

    def accepted(self) -> str:
        asked: datetime | None = self.case.facts["asked_at"]
        if asked is None:
            raise Unsaid("dites l’instant de la demande.")
        verdicts = [case.verdict(asked) for case in self.cases]
        if not all(verdict.allowed for verdict in verdicts):
            return "non"
        return "hors délai" if any(verdict.late for verdict in verdicts) else "oui"

    def service_day(self) -> bool:
        return all(self.reglement.calendar.is_service_day(case.day, case.place) for case in self.cases)

    # -- absences --

    @cached_property
    def rulings(self) -> dict[tuple[int, str], AbsenceRuling]:
        """What the règlement says of each absence, by child and activity."""
        found: dict[tuple[int, str], list[DayCase]] = {}
        for case in self.cases:
            if case.facts["absence"] is not None:
                found.setdefault((case.rank, case.activity.name), []).append(case)
        return {key: _ruling(cases) for key, cases in found.items()}

    def freed(self, case: DayCase) -> Sequence[date]:
        ruling = self.rulings.get((case.rank, case.activity.name))
        return ruling.freed if ruling else ()

    def last_day(self) -> Any:
        if not self.rulings:
            raise Unsaid("dites de quelle absence il s’agit (absence: maladie).")
        ruling = next(iter(self.rulings.values()))
        return ruling.last_days.get(self.case.day, NONE)

    def billed(self) -> list[date]:
        return sorted({case.day for case in self.cases if self._is_billed(case)})

    def unbilled(self) -> list[date]:
        return sorted({case.day for case in self.cases} - set(self.billed()))

    def _is_billed(self, case: DayCase) -> bool:
        situation = case.situation(self.freed(case))
        if not self.reglement.tariffs_of(case.activity):  # amounts not known: the situation alone says
            return situation is not None and situation not in NOT_BILLED
        found = case.price(self.freed(case))
        return found is not None and found.amount_cents > 0

    # -- situations and prices --

    def situation(self) -> Any:
        found = {case.situation(self.freed(case)) for case in self.cases}
        if len(found) > 1:
            raise Unsaid("ces jours ne finissent pas dans la même situation.")
        return found.pop() or NONE

    def price(self) -> int:
        found = {_cents(case.price(self.freed(case))) for case in self.cases}
        if len(found) > 1:
            said = ", ".join(format_cents(cents) for cents in sorted(found))
            raise Unsaid(f"ces jours n’ont pas le même prix ({said}) : attendez un total.")
        return found.pop()

    @cached_property
    def together(self) -> FamilyMonth:
        situations = [
            (case, case.situation(self.freed(case)) if case.counted else None) for case in self.everything
        ]
        return FamilyMonth(self.example, self.reglement, situations)

    def total(self) -> int:
        return self.together.month.total_cents()

    def regime(self) -> Any:
        found = self.together.regimes()
        if len(found) > 1:
            raise Unsaid("ces enfants n’ont pas le même régime.")
        return found.pop() if found else NONE

    def quotient(self) -> Any:
        found = self.case.quotient
        return UNKNOWN if found is None else found

    def why(self) -> str:
        asked = self.case.facts["asked_at"]
        told = []
        if asked is not None:
            told.append(self.case.verdict(asked).why or "")
        told += [ruling.refused_because or "" for ruling in self.rulings.values()]
        told += [why for ruling in self.rulings.values() for why in ruling.due.values()]
        told.append(self.reglement.calendar.closed_because(self.case.day, self.case.place) or "")
        if self.reglement.tariffs_of(self.case.activity):
            found = self.case.price(self.freed(self.case))
            told += found.explanation.sentences() if found else []
        return " ".join(filter(None, told))


def _is_without_limit(case: DayCase) -> bool:
    """Nothing is booked, or the days are chosen once: no instant limits them."""
    return case.by_attendance or case.early.late


def _cents(found: Any) -> int:
    return 0 if found is None else int(found.amount_cents)


def _ruling(cases: Sequence[DayCase]) -> AbsenceRuling:
    case = cases[0]
    told = case.facts["absence"]
    start = local_midnight(cases[0].day)
    received = told["received_at"] or told["told_at"] or start
    claim = Claim(
        days=tuple(each.day for each in cases),
        reason=told["reason"],
        received_at=received,
        proof=told["proof"],
        told_at=told["told_at"] or min(received, start),
        first=told["first"],
        last=told["last"],
    )
    activity = case.activity
    return judge_claim(activity.absences, claim, case.reglement.calendar, case.place, activity.starts_at)


# -- comparing -------------------------------------------------------------------------------

ANSWERS: Mapping[str, Callable[[Run], Any]] = {
    "first_refused": Run.first_refused,
    "last_accepted": Run.last_accepted,
    "opens": Run.opens,
    "accepted": Run.accepted,
    "service_day": Run.service_day,
    "situation": Run.situation,
    "price": Run.price,
    "total": Run.total,
    "regime": Run.regime,
    "billed": Run.billed,
    "unbilled": Run.unbilled,
    "last_day": Run.last_day,
    "quotient": Run.quotient,
    "why": Run.why,
}


def run_examples(reglement: Reglement, root: Node, examples: Sequence[Example]) -> list[Outcome]:
    """Each example put to the rules of the file, in their order; `root` is the file itself."""
    return [_run(example, reglement, root) for example in examples]


def _run(example: Example, reglement: Reglement, root: Node) -> Outcome:
    told: list[str] = []
    wanted = [name for name in example.expected if example.expected.said(name)]
    if example.instead is not None:
        changed, problems = read_reglement(merged(root, example.instead))
        if "refused" in wanted:
            told += _refusal(example.expected["refused"], [problem.sentence for problem in problems])
            wanted.remove("refused")
        elif changed is None:
            told += [f"« avec » ne donne pas une configuration valable : {problem}" for problem in problems]
        reglement = changed or reglement
    elif "refused" in wanted:
        wanted.remove("refused")
        told.append("« refusée » demande « avec » : le morceau de configuration à refuser.")
    if wanted and not told:
        told += _differences(example, reglement, wanted)
    return Outcome(example.name, example.line, tuple(told))


def _refusal(expected: str, sentences: Sequence[str]) -> list[str]:
    if not sentences:
        return ["la configuration devait être refusée, et ne l’est pas."]
    if any(fold(expected) in fold(sentence) for sentence in sentences):
        return []
    return [f"refusée pour une autre raison : {' '.join(sentences)}"]


def _differences(example: Example, reglement: Reglement, wanted: Sequence[str]) -> list[str]:
    try:
        run = Run(example, reglement)
    except (Unsaid, Refused) as trouble:
        return [str(trouble)]
    told = []
    for name in wanted:
        label, expected = expected_label(name), example.expected[name]
        try:
            found = ANSWERS[name](run)
        except (Unsaid, Refused) as trouble:
            told.append(f"{label} : {trouble}")
            continue
        if not _same(name, expected, found):
            hint = SUM if name == "total" and isinstance(example.facts["children"], int) else ""
            told.append(f"{label} : attendu {_say(name, expected)}, obtenu {_say(name, found)}.{hint}")
    return told


SUM = (
    " « enfants: 3 » dit combien comptent, pour un enfant ; la liste « enfants: [{rang: 1}, {rang: 2}] » "
    "additionne ce que doit chacun."
)


def _same(name: str, expected: Any, found: Any) -> bool:
    if name == "why":
        return fold(expected) in fold(found)
    if name in ("billed", "unbilled"):
        return len(found) == expected if isinstance(expected, int) else days_of(expected) == found
    return bool(expected == found)


def _say(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if name in ("price", "total"):
        return format_cents(value)
    if isinstance(value, datetime):
        return f"{long_date(paris(value).date())} à {paris(value):%H:%M:%S}"
    if name in ("billed", "unbilled"):
        return _say_days(value)
    if isinstance(value, date):
        return long_date(value)
    if isinstance(value, Situation):
        return f"« {SITUATION.write(value, Names())} »"
    if name == "quotient" and value != UNKNOWN:
        return show_quotient(value)
    return f"« {getattr(value, 'label', value)} »"


def _say_days(value: Any) -> str:
    if isinstance(value, int):
        return f"{value} jour{'s' if value > 1 else ''}"
    days = days_of(value) if value and isinstance(value[0], Span) else list(value)
    return f"{len(days)} ({list_days(days)})" if days else "aucun"


# -- a whole file ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checked:
    """A file read with its examples: what it says, and everything wrong with it."""

    root: Node
    reglement: Reglement | None
    examples: tuple[Example, ...]
    problems: tuple[Any, ...]


def check_file(root: Node) -> Checked:
    """Read everything of a file; its examples are read, not run."""
    reglement, problems = read_reglement(root)
    if reglement is None:
        report = Report()
        read_examples(examples_of(root, report), report)
        return Checked(root, None, (), (*problems, *report.in_order()))
    report = Report(names=reglement.names)
    examples = read_examples(reglement.examples, report)
    return Checked(root, reglement, tuple(examples), tuple(report.in_order()))
