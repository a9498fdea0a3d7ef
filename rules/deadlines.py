"""Until when a day can be booked or cancelled: one engine for the pages, the POSTs and the tests.

A cut-off is the *first refused instant*, Paris time. A configured 23:59 or 24:00 means the whole
minute: the first refused instant is 00:00:00 of the next day. Any other time is itself the first
refused instant ("avant 10 h" refuses 10:00:00), unless the rule is inclusive: then the whole named
minute is accepted, and 10:01:00 is the first refused instant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rules.deadline_rules import DeadlineRule, in_words
from rules.instants import ONE_DAY, at_minute, local_midnight, monday_of, to_utc
from rules.refusals import Refused
from rules.school_calendar import Place, SchoolCalendar
from rules.vocabulary import Change, DayUnit, DeadlineKind, WhenLate
from rules.wording import day_and_month, long_instant, short_date

__all__ = [
    "IMPLEMENTED_KINDS",
    "DeadlineRule",
    "Verdict",
    "cutoff",
    "first_refused_minute",
    "in_words",
    "judge",
    "needs_booking",
    "rule_for",
]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a change of a day is allowed now.

    `late` tells a change past its cut-off (accepted at the late price, or refused to parents while
    staff may excuse it) from one that nobody can make: closed day, no booking, no rule. `why` is a
    full sentence, given for every refusal and every late change; `cutoff` is None when the rules
    set none.
    """

    allowed: bool
    late: bool
    cutoff: datetime | None
    why: str | None


def rule_for(
    rules: Sequence[DeadlineRule], change: Change, day: date, calendar: SchoolCalendar, place: Place
) -> DeadlineRule:
    """The first rule, in order of position, whose dates and conditions match that service day.

    Refused when none matches: what no rule provides for (cancelling, for instance) is not possible.
    """
    for rule in sorted(rules, key=lambda each: each.position):
        applies = rule.change in (None, change) and rule.concerns(day)
        if applies and _matches_holidays(rule, day, calendar, place):
            return rule
    verb = "réserver" if change is Change.BOOK else "annuler"
    raise Refused(
        f"Le règlement ne prévoit pas de pouvoir {verb} le {day_and_month(day)} : "
        "adressez-vous au service Éducation."
    )


def needs_booking(rules: Sequence[DeadlineRule], day: date) -> bool:
    """Whether the activity is booked at all: no rule of kind `none` for that day."""
    return not any(rule.kind is DeadlineKind.NONE and rule.concerns(day) for rule in rules)


def cutoff(rule: DeadlineRule, service_day: date, calendar: SchoolCalendar, place: Place) -> datetime | None:
    """The first refused instant for that day of service, Paris time; None when nothing is booked.

    It is never later than the first instant of the service day. Refused for the kinds that the
    engine does not know yet.
    """
    compute = _KINDS.get(rule.kind)
    if compute is None:
        raise Refused(f"Les dates limites « {rule.kind.label} » ne sont pas encore prises en charge.", "kind")
    return compute(rule, service_day, calendar, place)


def judge(
    rules: Sequence[DeadlineRule],
    change: Change,
    service_day: date,
    calendar: SchoolCalendar,
    place: Place,
    now: datetime,
    noun: str = "Les repas",
) -> Verdict:
    """Say whether a parent may book or cancel that day now, and if not, why.

    `noun` names what is booked, with its article (`Les repas`, `La garderie du soir`). Late
    changes, where the rule accepts them, stop when the service day begins.
    """
    closed = calendar.closed_because(service_day, place)
    if closed:
        return _never(f"Le {day_and_month(service_day)} n’est pas un jour de service ({closed}).")
    try:
        rule = rule_for(rules, change, service_day, calendar, place)
        limit = cutoff(rule, service_day, calendar, place)
    except Refused as refusal:
        return _never(refusal.sentence)
    if limit is None:
        return _never("Aucune réservation n’est nécessaire : il suffit de venir.")
    if to_utc(now) < to_utc(limit):
        return Verdict(True, False, limit, None)
    return _late(rule, service_day, limit, now, noun)


def _never(why: str) -> Verdict:
    return Verdict(False, False, None, why)


def _late(rule: DeadlineRule, service_day: date, limit: datetime, now: datetime, noun: str) -> Verdict:
    missed = _missed(rule, service_day, limit, noun)
    if rule.when_late is WhenLate.REFUSE:
        return Verdict(False, True, limit, f"{missed}.")
    if to_utc(now) >= to_utc(local_midnight(service_day)):
        return Verdict(
            False, True, limit, f"Le {day_and_month(service_day)} a commencé : il n’est plus modifiable."
        )
    return Verdict(True, True, limit, f"{missed} : le tarif hors délai s’applique.")


def _missed(rule: DeadlineRule, service_day: date, limit: datetime, noun: str) -> str:
    """`Les repas de la semaine du 14 septembre étaient modifiables jusqu’au mercredi …`"""
    if rule.kind is DeadlineKind.WEEKLY:
        when = f"de la semaine du {short_date(monday_of(service_day))}"
    else:
        when = f"du {day_and_month(service_day)}"
    were, plural = ("étaient", "s") if noun.startswith("Les ") else ("était", "")
    return f"{noun} {when} {were} {_POSSIBLE[rule.change]}{plural} jusqu’au {long_instant(limit)}"


_POSSIBLE = {None: "modifiable", Change.BOOK: "réservable", Change.CANCEL: "annulable"}


# -- conditions ---------------------------------------------------------------------


def _matches_holidays(rule: DeadlineRule, day: date, calendar: SchoolCalendar, place: Place) -> bool:
    return not rule.first_after_holidays or calendar.is_first_after_holidays(day, place)


def _instant(rule: DeadlineRule, named_day: date, calendar: SchoolCalendar, place: Place) -> datetime:
    """The rule's time on the day it names, brought back before the holidays when it says so."""
    if rule.bring_back and calendar.in_school_holidays(named_day):
        named_day = calendar.last_school_day_before(named_day, place) or named_day
    return at_minute(named_day, first_refused_minute(rule))


def first_refused_minute(rule: DeadlineRule) -> int:
    """The minute of the day from which the rule refuses; 1440 is the end of the day."""
    minute = _given(rule.minute_of_day)
    if minute >= 1439:
        return 1440
    return minute + 1 if rule.inclusive else minute


def _given(value: int | None) -> int:
    if value is None:
        raise ValueError("a rule cannot be built without what its kind requires")
    return value


# -- one function per kind ----------------------------------------------------------


def _no_booking(*_: object) -> None:
    """Nothing is booked, so there is no cut-off."""


def _weekly(rule: DeadlineRule, day: date, calendar: SchoolCalendar, place: Place) -> datetime:
    """A weekday and a time, n weeks before the ISO week of the service day."""
    back = timedelta(weeks=_given(rule.weeks)) - timedelta(days=_given(rule.weekday) - 1)
    return _instant(rule, monday_of(day) - back, calendar, place)


def _days_before(rule: DeadlineRule, day: date, calendar: SchoolCalendar, place: Place) -> datetime:
    """n counted days back from the service day, at a time.

    Clear days (jours francs) leave n full days between the cut-off's day and the service day.
    """
    amount = _given(rule.amount)
    if rule.unit in (DayUnit.CALENDAR, DayUnit.CLEAR):
        named_day = day - timedelta(days=amount + (rule.unit is DayUnit.CLEAR))
    else:
        counted = _COUNTED[rule.unit]
        named_day = day
        while amount:
            named_day -= ONE_DAY
            amount -= counted(named_day, calendar, place)
    return _instant(rule, named_day, calendar, place)


def _is_weekday(day: date, *_: object) -> bool:
    return day.isoweekday() <= 5


def _is_working(day: date, calendar: SchoolCalendar, *_: object) -> bool:
    return day.isoweekday() <= 5 and not calendar.is_public_holiday(day)


def _is_service(day: date, calendar: SchoolCalendar, place: Place) -> bool:
    """Before the first known school year, working days stand for the days of service."""
    if calendar.precedes_all_years(day):
        return _is_working(day, calendar)
    return calendar.is_service_day(day, place)


_COUNTED: dict[DayUnit | None, Callable[[date, SchoolCalendar, Place], bool]] = {
    DayUnit.WEEKDAYS: _is_weekday,
    DayUnit.WORKING: _is_working,
    DayUnit.SERVICE: _is_service,
}

_KINDS: dict[DeadlineKind, Callable[[DeadlineRule, date, SchoolCalendar, Place], datetime | None]] = {
    DeadlineKind.NONE: _no_booking,
    DeadlineKind.WEEKLY: _weekly,
    DeadlineKind.DAYS_BEFORE: _days_before,
}

IMPLEMENTED_KINDS = frozenset(_KINDS)
