"""What an agent must look at before issuing a month: sentences, never decisions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import NamedTuple

from rules.billing import Bill, Line
from rules.money import NBSP, format_cents
from rules.vocabulary import AnomalyKind
from rules.wording import list_days

UNUSUAL_FROM_CENTS = 50_00  # a bill up to this amount is never called unusual
LONGEST_SENTENCE = 300  # what the table of anomalies holds
UNUSUAL_TIMES = 2  # more than so many times last month's


class Anomaly(NamedTuple):
    kind: AnomalyKind
    family_id: int | None
    sentence: str


class SessionWithoutSheet(NamedTuple):
    """A day of service whose attendance nobody closed; `group` names the class or the school."""

    activity: str
    group: str
    day: date


class PresentWithoutHours(NamedTuple):
    """A child present, where the hours make the price, whose hours nobody noted."""

    activity: str
    school: str
    day: date


class ClaimWaiting(NamedTuple):
    """A claim that nobody has decided: its days are about to be billed, or are already."""

    family_id: int
    number: str
    child: str
    days: tuple[date, ...]


class BookedWithoutSchool(NamedTuple):
    """A booked day about to be billed on which the child goes to no school of the commune."""

    family_id: int
    child: str
    activity: str
    day: date


def anomalies(
    bills: Iterable[Bill],
    previous_totals: Mapping[int, int],
    *,
    family_names: Mapping[int, str],
    without_payer: Collection[int] = frozenset(),
    sessions_without_sheet: Iterable[SessionWithoutSheet] = (),
    present_without_hours: Iterable[PresentWithoutHours] = (),
    booked_without_school: Iterable[BookedWithoutSchool] = (),
    claims_waiting: Iterable[ClaimWaiting] = (),
) -> list[Anomaly]:
    """All that looks wrong in a month about to be issued.

    `previous_totals` (cents) holds the families that were billed last month, and no other;
    `family_names` are written as a sentence starts: « Famille Martin ».
    """
    by_group = groupby(sorted(sessions_without_sheet), key=lambda s: (s.activity, s.group))
    found = [_no_sheet(*where, [session.day for session in missing]) for where, missing in by_group]
    by_school = groupby(sorted(present_without_hours), key=lambda p: (p.activity, p.school))
    found += [_no_hours(*where, [present.day for present in those]) for where, those in by_school]
    astray = _by_family(booked_without_school)
    for bill in bills:
        name = family_names.get(bill.family_id, f"Famille n°{NBSP}{bill.family_id}")
        previous = previous_totals.get(bill.family_id)
        for kind, what in _of_bill(bill, previous, bill.family_id in without_payer):
            found.append(Anomaly(kind, bill.family_id, f"{name}{NBSP}: {what}."))
        found += _no_school(bill.family_id, name, astray.get(bill.family_id, ()))
    return found + [_claim(each, family_names) for each in sorted(claims_waiting)]


def _of_bill(bill: Bill, previous: int | None, has_no_payer: bool) -> Iterator[tuple[AnomalyKind, str]]:
    if has_no_payer:
        yield AnomalyKind.NO_PAYER, "aucun payeur n’est désigné, la facture ne peut pas être émise"
    if any(_lacks_quotient(line) for line in bill.lines):
        yield AnomalyKind.NO_QUOTIENT, "quotient familial inconnu, le tarif sans quotient s’applique"
    total = format_cents(bill.total_cents)
    if is_unusual(bill.total_cents, previous):
        before = format_cents(previous or 0)
        yield AnomalyKind.UNUSUAL_AMOUNT, f"{total}, plus du double du mois précédent ({before})"
    if bill.total_cents < 0:
        yield AnomalyKind.NEGATIVE_TOTAL, f"total négatif ({total}), à déduire de la facture suivante"


def _lacks_quotient(line: Line) -> bool:
    told = line.explanation
    return told is not None and "quotient" in told.get("depends_on", ()) and told["quotient"] is None


def is_unusual(total_cents: int, previous_cents: int | None) -> bool:
    """More than 50 € and more than double last month; without a last month, nothing to compare."""
    if previous_cents is None or total_cents <= UNUSUAL_FROM_CENTS:
        return False
    return total_cents > UNUSUAL_TIMES * previous_cents


def _by_family(days: Iterable[BookedWithoutSchool]) -> dict[int, list[BookedWithoutSchool]]:
    ordered = groupby(sorted(days), key=lambda each: each.family_id)
    return {family_id: list(those) for family_id, those in ordered}


def _no_school(family_id: int, name: str, days: Iterable[BookedWithoutSchool]) -> Iterator[Anomaly]:
    """One sentence for all the days of a child in an activity; they are billed unless somebody acts."""
    for (child, activity), those in groupby(days, key=lambda each: (each.child, each.activity)):
        what = f"{name}{NBSP}: {child}, {activity}, réservé sans école"
        booked = [each.day for each in those]
        sentence = _fitting(f"{what} {list_days(booked)}.", f"{what}, {len(booked)} jours.")
        yield Anomaly(AnomalyKind.NO_SCHOOL, family_id, sentence)


def _claim(waiting: ClaimWaiting, family_names: Mapping[int, str]) -> Anomaly:
    name = family_names.get(waiting.family_id, f"Famille n°{NBSP}{waiting.family_id}")
    what = f"{name}{NBSP}: {waiting.child}, absence à examiner ({waiting.number})"
    sentence = _fitting(f"{what}, {list_days(waiting.days)}.", f"{what}, {len(waiting.days)} jours.")
    return Anomaly(AnomalyKind.CLAIM_WAITING, waiting.family_id, sentence)


def _fitting(sentence: str, shorter: str) -> str:
    return sentence if len(sentence) <= LONGEST_SENTENCE else shorter[:LONGEST_SENTENCE]


def _no_sheet(activity: str, group: str, days: list[date]) -> Anomaly:
    """One sentence for all the days that a class or a school lacks, not one a day."""
    what = f"{activity}, {group}{NBSP}: aucune feuille de présence close"
    sentence = _fitting(f"{what} {list_days(days)}.", f"{what}, {len(days)} jours.")
    return Anomaly(AnomalyKind.NO_SHEET, None, sentence)


def _no_hours(activity: str, school: str, days: list[date]) -> Anomaly:
    """One sentence for all the children and days of a school: `days` holds one for each child."""
    many, different = len(days), sorted(set(days))
    what = f"{activity}, {school}{NBSP}: {many} présence{'s' if many > 1 else ''} sans heure notée"
    sentence = _fitting(f"{what} {list_days(different)}.", f"{what}, sur {len(different)} jours.")
    return Anomaly(AnomalyKind.NO_HOURS, None, sentence)
