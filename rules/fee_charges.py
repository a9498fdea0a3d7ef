"""Which yearly fees the days and enrolments of a bill owe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rules.charge_explanations import FeeExplanation
from rules.charges import Billed, Charge, ChargeKey
from rules.fees import Fee
from rules.ground import DayUse, Ground, Signing, is_resident
from rules.periods import period_start
from rules.vocabulary import ChargeKind, FeeOccasion, Per, PerWhom


def fees_due(
    uses: Iterable[DayUse], signings: Iterable[Signing], ground: Ground, billed: Billed
) -> list[Charge]:
    """The fees whose occasion came, each once per school year for the child or the family.

    `uses` are the days to bill: the first of a school year owes a fee of the first bill.
    """
    if not ground.fees:
        return []
    found: dict[ChargeKey, Charge] = {}
    for seen in sorted(
        _occasions(uses, signings), key=lambda each: (each.day, each.family_id, each.child_id)
    ):
        for fee in ground.fees:
            charge = _charge(fee, seen) if _owes(fee, seen, ground) else None
            if charge is not None and charge.key not in billed:
                found.setdefault(charge.key, charge)
    return list(found.values())


def _occasions(uses: Iterable[DayUse], signings: Iterable[Signing]) -> Iterator[DayUse | Signing]:
    """One day per child, activity and month is enough to owe a fee."""
    first: dict[tuple[object, ...], DayUse] = {}
    for use in uses:
        key = (use.family_id, use.child_id, use.activity_id, use.day.replace(day=1))
        if key not in first or use.day < first[key].day:
            first[key] = use
    yield from first.values()
    yield from signings


def _owes(fee: Fee, seen: DayUse | Signing, ground: Ground) -> bool:
    if not fee.covers(seen.day) or not _concerns(fee, seen.activity_id, ground):
        return False
    if fee.resident is not None:
        history = ground.residents.get(seen.family_id, ())
        if is_resident(history, seen.day) != fee.resident:
            return False
    if isinstance(seen, DayUse):
        return fee.occasion == FeeOccasion.FIRST_BILL
    if fee.occasion == FeeOccasion.LATE_ENROLMENT:
        return seen.late or (seen.recorded_on is not None and seen.recorded_on > fee.first)
    return fee.occasion == FeeOccasion.ENROLMENT


def _concerns(fee: Fee, activity_id: int, ground: Ground) -> bool:
    if fee.activity_id is not None:
        return fee.activity_id == activity_id
    return fee.service_id is None or fee.service_id == ground.service_of(activity_id)


def _charge(fee: Fee, seen: DayUse | Signing) -> Charge:
    year = period_start(Per.YEAR, seen.day)
    child_id = seen.child_id if fee.per_whom == PerWhom.CHILD else None
    told = FeeExplanation(
        name=fee.name,
        amount_cents=fee.amount_cents,
        per_whom=fee.per_whom,
        occasion=fee.occasion,
        school_year=year.year,
    )
    return Charge(
        key=ChargeKey(ChargeKind.FEE, f"fee:{fee.name}", seen.family_id, child_id, year),
        month=seen.day.replace(day=1),
        activity_id=None,
        label=fee.name,
        amount_cents=fee.amount_cents,
        explanation=told.to_json(),
    )
