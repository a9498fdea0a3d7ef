"""How a deadline rule is said in French: for its editor, the preview and the parents' page."""

from __future__ import annotations

from collections.abc import Callable

from rules.deadline_rules import DeadlineRule, WeekdayRow
from rules.vocabulary import (
    AfterHolidays,
    Bound,
    BringBack,
    Change,
    DayUnit,
    DeadlineKind,
    Reference,
    WhenLate,
    in_order,
)
from rules.wording import clock_time, day_and_month, enumerate_words, long_date, weekday_name


def in_words(rule: DeadlineRule) -> str:
    """The rule in French, without a final full stop.

    `Jusqu’au mercredi 23 h 59 pour la semaine suivante`.
    """
    said = _LIMIT[rule.kind](rule)
    if rule.change is not None or rule.bound is Bound.OPENS:
        said = f"{_subject(rule)} : {said[0].lower()}{said[1:]}"
    return said + "".join([*_conditions(rule), *_consequences(rule)])


def _subject(rule: DeadlineRule) -> str:
    if rule.bound is Bound.OPENS:
        return "Ouverture des réservations"
    return "Réservation" if rule.change is Change.BOOK else "Annulation"


_UNITS = {
    DayUnit.CALENDAR: ("jour", "jours"),
    DayUnit.WEEKDAYS: ("jour hors samedi et dimanche", "jours hors samedi et dimanche"),
    DayUnit.WORKING: ("jour ouvré", "jours ouvrés"),
    DayUnit.WORKABLE: ("jour ouvrable", "jours ouvrables"),
    DayUnit.SCHOOL: ("jour d’école", "jours d’école"),
    DayUnit.SERVICE: ("jour de service", "jours de service"),
    DayUnit.CLEAR: ("jour franc", "jours francs"),
}
_REFERENCES = {
    Reference.DAY: "",
    Reference.WEEK: " le lundi de la semaine de service",
    Reference.MONTH: " le 1er du mois de service",
    Reference.PERIOD: " le premier jour de la période",
    Reference.YEAR: " le premier jour de l’année scolaire",
}


def counted(amount: int, unit: DayUnit) -> str:
    """`1 jour ouvré`, `15 jours francs`."""
    singular, plural = _UNITS[unit]
    return f"{amount} {singular if amount == 1 else plural}"


# -- the limit ------------------------------------------------------------------------


def _to(rule: DeadlineRule, masculine: bool = True) -> str:
    """`Jusqu’au` or `À partir du`, before a masculine name; `Jusqu’à` or `À partir de` otherwise."""
    if rule.bound is Bound.OPENS:
        return "À partir du" if masculine else "À partir de"
    return "Jusqu’au" if masculine else "Jusqu’à"


def _time(rule: DeadlineRule, minute: int | None) -> str:
    minute = minute or 0
    if rule.bound is Bound.OPENS:
        return clock_time(minute)
    shown = min(minute, 1439)
    return clock_time(shown) + (" inclus" if rule.inclusive and shown < 1439 else "")


def _weekly_limit(rule: DeadlineRule) -> str:
    limit = f"{_to(rule)} {weekday_name(rule.weekday or 1)} {_time(rule, rule.minute_of_day)}"
    if rule.weeks == 0:
        return f"{limit} de la semaine même"
    if rule.weeks == 1:
        return f"{limit} pour la semaine suivante"
    return f"{limit}, {rule.weeks} semaines avant la semaine de service"


def _by_weekday_limit(rule: DeadlineRule) -> str:
    """`Jusqu’au vendredi 11 h pour le lundi, lundi 11 h pour le mardi`."""
    rows = sorted(rule.weekday_rows, key=lambda row: row.service_weekday)
    return f"{_to(rule)} {enumerate_words([_row(rule, row) for row in rows])}"


def _row(rule: DeadlineRule, row: WeekdayRow) -> str:
    more = "" if not row.weeks else f" ({row.weeks} semaine{'s' if row.weeks > 1 else ''} plus tôt)"
    when = f"{weekday_name(row.weekday)} {_time(rule, row.minute_of_day)}"
    return f"{when}{more} pour le {weekday_name(row.service_weekday)}"


def _days_limit(rule: DeadlineRule) -> str:
    time, reference = _time(rule, rule.minute_of_day), _REFERENCES[rule.reference]
    amount, unit = rule.amount or 0, rule.unit or DayUnit.CALENDAR
    if amount == 0:
        return f"{_to(rule)}{reference.removeprefix(' le')} à {time}"
    if (amount, unit, rule.reference) == (1, DayUnit.CALENDAR, Reference.DAY):
        return f"{_to(rule, masculine=False)} la veille à {time}"
    return f"{_to(rule, masculine=False)} {counted(amount, unit)} avant{reference}, à {time}"


def _hours_limit(rule: DeadlineRule) -> str:
    unit = rule.unit or DayUnit.CALENDAR
    counting = "" if unit is DayUnit.CALENDAR else f" ({unit.label} seulement)"
    inclusive = " incluses" if rule.inclusive else ""
    return f"{_to(rule, masculine=False)} {rule.amount} h avant le début{counting}{inclusive}"


def _same_day_limit(rule: DeadlineRule) -> str:
    return f"{_to(rule)} jour même à {_time(rule, rule.minute_of_day)}"


def _month_limit(rule: DeadlineRule) -> str:
    if rule.published:
        return _published_limit(rule)
    month = _MONTHS.get(rule.months or 0, f"du {rule.months}e mois précédent")
    return f"{_to(rule)} {_day_of_month(rule)} {month} à {_time(rule, rule.minute_of_day)}"


def _day_of_month(rule: DeadlineRule) -> str:
    """`20`, `dernier jour`, `premier lundi`, `dernier lundi (au plus tard le 20)`."""
    day = rule.day_of_month or 0
    if rule.weekday is None:
        return {1: "1er", 31: "dernier jour"}.get(day, str(day))
    name = weekday_name(rule.weekday)
    return f"{_RANKS[day]} {name}" if day in _RANKS else f"dernier {name} (au plus tard le {day})"


_RANKS = {7: "premier", 14: "deuxième", 21: "troisième", 28: "quatrième", 31: "dernier"}


_MONTHS = {0: "du mois de service", 1: "du mois précédent"}


def _published_limit(rule: DeadlineRule) -> str:
    dates = sorted(rule.published, key=lambda each: each.first)
    said = [
        f"{day_and_month(each.on)} {each.on.year} à {_time(rule, each.minute_of_day)} "
        f"(du {day_and_month(each.first)} au {day_and_month(each.last)})"
        for each in dates
    ]
    return f"{_to(rule)} {enumerate_words(said)}"


def _no_limit(_: DeadlineRule) -> str:
    return "Sans réservation"


def _annual_limit(rule: DeadlineRule) -> str:
    if rule.chosen_until is None:
        return "Jours choisis pour l’année à l’inscription"
    time = _time(rule, 1439 if rule.minute_of_day is None else rule.minute_of_day)
    return f"Jours choisis pour l’année, jusqu’au {long_date(rule.chosen_until)} à {time}"


_LIMIT: dict[DeadlineKind, Callable[[DeadlineRule], str]] = {
    DeadlineKind.WEEKLY: _weekly_limit,
    DeadlineKind.BY_WEEKDAY: _by_weekday_limit,
    DeadlineKind.DAYS_BEFORE: _days_limit,
    DeadlineKind.HOURS_BEFORE: _hours_limit,
    DeadlineKind.SAME_DAY: _same_day_limit,
    DeadlineKind.MONTH_DATES: _month_limit,
    DeadlineKind.NONE: _no_limit,
    DeadlineKind.ANNUAL: _annual_limit,
}


# -- the conditions ---------------------------------------------------------------------


def _conditions(rule: DeadlineRule) -> list[str]:
    said = []
    if rule.service_weekdays:
        days = enumerate_words([f"le {weekday_name(each)}" for each in sorted(rule.service_weekdays)])
        said.append(f" (pour {days})")
    if rule.after_holidays is not None:
        said.append(f" ({_AFTER[rule.after_holidays]})")
    if rule.levels:
        said.append(f" ({enumerate_words([level.label for level in in_order(rule.levels)])})")
    if rule.school_ids:
        said.append(" (pour certaines écoles)")
    if rule.regime is not None:
        said.append(f" (régime {rule.regime.label.lower()})")
    if rule.resident is not None:
        said.append(" (habitants)" if rule.resident else " (hors commune)")
    return said


_AFTER = {
    AfterHolidays.FIRST_DAY: "premier jour après les vacances",
    AfterHolidays.FIRST_WEEK: "première semaine après les vacances",
}


def _consequences(rule: DeadlineRule) -> list[str]:
    said = []
    if rule.bring_back is not None:
        said.append(f" ; {_BACK[rule.bring_back]}")
    if rule.after_start:
        said.append(" ; même après le début")
    if rule.when_late is WhenLate.ACCEPT:
        said.append(" ; ensuite, au tarif hors délai" + _late_limit(rule))
    return said


_BACK = {
    BringBack.HOLIDAYS: "pendant les vacances scolaires, avancé au dernier jour d’école",
    BringBack.SAME_WEEKDAY: "pendant les vacances scolaires, avancé de semaines entières avant elles",
    BringBack.CLOSED: "un jour sans école, avancé au dernier jour d’école",
    BringBack.WORKING: "un samedi, un dimanche ou un jour férié, avancé au dernier jour ouvré",
}


def _late_limit(rule: DeadlineRule) -> str:
    if rule.late_amount is None:
        return ""
    time = _time(rule, rule.late_minute)
    if rule.late_amount == 0:
        return f" jusqu’au jour même à {time}"
    return f" jusqu’à {counted(rule.late_amount, rule.late_unit or DayUnit.CALENDAR)} avant, à {time}"
