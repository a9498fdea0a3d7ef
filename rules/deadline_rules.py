"""What one deadline rule holds and what it must be given; a rule that makes no sense is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from rules.refusals import Refused
from rules.vocabulary import (
    AfterHolidays,
    Bound,
    BringBack,
    Change,
    DayUnit,
    DeadlineKind,
    Level,
    Reference,
    Regime,
    WhenLate,
)
from rules.wording import day_and_month, weekday_name

MOST_DAYS, MOST_HOURS, MOST_WEEKS, MOST_MONTHS = 400, 24 * 60, 52, 12


@dataclass(frozen=True, slots=True)
class WeekdayRow:
    """Kind `by_weekday`: a service on `service_weekday` is decided on the last `weekday` before it.

    Strictly before: Friday for a Friday is the Friday of the week before. weeks: as many weeks more.
    """

    service_weekday: int
    weekday: int
    minute_of_day: int
    weeks: int = 0


@dataclass(frozen=True, slots=True)
class PublishedDate:
    """Kind `month_dates`: for the services from first to last, the published day and its time."""

    first: date
    last: date
    on: date
    minute_of_day: int


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """One rule of an activity: until when (or from when) its days change, and for which of them.

    bound: CLOSES names the first refused instant, OPENS the first accepted one (bookings only).
    change: what it limits, None for both booking and cancelling.
    first, last: the days of service it is about, both included; no last day means until further notice.
    position: the first matching rule of each bound wins.

    Kinds (rules/deadline_kinds.py says the exact instant of each):
    weekly: `weekday` (ISO) at `minute_of_day`, `weeks` weeks before the week of service (1: the week
        before; 0: that week).
    by_weekday: `weekday_rows`; about no other weekday than theirs.
    days_before: `amount` days of `unit` before `reference`, at `minute_of_day`.
    hours_before: `amount` hours of `unit` before the activity starts.
    same_day: the day of service at `minute_of_day`.
    month_dates: `day_of_month` (31: the last one), `months` months before that of the service, at
        `minute_of_day`; with a `weekday`, the last such weekday up to that day (31 and 5: the last
        Friday of the month; 7 and 1: its first Monday). Or `published` dates, about no other day than theirs.
    none: nothing is booked, one just comes.
    annual: the days are chosen at enrolment, until the end of `chosen_until` when it is given;
        later only the service changes them.

    minute_of_day: 0 to 1440; for a CLOSES rule 1439 and 1440 are the end of the day.
    inclusive: the whole minute is still accepted.

    Conditions, all optional and all to be met: service_weekdays, after_holidays, levels, school_ids,
    regime, resident. What is not known of a child meets no condition about it.
    bring_back: where the cut-off goes when it falls on a day when nobody answers; same time.
    after_start: the cut-off may come after the activity has started, until the day ends.

    when_late: past the cut-off, refuse, or accept as late until `late_amount` days of `late_unit`
    before the service at `late_minute` (amount 0: the same day). Nothing given: until the day of
    service begins, or until the activity starts when the cut-off is that very day.
    """

    kind: DeadlineKind
    change: Change | None
    first: date
    last: date | None = None
    weekday: int | None = None
    weeks: int | None = None
    amount: int | None = None
    unit: DayUnit | None = None
    minute_of_day: int | None = None
    inclusive: bool = False
    when_late: WhenLate = WhenLate.REFUSE
    service_weekdays: frozenset[int] | None = None
    after_holidays: AfterHolidays | None = None
    bring_back: BringBack | None = None
    position: int = 0
    bound: Bound = Bound.CLOSES
    reference: Reference = Reference.DAY
    day_of_month: int | None = None
    months: int | None = None
    weekday_rows: tuple[WeekdayRow, ...] = ()
    published: tuple[PublishedDate, ...] = ()
    chosen_until: date | None = None
    levels: frozenset[Level] | None = None
    school_ids: frozenset[int] | None = None
    regime: Regime | None = None
    resident: bool | None = None
    after_start: bool = False
    late_amount: int | None = None
    late_unit: DayUnit | None = None
    late_minute: int | None = None

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise Refused("La règle finit avant d’avoir commencé.", "last")
        if not {*(self.service_weekdays or ())} <= {*range(1, 8)}:
            raise Refused("Les jours de service vont du lundi au dimanche.", "service_weekdays")
        _CHECKS.get(self.kind, _check_nothing)(self)
        _check_opening(self)
        _check_late(self)

    def concerns(self, day: date) -> bool:
        """Whether the rule is in force for that day of service, and about its weekday."""
        in_force = self.first <= day and (self.last is None or day <= self.last)
        return in_force and self._names(day)

    def is_about_some(self) -> bool:
        """Whether it has a condition on the child, or on the return from holidays."""
        conditions = (self.levels, self.school_ids, self.regime, self.after_holidays)
        return any(conditions) or self.resident is not None

    def _names(self, day: date) -> bool:
        if self.service_weekdays and day.isoweekday() not in self.service_weekdays:
            return False
        if self.kind is DeadlineKind.BY_WEEKDAY:
            return self.row_of(day) is not None
        return not self.published or self.published_for(day) is not None

    def row_of(self, day: date) -> WeekdayRow | None:
        """What kind `by_weekday` says of the weekday of that day of service."""
        return next((row for row in self.weekday_rows if row.service_weekday == day.isoweekday()), None)

    def published_for(self, day: date) -> PublishedDate | None:
        """The published date that is about that day of service."""
        return next((each for each in self.published if each.first <= day <= each.last), None)


# -- what each kind needs -------------------------------------------------------------


def _within(value: int | None, least: int, most: int) -> bool:
    return value is not None and least <= value <= most


def _check_minute(minute: int | None, field: str = "minute_of_day") -> None:
    if not _within(minute, 0, 1440):
        raise Refused("Donnez l’heure limite, de 0 h à 24 h.", field)


def _check_nothing(_: DeadlineRule) -> None:
    """The kind needs nothing."""


def _check_weekly(rule: DeadlineRule) -> None:
    if rule.weekday not in range(1, 8):
        raise Refused("Choisissez le jour de la semaine de la date limite.", "weekday")
    if not _within(rule.weeks, 0, MOST_WEEKS):
        raise Refused(
            f"Donnez le nombre de semaines avant celle du service, de 0 (la même) à {MOST_WEEKS}.", "weeks"
        )
    _check_minute(rule.minute_of_day)


def _check_by_weekday(rule: DeadlineRule) -> None:
    if not rule.weekday_rows:
        raise Refused("Donnez au moins un jour de service et sa date limite.", "weekday_rows")
    seen: set[int] = set()
    for row in rule.weekday_rows:
        if row.service_weekday not in range(1, 8) or row.weekday not in range(1, 8):
            raise Refused("Chaque ligne dit un jour de service et un jour de la semaine.", "weekday_rows")
        if not _within(row.minute_of_day, 0, 1440) or not _within(row.weeks, 0, MOST_WEEKS):
            raise Refused("Chaque ligne dit une heure, de 0 h à 24 h.", "weekday_rows")
        if row.service_weekday in seen:
            said = weekday_name(row.service_weekday)
            raise Refused(f"Deux lignes disent la date limite du {said} : une seule.", "weekday_rows")
        seen.add(row.service_weekday)


def _check_days_before(rule: DeadlineRule) -> None:
    least = 1 if rule.reference is Reference.DAY else 0
    if not _within(rule.amount, least, MOST_DAYS):
        raise Refused(f"Donnez un nombre de jours de {least} à {MOST_DAYS}.", "amount")
    if rule.unit is None:
        raise Refused("Choisissez comment les jours se comptent.", "unit")
    _check_minute(rule.minute_of_day)


def _check_hours_before(rule: DeadlineRule) -> None:
    if not _within(rule.amount, 1, MOST_HOURS):
        raise Refused(f"Donnez un nombre d’heures de 1 à {MOST_HOURS}.", "amount")
    if rule.unit is None:
        raise Refused("Choisissez les jours dont les heures se comptent.", "unit")
    if rule.unit is DayUnit.CLEAR:
        raise Refused("Des heures ne se comptent pas en jours francs.", "unit")


def _check_same_day(rule: DeadlineRule) -> None:
    _check_minute(rule.minute_of_day)


def _check_month_dates(rule: DeadlineRule) -> None:
    if rule.published:
        return _check_published(rule)
    if not _within(rule.day_of_month, 1, 31):
        raise Refused("Donnez le jour du mois, de 1 à 31, ou publiez des dates.", "day_of_month")
    if not _within(rule.months, 0, MOST_MONTHS):
        raise Refused(f"Donnez le nombre de mois avant, de 0 (le même) à {MOST_MONTHS}.", "months")
    if rule.weekday is not None and rule.weekday not in range(1, 8):
        raise Refused("Choisissez un jour de la semaine, ou aucun.", "weekday")
    return _check_minute(rule.minute_of_day)


def _check_published(rule: DeadlineRule) -> None:
    if rule.day_of_month is not None or rule.months is not None:
        raise Refused("Donnez un jour du mois ou des dates publiées, pas les deux.", "published")
    ordered = sorted(rule.published, key=lambda each: each.first)
    for each in ordered:
        if each.last < each.first:
            raise Refused(f"La période du {day_and_month(each.first)} finit avant de commencer.", "published")
        if not _within(each.minute_of_day, 0, 1440):
            raise Refused("Chaque date publiée dit une heure, de 0 h à 24 h.", "published")
        if each.on > each.last:
            said = day_and_month(each.first)
            raise Refused(f"La date publiée pour la période du {said} vient après elle.", "published")
    for earlier, later in pairwise(ordered):
        if later.first <= earlier.last:
            said = day_and_month(later.first)
            raise Refused(f"Deux périodes publiées se recouvrent le {said}.", "published")


_CHECKS: dict[DeadlineKind, Callable[[DeadlineRule], None]] = {
    DeadlineKind.WEEKLY: _check_weekly,
    DeadlineKind.BY_WEEKDAY: _check_by_weekday,
    DeadlineKind.DAYS_BEFORE: _check_days_before,
    DeadlineKind.HOURS_BEFORE: _check_hours_before,
    DeadlineKind.SAME_DAY: _check_same_day,
    DeadlineKind.MONTH_DATES: _check_month_dates,
}


def _check_opening(rule: DeadlineRule) -> None:
    if rule.bound is Bound.CLOSES:
        return
    if rule.kind in (DeadlineKind.NONE, DeadlineKind.ANNUAL):
        raise Refused(f"Une ouverture ne peut pas être « {rule.kind.label} ».", "kind")
    if rule.change is Change.CANCEL:
        raise Refused("Une ouverture ne concerne que les réservations.", "change")
    if rule.when_late is WhenLate.ACCEPT:
        raise Refused("Une ouverture n’a pas de changements tardifs.", "when_late")


def _check_late(rule: DeadlineRule) -> None:
    if rule.late_amount is None and rule.late_minute is None and rule.late_unit is None:
        return
    if rule.when_late is WhenLate.REFUSE:
        raise Refused("Choisissez d’accepter les changements tardifs pour en dire la limite.", "when_late")
    if not _within(rule.late_amount, 0, MOST_DAYS):
        said = f"Donnez la limite tardive en jours avant le service, de 0 (le jour même) à {MOST_DAYS}."
        raise Refused(said, "late_amount")
    if rule.late_amount and rule.late_unit is None:
        raise Refused("Choisissez comment les jours de la limite tardive se comptent.", "late_unit")
    _check_minute(rule.late_minute, "late_minute")
