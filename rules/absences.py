"""Which days of an absence the commune takes off: pure, dated, composed of small settings.

An activity has its absence policies in order; the first that is in force on the first day, takes
the reason and the length of the absence, decides. It may ask for a proof within a window, for a notice
before a time, keep the first days due (carence), or never take anything off.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from rules.instants import ONE_DAY, at_minute, monday_of, paris, to_utc
from rules.money import NBSP
from rules.refusals import Refused
from rules.school_calendar import Place, SchoolCalendar
from rules.vocabulary import AbsenceReason, AbsenceUnit, CountedFrom, LateNotice, ProofKind
from rules.wording import day_and_month, long_instant

END_OF_DAY = 1440
SATURDAY = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsencePolicy:
    """What the règlement says of some absences from an activity; one that makes no sense is refused.

    first, last: the first days of absence it is about, both included (no last: until further notice).
    position: the first policy that matches decides.
    reasons: those it takes (empty: all). min_days, max_days, length_unit: the lengths of absence
    it takes, bounds included: « plus de 7 jours consécutifs » is min_days 8 in calendar days.
    never: nothing is taken off, whatever is shown.
    proofs: any of them is enough; NONE among them (or no proof named): the family's word is enough.
    window_amount, window_unit, window_minute, counted_from: the time to show it. Days end at
    window_minute of the last one (1439 and 1440: its end; « 15 jours » leaves the fifteenth open to its
    end); hours run from the start of the activity. No amount: no limit.
    notice_minute, notice_days: tell before that time, so many calendar days before the first day
    booked (0: the same day), else `late_notice` says what is lost. No minute: no notice asked.
    carence_amount, carence_unit: so many first days stay due.
    yearly_days: at most so many days taken off in a school year, for a child and an activity.
    """

    first: date
    last: date | None = None
    id: int | None = None
    activity_id: int | None = None
    position: int = 0
    reasons: frozenset[AbsenceReason] = frozenset()
    min_days: int | None = None
    max_days: int | None = None
    length_unit: AbsenceUnit = AbsenceUnit.CALENDAR
    never: bool = False
    proofs: frozenset[ProofKind] = frozenset()
    window_amount: int | None = None
    window_unit: AbsenceUnit = AbsenceUnit.CALENDAR
    window_minute: int = END_OF_DAY
    counted_from: CountedFrom = CountedFrom.EACH_DAY
    notice_minute: int | None = None
    notice_days: int = 0
    late_notice: LateNotice = LateNotice.NOTHING
    carence_amount: int = 0
    carence_unit: AbsenceUnit = AbsenceUnit.BOOKED
    yearly_days: int | None = None

    def __post_init__(self) -> None:
        _check(self)

    def covers(self, day: date) -> bool:
        """Whether it is in force for an absence that starts on that day."""
        return self.first <= day and (self.last is None or day <= self.last)

    @property
    def needs_proof(self) -> bool:
        return bool(self.proofs) and ProofKind.NONE not in self.proofs


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a family says of an absence.

    days: the booked days of the activity it asks for, past or coming. first, last: the absence
    itself when it is longer (a certificate from Saturday to Friday). received_at: when the
    claim arrived with its proof. told_at: when the family first said so (by default the same instant).
    """

    days: tuple[date, ...]
    reason: AbsenceReason
    received_at: datetime
    proof: ProofKind = ProofKind.NONE
    told_at: datetime | None = None
    first: date | None = None
    last: date | None = None

    @property
    def first_day(self) -> date:
        return self.first or min(self.days)

    @property
    def last_day(self) -> date:
        return self.last or max(self.days)


@dataclass(frozen=True, slots=True)
class AbsenceRuling:
    """What a policy does with a claim, day by day.

    freed: the days taken off. due: the others, each with its reason (a full sentence).
    refused_because: why nothing at all is taken off. limits: for each day, the first instant
    that is too late to justify it (a day without a limit is not there).
    """

    freed: tuple[date, ...]
    due: Mapping[date, str]
    refused_because: str | None = None
    limits: Mapping[date, datetime] = field(default_factory=dict)

    @property
    def last_days(self) -> dict[date, date]:
        """For each day, the last day on which it can be justified."""
        return {day: last_day_before(limit) for day, limit in self.limits.items()}


def policy_for(
    policies: Sequence[AbsencePolicy], claim: Claim, calendar: SchoolCalendar, place: Place
) -> AbsencePolicy | None:
    """The first policy, in order of position, that takes that absence; None when none does."""
    takers = _about_reason(policies, claim)
    return next((each for each in takers if _takes_length(each, claim, calendar, place)), None)


def judge_claim(
    policies: Sequence[AbsencePolicy],
    claim: Claim,
    calendar: SchoolCalendar,
    place: Place,
    starts_at: int = 0,
    already: int = 0,
) -> AbsenceRuling:
    """What the activity's policies do with a claim; when none takes that absence, all stays due."""
    policy = policy_for(policies, claim, calendar, place)
    if policy is None:
        return _nothing(claim, _no_policy(policies, claim))
    return judge_absence(policy, claim, calendar, place, starts_at, already)


def judge_absence(
    policy: AbsencePolicy,
    claim: Claim,
    calendar: SchoolCalendar,
    place: Place,
    starts_at: int = 0,
    already: int = 0,
) -> AbsenceRuling:
    """Which days of the claim this policy takes off, and why the others stay due.

    `starts_at` is the minute of the day when the activity starts (windows in hours run from it);
    `already`, how many days were taken off for that child and activity in the school year.
    A proof is too late from its limit on; a notice likewise. What is never taken off has no limit.
    """
    limits = {} if policy.never else _limits(policy, claim, calendar, place, starts_at)
    against = _against_all(policy, claim, calendar, place)
    if against:
        return _nothing(claim, against, limits)
    due: dict[date, str] = {}
    for day in sorted(set(claim.days)):
        why = _too_late(day, limits.get(day), claim.received_at) or _told_late(policy, claim, day)
        if why:
            due[day] = why
    _keep_first_days(policy, claim, calendar, place, due)
    _keep_beyond(policy, claim, already, due)
    freed = tuple(day for day in sorted(set(claim.days)) if day not in due)
    refused = None if freed else " ".join(dict.fromkeys(due[day] for day in sorted(due)))
    return AbsenceRuling(freed, due, refused, limits)


def limit_to_justify(
    policy: AbsencePolicy,
    day: date,
    calendar: SchoolCalendar,
    place: Place,
    starts_at: int = 0,
    *,
    first: date | None = None,
    last: date | None = None,
) -> datetime | None:
    """The first instant that is too late to justify that day of an absence (by default of one day).

    None when the policy sets no limit.
    """
    if policy.window_amount is None:
        return None
    anchor = _anchor(policy, day, first or day, last or day, calendar, place)
    if policy.window_unit is AbsenceUnit.HOURS:
        return paris(to_utc(at_minute(anchor, starts_at)) + timedelta(hours=policy.window_amount))
    final = _nth_after(policy.window_amount, anchor, policy.window_unit, calendar, place)
    return at_minute(final, _first_refused_minute(policy.window_minute))


def last_day_before(limit: datetime) -> date:
    """The last day with an instant before that one."""
    return paris(to_utc(limit) - timedelta(microseconds=1)).date()


# -- what concerns the whole claim ----------------------------------------------------


def _nothing(claim: Claim, why: str, limits: Mapping[date, datetime] | None = None) -> AbsenceRuling:
    return AbsenceRuling((), dict.fromkeys(sorted(set(claim.days)), why), why, limits or {})


def _about_reason(policies: Sequence[AbsencePolicy], claim: Claim) -> list[AbsencePolicy]:
    ordered = sorted(policies, key=lambda each: each.position)
    return [
        each
        for each in ordered
        if each.covers(claim.first_day) and (not each.reasons or claim.reason in each.reasons)
    ]


def _takes_length(policy: AbsencePolicy, claim: Claim, calendar: SchoolCalendar, place: Place) -> bool:
    length = sum(
        _counts(policy.length_unit, day, calendar, place, claim.days)
        for day in _days_between(claim.first_day, claim.last_day)
    )
    return (policy.min_days or 0) <= length and (policy.max_days is None or length <= policy.max_days)


def _no_policy(policies: Sequence[AbsencePolicy], claim: Claim) -> str:
    about = _about_reason(policies, claim)
    if about:
        return _of_another_length(about[0])
    if any(each.covers(claim.first_day) for each in policies):
        return f"Le règlement ne déduit pas les absences pour ce motif{NBSP}: {lower(claim.reason.label)}."
    return "Le règlement ne prévoit pas de déduire les absences."


def _of_another_length(policy: AbsencePolicy) -> str:
    bounds = [
        f"{word} {count_days(bound, policy.length_unit)}"
        for word, bound in (("d’au moins", policy.min_days), ("d’au plus", policy.max_days))
        if bound is not None
    ]
    return f"Le règlement ne déduit que les absences {' et '.join(bounds)}."


def _against_all(policy: AbsencePolicy, claim: Claim, calendar: SchoolCalendar, place: Place) -> str | None:
    if policy.reasons and claim.reason not in policy.reasons:
        return f"Le règlement ne déduit pas les absences pour ce motif{NBSP}: {lower(claim.reason.label)}."
    if not _takes_length(policy, claim, calendar, place):
        return _of_another_length(policy)
    if policy.never:
        return "Le règlement ne déduit aucune absence, quel qu’en soit le motif."
    if policy.needs_proof and claim.proof not in policy.proofs:
        return f"Il faut un justificatif{NBSP}: {say_proofs(policy.proofs)}."
    if policy.late_notice is LateNotice.NOTHING:
        return _told_late(policy, claim, min(claim.days))
    return None


# -- day by day ------------------------------------------------------------------------


def _limits(
    policy: AbsencePolicy, claim: Claim, calendar: SchoolCalendar, place: Place, starts_at: int
) -> dict[date, datetime]:
    first, last = claim.first_day, claim.last_day
    found = {
        day: limit_to_justify(policy, day, calendar, place, starts_at, first=first, last=last)
        for day in sorted(set(claim.days))
    }
    return {day: limit for day, limit in found.items() if limit is not None}


def _too_late(day: date, limit: datetime | None, received_at: datetime) -> str | None:
    if limit is None or to_utc(received_at) < to_utc(limit):
        return None
    return f"L’absence du {day_and_month(day)} pouvait être justifiée jusqu’au {long_instant(limit)}."


def _told_late(policy: AbsencePolicy, claim: Claim, day: date) -> str | None:
    """Why that day is not told in time; when the first is, so are the next ones."""
    if policy.notice_minute is None:
        return None
    notice_day = day - timedelta(days=policy.notice_days)
    limit = at_minute(notice_day, _first_refused_minute(policy.notice_minute))
    if to_utc(claim.told_at or claim.received_at) < to_utc(limit):
        return None
    return f"L’absence du {day_and_month(day)} était à signaler jusqu’au {long_instant(limit)}."


def _keep_first_days(
    policy: AbsencePolicy, claim: Claim, calendar: SchoolCalendar, place: Place, due: dict[date, str]
) -> None:
    """The carence: the first days stay due, from the first day of the absence that was told in time."""
    if not policy.carence_amount:
        return
    told = [day for day in sorted(set(claim.days)) if _told_late(policy, claim, day) is None]
    if not told:
        return
    start = claim.first_day if told[0] == min(claim.days) else told[0]
    kept = policy.carence_amount
    for day in _days_between(start, claim.last_day):
        if kept and _counts(policy.carence_unit, day, calendar, place, claim.days):
            kept -= 1
        elif not kept:
            return
        if day in claim.days:
            due.setdefault(day, _carence_sentence(policy))


def _keep_beyond(policy: AbsencePolicy, claim: Claim, already: int, due: dict[date, str]) -> None:
    """The yearly limit: the first days are taken off, the others stay due."""
    if policy.yearly_days is None:
        return
    left = max(policy.yearly_days - already, 0)
    for day in [day for day in sorted(set(claim.days)) if day not in due][left:]:
        counted = count_days(policy.yearly_days, AbsenceUnit.BOOKED)
        due[day] = f"Le règlement déduit {counted} au plus par année scolaire."


def _carence_sentence(policy: AbsencePolicy) -> str:
    if policy.carence_amount == 1:
        return "Le premier jour d’absence reste dû (délai de carence)."
    counted = count_days(policy.carence_amount, policy.carence_unit)
    return f"Les {counted.replace(' ', ' premiers ', 1)} d’absence restent dus (délai de carence)."


# -- counting --------------------------------------------------------------------------


def _anchor(
    policy: AbsencePolicy, day: date, first: date, last: date, calendar: SchoolCalendar, place: Place
) -> date:
    if policy.counted_from is CountedFrom.WEEK_END:
        return monday_of(day) + 6 * ONE_DAY
    if policy.counted_from is CountedFrom.MONTH_END:
        return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - ONE_DAY
    if policy.counted_from is CountedFrom.RETURN:
        return calendar.next_service_day(last, place) or last + ONE_DAY
    return {CountedFrom.FIRST_DAY: first, CountedFrom.LAST_DAY: last}.get(policy.counted_from, day)


def _nth_after(amount: int, anchor: date, unit: AbsenceUnit, calendar: SchoolCalendar, place: Place) -> date:
    if unit is AbsenceUnit.CALENDAR:
        return anchor + timedelta(days=amount)
    day = anchor
    while amount:
        day += ONE_DAY
        amount -= _counts(unit, day, calendar, place, ())
    return day


def _counts(
    unit: AbsenceUnit, day: date, calendar: SchoolCalendar, place: Place, booked: Sequence[date]
) -> bool:
    if unit is AbsenceUnit.BOOKED:
        return day in booked
    if unit is AbsenceUnit.CALENDAR:
        return True
    if unit is AbsenceUnit.WORKABLE:
        return day.isoweekday() <= SATURDAY and not calendar.is_public_holiday(day)
    if unit is AbsenceUnit.SERVICE and not _is_unknown(day, calendar):
        return calendar.is_service_day(day, place)
    return day.isoweekday() < SATURDAY and not calendar.is_public_holiday(day)


def _is_unknown(day: date, calendar: SchoolCalendar) -> bool:
    """Outside the known school years, working days stand for the days of service."""
    return calendar.precedes_all_years(day) or day > calendar.years[-1].last


def _days_between(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def _first_refused_minute(minute: int) -> int:
    return END_OF_DAY if minute >= END_OF_DAY - 1 else minute


def lower(label: str) -> str:
    """A label within a sentence."""
    return f"{label[0].lower()}{label[1:]}"


# -- in French --------------------------------------------------------------------------


def count_days(amount: int, unit: AbsenceUnit) -> str:
    """`1 jour ouvré`, `15 jours calendaires`, `48 heures`."""
    if amount > 1:
        return f"{amount} {unit.label}"
    return f"{amount} {' '.join(word.removesuffix('s') for word in unit.label.split(' '))}"


def say_proofs(proofs: Collection[ProofKind]) -> str:
    """`certificat médical ou mot de l’école`."""
    return " ou ".join(lower(kind.label) for kind in ProofKind if kind in proofs)


# -- what makes no sense ------------------------------------------------------------------


def _check(policy: AbsencePolicy) -> None:
    if policy.last is not None and policy.last < policy.first:
        raise Refused("La règle finit avant d’avoir commencé.", "last")
    _check_counts(policy)
    _check_length(policy)
    for name in ("window_minute", "notice_minute"):
        minute = getattr(policy, name)
        if minute is not None and not 0 <= minute <= END_OF_DAY:
            raise Refused("Donnez une heure de 0 h à 24 h.", name)


def _check_counts(policy: AbsencePolicy) -> None:
    for name in ("window_amount", "notice_days", "carence_amount", "yearly_days"):
        if (getattr(policy, name) or 0) < 0:
            raise Refused("Donnez un nombre positif.", name)
    if policy.window_unit is AbsenceUnit.BOOKED:
        raise Refused("Le délai pour justifier ne se compte pas en jours réservés.", "window_unit")
    if policy.carence_unit is AbsenceUnit.HOURS:
        raise Refused("La carence ne se compte pas en heures.", "carence_unit")


def _check_length(policy: AbsencePolicy) -> None:
    if policy.length_unit is AbsenceUnit.HOURS:
        raise Refused("La durée d’une absence ne se compte pas en heures.", "length_unit")
    for name in ("min_days", "max_days"):
        bound = getattr(policy, name)
        if bound is not None and bound < 1:
            raise Refused("Une absence dure au moins un jour.", name)
    if policy.min_days and policy.max_days and policy.max_days < policy.min_days:
        raise Refused("La durée maximale est plus courte que la durée minimale.", "max_days")
