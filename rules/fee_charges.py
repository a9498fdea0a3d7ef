"""Which yearly fees the days and enrolments of a bill owe."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from rules.charge_explanations import FeeExplanation
from rules.charges import Billed, Charge, ChargeKey
from rules.fees import Fee
from rules.ground import DayUse, Ground, Signing, is_resident
from rules.periods import period_start
from rules.siblings import household
from rules.vocabulary import ChargeKind, FeeOccasion, Per, PerWhom


def fees_due(
    uses: Iterable[DayUse], signings: Iterable[Signing], ground: Ground, billed: Billed
) -> list[Charge]:
    """The fees whose occasion came, each once per school year for the child or the family.

    `uses` are the days to bill: the first of a school year owes a fee of the first bill. What a family owes
    under the name of a fee, billed before or not, stops at the fee's maximum.
    """
    if not ground.fees:
        return []
    seen_days = sorted(_occasions(uses, signings), key=lambda each: (each.day, each.family_id, each.child_id))
    came: dict[int, set[int]] = defaultdict(set)
    for seen in seen_days:
        came[seen.family_id].add(seen.child_id)
    owed = _owed_before(ground.fees, billed)
    found: dict[ChargeKey, Charge | None] = {}
    for seen in seen_days:
        for fee in ground.fees:
            key = _key(fee, seen)
            if key in billed or key in found or not _owes(fee, seen, ground, came[seen.family_id]):
                continue
            charge = found[key] = _charge(fee, key, seen, owed[_together(key)])
            owed[_together(key)] += charge.amount_cents if charge else 0
    return [charge for charge in found.values() if charge is not None]


Together = tuple[str, int, date]  # what one maximum counts: the name of a fee, a family, a school year


def _together(key: ChargeKey) -> Together:
    return key.subject, key.family_id, key.first


def _owed_before(fees: Iterable[Fee], billed: Billed) -> dict[Together, int]:
    """What each family was billed under each name; nothing is read when no fee has a maximum."""
    owed: dict[Together, int] = defaultdict(int)
    if any(fee.family_max_cents is not None for fee in fees):
        for key, cents in billed.items():
            if key.kind == ChargeKind.FEE:
                owed[_together(key)] += cents
    return owed


def _occasions(uses: Iterable[DayUse], signings: Iterable[Signing]) -> Iterator[DayUse | Signing]:
    """One day per child, activity and month is enough to owe a fee."""
    first: dict[tuple[object, ...], DayUse] = {}
    for use in uses:
        key = (use.family_id, use.child_id, use.activity_id, use.day.replace(day=1))
        if key not in first or use.day < first[key].day:
            first[key] = use
    yield from first.values()
    yield from signings


def _owes(fee: Fee, seen: DayUse | Signing, ground: Ground, came: Iterable[int]) -> bool:
    if not fee.covers(seen.day) or not _concerns(fee, seen.activity_id, ground):
        return False
    if fee.ranked and not fee.takes_rank(household(ground, seen, came).index(seen.child_id) + 1):
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


def _key(fee: Fee, seen: DayUse | Signing) -> ChargeKey:
    child_id = seen.child_id if fee.per_whom == PerWhom.CHILD else None
    year = period_start(Per.YEAR, seen.day)
    return ChargeKey(ChargeKind.FEE, f"fee:{fee.name}", seen.family_id, child_id, year)


def _charge(fee: Fee, key: ChargeKey, seen: DayUse | Signing, owed_cents: int) -> Charge | None:
    """The fee, or what the maximum leaves of it; None when it leaves nothing."""
    told = FeeExplanation(
        name=fee.name,
        amount_cents=fee.amount_cents,
        per_whom=fee.per_whom,
        occasion=fee.occasion,
        school_year=key.first.year,
        family_max_cents=fee.family_max_cents,
        already_cents=owed_cents if fee.family_max_cents is not None else 0,
    )
    if fee.amount_cents and not told.due_cents:
        return None
    return Charge(
        key=key,
        month=seen.day.replace(day=1),
        activity_id=None,
        label=fee.name,
        amount_cents=told.due_cents,
        explanation=told.to_json(),
    )
