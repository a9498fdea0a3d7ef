"""What one deadline rule holds, what it must be given, and how it is said in French."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rules.refusals import Refused
from rules.vocabulary import Change, DayUnit, DeadlineKind, WhenLate
from rules.wording import clock_time, enumerate_words, weekday_name


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """One cut-off rule of an activity, with its conditions; a rule that makes no sense is refused.

    change: what it limits, None for both booking and cancelling.
    first, last: the days of service it is about, both included; no last day means until further notice.
    weekday, weeks: kind `weekly`, an ISO weekday n weeks before the week of service (1: the week before).
    amount, unit: kind `days_before`, n days of that unit.
    minute_of_day: 0 to 1440; 1439 and 1440 are the end of the day. inclusive: the whole minute is accepted.
    service_weekdays: only those ISO weekdays of service (empty: all).
    first_after_holidays: only the first day of service after school holidays.
    bring_back: a cut-off that falls in school holidays goes back to the last school day, same time.
    position: the first matching rule wins.
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
    first_after_holidays: bool = False
    bring_back: bool = False
    position: int = 0

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise Refused("La règle finit avant d’avoir commencé.", "last")
        if self.kind is DeadlineKind.WEEKLY:
            _check_weekly(self)
        elif self.kind is DeadlineKind.DAYS_BEFORE:
            _check_days_before(self)

    def concerns(self, day: date) -> bool:
        """Whether the rule is in force for that day of service, and about its weekday."""
        in_force = self.first <= day and (self.last is None or day <= self.last)
        return in_force and (not self.service_weekdays or day.isoweekday() in self.service_weekdays)


def in_words(rule: DeadlineRule) -> str:
    """The rule in French, for its editor and the parents' page, without a final full stop.

    `Jusqu’au mercredi 23 h 59 pour la semaine suivante`.
    """
    said = _LIMIT[rule.kind](rule) if rule.kind in _LIMIT else rule.kind.label
    if rule.change is not None:
        said = f"{_CHANGE[rule.change]} : {said[0].lower()}{said[1:]}"
    return said + "".join(_conditions(rule))


_CHANGE = {Change.BOOK: "Réservation", Change.CANCEL: "Annulation"}

_UNITS = {
    DayUnit.CALENDAR: ("jour", "jours"),
    DayUnit.WEEKDAYS: ("jour hors samedi et dimanche", "jours hors samedi et dimanche"),
    DayUnit.WORKING: ("jour ouvré", "jours ouvrés"),
    DayUnit.SERVICE: ("jour de service", "jours de service"),
    DayUnit.CLEAR: ("jour franc", "jours francs"),
}


def _check_weekly(rule: DeadlineRule) -> None:
    if rule.weekday not in range(1, 8):
        raise Refused("Choisissez le jour de la semaine de la date limite.", "weekday")
    if rule.weeks is None or rule.weeks < 1:
        raise Refused("La date limite tombe au moins une semaine avant la semaine de service.", "weeks")
    _check_minute(rule)


def _check_days_before(rule: DeadlineRule) -> None:
    if rule.amount is None or rule.amount < 1:
        raise Refused("Donnez un nombre de jours d’au moins 1.", "amount")
    if rule.unit is None:
        raise Refused("Choisissez comment les jours se comptent.", "unit")
    _check_minute(rule)


def _check_minute(rule: DeadlineRule) -> None:
    if rule.minute_of_day is None or not 0 <= rule.minute_of_day <= 1440:
        raise Refused("Donnez l’heure limite, de 0 h à 24 h.", "minute_of_day")


def _time_limit(rule: DeadlineRule) -> str:
    minute = min(rule.minute_of_day or 0, 1439)
    return clock_time(minute) + (" inclus" if rule.inclusive and minute < 1439 else "")


def _weekly_limit(rule: DeadlineRule) -> str:
    limit = f"Jusqu’au {weekday_name(rule.weekday or 1)} {_time_limit(rule)}"
    if rule.weeks == 1:
        return f"{limit} pour la semaine suivante"
    return f"{limit}, {rule.weeks} semaines avant la semaine de service"


def _days_limit(rule: DeadlineRule) -> str:
    if (rule.amount, rule.unit) == (1, DayUnit.CALENDAR):
        return f"Jusqu’à la veille à {_time_limit(rule)}"
    singular, plural = _UNITS[rule.unit or DayUnit.CALENDAR]
    unit = singular if rule.amount == 1 else plural
    return f"Jusqu’à {rule.amount} {unit} avant, à {_time_limit(rule)}"


def _no_limit(_: DeadlineRule) -> str:
    return "Sans réservation"


_LIMIT = {
    DeadlineKind.WEEKLY: _weekly_limit,
    DeadlineKind.DAYS_BEFORE: _days_limit,
    DeadlineKind.NONE: _no_limit,
}


def _conditions(rule: DeadlineRule) -> list[str]:
    said = []
    if rule.service_weekdays:
        days = enumerate_words([f"le {weekday_name(each)}" for each in sorted(rule.service_weekdays)])
        said.append(f" (pour {days})")
    if rule.first_after_holidays:
        said.append(" (premier jour après les vacances)")
    if rule.bring_back:
        said.append(" ; pendant les vacances scolaires, avancé au dernier jour d’école")
    if rule.when_late is WhenLate.ACCEPT:
        said.append(" ; ensuite, au tarif hors délai")
    return said
