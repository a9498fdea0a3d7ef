"""Laws that every absence policy obeys, whatever its settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.absences import AbsencePolicy, AbsenceRuling, Claim, judge_absence, judge_claim
from rules.instants import at_minute
from rules.vocabulary import AbsenceReason, AbsenceUnit, CountedFrom, LateNotice, ProofKind
from tests.rules.villars import LUNCH, calendar

TOWN = calendar()
NOON = 12 * 60
SECOND = timedelta(seconds=1)
day_units = st.sampled_from([unit for unit in AbsenceUnit if unit is not AbsenceUnit.HOURS])

policies = st.builds(
    AbsencePolicy,
    first=st.just(date(2020, 1, 1)),
    last=st.none(),
    id=st.none(),
    activity_id=st.none(),
    position=st.integers(0, 9),
    reasons=st.frozensets(st.sampled_from(AbsenceReason), max_size=2),
    min_days=st.none() | st.integers(1, 4),
    max_days=st.none() | st.integers(4, 9),
    length_unit=day_units,
    never=st.booleans(),
    proofs=st.frozensets(st.sampled_from(ProofKind), max_size=2),
    window_amount=st.none() | st.integers(0, 20),
    window_unit=st.sampled_from([unit for unit in AbsenceUnit if unit is not AbsenceUnit.BOOKED]),
    window_minute=st.integers(0, 1440),
    counted_from=st.sampled_from(CountedFrom),
    notice_minute=st.none() | st.integers(0, 1440),
    notice_days=st.integers(0, 2),
    late_notice=st.sampled_from(LateNotice),
    carence_amount=st.integers(0, 4),
    carence_unit=day_units,
    yearly_days=st.none() | st.integers(0, 5),
)


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    first = draw(st.dates(date(2026, 9, 1), date(2027, 5, 20)))
    length = draw(st.integers(1, 12))
    span = [first + timedelta(days=n) for n in range(length)]
    days = draw(st.sets(st.sampled_from(span), min_size=1))
    received = at_minute(first, draw(st.integers(-3 * 1440, 30 * 1440)))
    told = draw(st.none() | st.integers(0, 5 * 1440).map(lambda n: received - timedelta(minutes=n)))
    return Claim(
        days=tuple(sorted(days)),
        reason=draw(st.sampled_from(AbsenceReason)),
        received_at=received,
        proof=draw(st.sampled_from(ProofKind)),
        told_at=told,
        first=first,
        last=span[-1],
    )


def ruled(policy: AbsencePolicy, claim: Claim) -> AbsenceRuling:
    return judge_absence(policy, claim, TOWN, LUNCH, NOON)


@given(policies, claims())
def test_every_day_is_freed_or_due_with_a_reason_and_never_both(policy: AbsencePolicy, claim: Claim) -> None:
    ruling = ruled(policy, claim)
    assert sorted([*ruling.freed, *ruling.due]) == sorted(claim.days)
    assert all(why.endswith(".") for why in ruling.due.values())
    assert (ruling.refused_because is None) is bool(ruling.freed)


@given(policies, claims(), st.integers(1, 20 * 1440))
def test_sooner_never_frees_less(policy: AbsencePolicy, claim: Claim, minutes: int) -> None:
    """Justified and told earlier, an absence frees at least as many days."""
    sooner = timedelta(minutes=minutes)
    told = claim.told_at or claim.received_at
    early = replace(claim, received_at=claim.received_at - sooner, told_at=told - sooner)
    assert len(ruled(policy, claim).freed) <= len(ruled(policy, early).freed)


@given(policies, claims())
def test_asking_less_never_frees_more(policy: AbsencePolicy, claim: Claim) -> None:
    """Each condition taken away frees at least as many days."""
    freed = set(ruled(policy, claim).freed)
    assert freed <= set(ruled(replace(policy, yearly_days=None), claim).freed)
    policy = replace(policy, yearly_days=None)  # a limit on the number of days moves from one to another
    freed = set(ruled(policy, claim).freed)
    for lighter in (
        replace(policy, carence_amount=0),
        replace(policy, notice_minute=None),
        replace(policy, window_amount=None),
        replace(policy, proofs=frozenset()),
        replace(policy, reasons=frozenset()),
        replace(policy, min_days=None, max_days=None),
    ):
        assert freed <= set(ruled(lighter, claim).freed)


@given(policies, claims())
def test_the_limit_is_exact_to_the_second(policy: AbsencePolicy, claim: Claim) -> None:
    """One second before a day's limit its proof is in time, at the limit it is not."""
    bare = replace(policy, notice_minute=None, carence_amount=0, yearly_days=None)
    if policy.needs_proof:
        claim = replace(claim, proof=min(policy.proofs))
    for day, limit in ruled(bare, claim).limits.items():
        assert day not in ruled(bare, replace(claim, received_at=limit)).freed
        before = ruled(bare, replace(claim, received_at=limit - SECOND))
        assert day in before.freed or before.refused_because == before.due[day]


@given(policies, claims())
def test_never_is_never_and_no_policy_is_no_deduction(policy: AbsencePolicy, claim: Claim) -> None:
    assert ruled(replace(policy, never=True), claim).freed == ()
    assert judge_claim([], claim, TOWN, LUNCH).freed == ()


@given(st.lists(policies, max_size=4), claims())
def test_the_first_policy_that_takes_the_absence_decides(several: list[AbsencePolicy], claim: Claim) -> None:
    """The others change nothing."""
    ruling = judge_claim(several, claim, TOWN, LUNCH, NOON)
    alone = [judge_claim([each], claim, TOWN, LUNCH, NOON) for each in several]
    if ruling.freed:
        assert ruling.freed in [each.freed for each in alone]
    ordered = sorted(several, key=lambda each: each.position)
    assert ruling == judge_claim(ordered, claim, TOWN, LUNCH, NOON)
