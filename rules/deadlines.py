"""Until when a day can be booked or cancelled: one engine for the pages, the POSTs and the tests.

A cut-off is the *first refused instant*, Paris time. A configured 23:59 or 24:00 means the whole
minute: the first refused instant is 00:00:00 of the next day. Any other time is itself the first
refused instant ("avant 10 h" refuses 10:00:00), unless the rule is inclusive: then the whole named
minute is accepted, and 10:01:00 is the first refused instant.

A cut-off never comes after the activity has started, unless its rule says so. An opening is the
*first accepted instant*; it limits bookings only. Both are sought separately, in order of position:
the first rule of that bound whose dates and conditions match.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rules.deadline_kinds import Service, days_back, instant_of, limit_minute
from rules.deadline_rules import DeadlineRule
from rules.deadline_words import in_words
from rules.instants import ONE_DAY, at_minute, local_midnight, monday_of, to_utc
from rules.refusals import Refused
from rules.school_calendar import Place, SchoolCalendar
from rules.vocabulary import AfterHolidays, Bound, Change, DayUnit, DeadlineKind, Regime, WhenLate
from rules.wording import day_and_month, long_instant, moment, of_month, short_date

__all__ = [
    "Circumstances",
    "DeadlineRule",
    "Terms",
    "Verdict",
    "comes_freely",
    "cutoff",
    "in_words",
    "judge",
    "late_until",
    "matches",
    "needs_booking",
    "opening",
    "rule_for",
]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who changes a day, as far as the règlement cares; what is not known meets no condition on it.

    regime, resident: on the day of service. arrived_on: the child's first day in the commune's schools.
    """

    place: Place
    regime: Regime | None = None
    resident: bool | None = None
    arrived_on: date | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What an activity says of its days: its rules, its hours, and its grace for newcomers.

    `noun` names what is booked, with its article (`Les repas`, `La garderie du soir`).
    grace_days: as many days of service from a child's arrival have no cut-off but the start.
    """

    rules: Sequence[DeadlineRule]
    starts_at: int = 12 * 60
    grace_days: int = 0
    noun: str = "Les repas"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a change of a day is allowed now.

    `late` tells a change past its cut-off (accepted at the late price, or refused to parents while
    staff may excuse it) from one that nobody can make: closed day, not open yet, no booking, no rule.
    `why` is a full sentence, given for every refusal and every late change; `cutoff` is None when
    the rules set none; `opens` is given when it is too early.
    """

    allowed: bool
    late: bool
    cutoff: datetime | None
    why: str | None
    opens: datetime | None = None


# -- which rule -------------------------------------------------------------------------


def rule_for(
    rules: Sequence[DeadlineRule], change: Change, day: date, calendar: SchoolCalendar, who: Circumstances
) -> DeadlineRule:
    """The first closing rule, in order of position, whose dates and conditions match that service day.

    Refused when none matches: what no rule provides for (cancelling, for instance) is not possible.
    """
    rule = _first(rules, Bound.CLOSES, change, day, calendar, who)
    if rule is not None:
        return rule
    verb = "réserver" if change is Change.BOOK else "annuler"
    raise Refused(
        f"Le règlement ne prévoit pas de pouvoir {verb} le {day_and_month(day)} : "
        "adressez-vous au service Éducation."
    )


def _first(
    rules: Sequence[DeadlineRule],
    bound: Bound,
    change: Change,
    day: date,
    calendar: SchoolCalendar,
    who: Circumstances,
) -> DeadlineRule | None:
    for rule in sorted(rules, key=lambda each: each.position):
        applies = rule.bound is bound and rule.change in (None, change) and rule.concerns(day)
        if applies and matches(rule, day, calendar, who):
            return rule
    return None


def matches(rule: DeadlineRule, day: date, calendar: SchoolCalendar, who: Circumstances) -> bool:
    """Whether the child meets every condition of the rule, on a day that the rule concerns."""
    return (
        (not rule.levels or who.place.level in rule.levels)
        and (not rule.school_ids or who.place.school_id in rule.school_ids)
        and rule.regime in (None, who.regime)
        and rule.resident in (None, who.resident)
        and _matches_holidays(rule, day, calendar, who.place)
    )


def _matches_holidays(rule: DeadlineRule, day: date, calendar: SchoolCalendar, place: Place) -> bool:
    if rule.after_holidays is AfterHolidays.FIRST_DAY:
        return calendar.is_first_after_holidays(day, place)
    if rule.after_holidays is AfterHolidays.FIRST_WEEK:
        return calendar.is_in_first_week_after_holidays(day, place)
    return True


def comes_freely(
    rules: Sequence[DeadlineRule], day: date, calendar: SchoolCalendar, who: Circumstances
) -> bool:
    """Whether that child just comes that day, without booking: the rule it meets says `none`."""
    rule = _first(rules, Bound.CLOSES, Change.BOOK, day, calendar, who)
    return rule is not None and rule.kind is DeadlineKind.NONE


def needs_booking(rules: Sequence[DeadlineRule], day: date) -> bool:
    """Whether the activity is booked at all that day, be it by some children only.

    By the first closing rule that is about everybody; a rule of some children who book is enough.
    """
    found = [rule for rule in sorted(rules, key=lambda each: each.position) if _books(rule, day)]
    for rule in found:
        if rule.kind is not DeadlineKind.NONE:
            return True
        if not rule.is_about_some():
            return False
    return not found


def _books(rule: DeadlineRule, day: date) -> bool:
    return rule.bound is Bound.CLOSES and rule.change in (None, Change.BOOK) and rule.concerns(day)


# -- which instant ----------------------------------------------------------------------


def cutoff(
    rule: DeadlineRule, day: date, calendar: SchoolCalendar, place: Place, starts_at: int
) -> datetime | None:
    """The first refused instant for that day of service, Paris time; None when the rule sets none.

    Never later than the start of the activity (`starts_at`, a minute of that day), or than the end
    of the day for a rule that may go past the start. Refused when the calendar lacks what it needs.
    """
    service = Service(day, calendar, place, starts_at)
    named = instant_of(rule, service)
    if named is None:
        return None
    end = at_minute(day, 1440) if rule.after_start else service.start
    return min(named, end, key=to_utc)


def opening(
    rules: Sequence[DeadlineRule],
    day: date,
    calendar: SchoolCalendar,
    who: Circumstances,
    starts_at: int,
) -> datetime | None:
    """The first instant when that child may book that day; None when bookings are open from ever."""
    rule = _first(rules, Bound.OPENS, Change.BOOK, day, calendar, who)
    if rule is None:
        return None
    return instant_of(rule, Service(day, calendar, who.place, starts_at))


def late_until(rule: DeadlineRule, limit: datetime, service: Service) -> datetime:
    """Until when a late change is accepted (first refused instant), where the rule accepts any."""
    end = at_minute(service.day, 1440) if rule.after_start else service.start
    if rule.late_amount is None:
        midnight = local_midnight(service.day)
        return midnight if to_utc(limit) < to_utc(midnight) else end
    day = service.day
    if rule.late_amount:
        day = days_back(day, rule.late_amount, rule.late_unit or DayUnit.CALENDAR, service)
    return min(at_minute(day, limit_minute(rule, rule.late_minute)), end, key=to_utc)


# -- the verdict ------------------------------------------------------------------------


def judge(
    terms: Terms,
    change: Change,
    day: date,
    calendar: SchoolCalendar,
    who: Circumstances,
    now: datetime,
) -> Verdict:
    """Say whether a parent may book or cancel that day now, and if not, why."""
    closed = calendar.closed_because(day, who.place)
    if closed:
        return _never(f"Le {day_and_month(day)} n’est pas un jour de service ({closed}).")
    try:
        rule = rule_for(terms.rules, change, day, calendar, who)
        limit = _limit(rule, terms, day, calendar, who)
        opens = opening(terms.rules, day, calendar, who, terms.starts_at) if change is Change.BOOK else None
    except Refused as refusal:
        return _never(refusal.sentence)
    if rule.kind is DeadlineKind.NONE:
        return _never("Aucune réservation n’est nécessaire : il suffit de venir.")
    if limit is None:
        return Verdict(False, True, None, _chosen_once(terms.noun))
    in_time = to_utc(now) < to_utc(limit)
    still = in_time or rule.when_late is WhenLate.ACCEPT
    if still and opens is not None and to_utc(now) < to_utc(opens):
        return Verdict(False, False, limit, _too_early(terms.noun, day, opens), opens)
    if in_time:
        return Verdict(True, False, limit, None)
    return _late(rule, Service(day, calendar, who.place, terms.starts_at), limit, now, terms.noun)


def _limit(
    rule: DeadlineRule, terms: Terms, day: date, calendar: SchoolCalendar, who: Circumstances
) -> datetime | None:
    if rule.kind is not DeadlineKind.NONE and _is_newcomer(terms, day, calendar, who):
        return at_minute(day, terms.starts_at)
    return cutoff(rule, day, calendar, who.place, terms.starts_at)


def _is_newcomer(terms: Terms, day: date, calendar: SchoolCalendar, who: Circumstances) -> bool:
    """Whether that day is one of the child's first days of service here."""
    if not terms.grace_days or who.arrived_on is None or day < who.arrived_on:
        return False
    left, before = terms.grace_days - 1, day
    while left >= 0 and before > who.arrived_on:
        before -= ONE_DAY
        left -= calendar.is_service_day(before, who.place)
    return left >= 0


def _never(why: str) -> Verdict:
    return Verdict(False, False, None, why)


def _late(rule: DeadlineRule, service: Service, limit: datetime, now: datetime, noun: str) -> Verdict:
    missed = _missed(rule, service.day, limit, noun)
    if rule.when_late is WhenLate.REFUSE:
        return Verdict(False, True, limit, f"{missed}.")
    until = late_until(rule, limit, service)
    if to_utc(now) < to_utc(until):
        return Verdict(True, True, limit, f"{missed} : le tarif hors délai s’applique.")
    if rule.late_amount is None:
        began = f"Le {day_and_month(service.day)} a commencé : il n’est plus modifiable."
        return Verdict(False, True, limit, began)
    return Verdict(False, True, limit, f"{missed}, et hors délai jusqu’au {long_instant(until)}.")


def _chosen_once(noun: str) -> str:
    were = "sont choisis" if noun.startswith("Les ") else "est choisie"
    return (
        f"{noun} {were} pour l’année à l’inscription : pour en changer, adressez-vous au service Éducation."
    )


def _too_early(noun: str, day: date, opens: datetime) -> str:
    were = "se réserveront" if noun.startswith("Les ") else "se réservera"
    return f"{noun} du {day_and_month(day)} {were} à partir du {moment(opens)}."


def _missed(rule: DeadlineRule, day: date, limit: datetime, noun: str) -> str:
    """`Les repas de la semaine du 14 septembre étaient modifiables jusqu’au mercredi …`"""
    if rule.kind is DeadlineKind.WEEKLY:
        when = f"de la semaine du {short_date(monday_of(day))}"
    elif rule.day_of_month is not None:
        when = of_month(day)
    else:
        when = f"du {day_and_month(day)}"
    were, plural = ("étaient", "s") if noun.startswith("Les ") else ("était", "")
    return f"{noun} {when} {were} {_POSSIBLE[rule.change]}{plural} jusqu’au {long_instant(limit)}"


_POSSIBLE = {None: "modifiable", Change.BOOK: "réservable", Change.CANCEL: "annulable"}
