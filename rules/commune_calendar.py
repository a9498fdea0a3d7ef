"""The calendar of a commune's file: official holidays by default, or those it gives."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from rules import calendar_seed
from rules.commune_words import FROM, LEVELS_KIND, TO, first_of, told_first
from rules.file_kinds import ACTIVITY, DAY, SCHOOL, WEEKDAYS_KIND, Plain, Scalar, choice, text_kind
from rules.file_nodes import Entries, Items, Names, Node, Skipped, Spot, Text, as_list
from rules.file_schema import Field, ListOf, Section, Values
from rules.folding import fold
from rules.refusals import Refused
from rules.school_calendar import Closure, Holiday, Pattern, SchoolYear
from rules.vocabulary import EventEffect, HalfDay, HolidayKind, PatternPeriod

EFFECTS = choice(
    ("fermé", EventEffect.CLOSED),
    ("absence libre", EventEffect.FREE_ABSENCE),
    ("pique-nique de la cantine", EventEffect.PICNIC_KITCHEN),
    ("pique-nique fourni", EventEffect.PICNIC_KITCHEN),
    ("pique-nique fourni par la cantine", EventEffect.PICNIC_KITCHEN),
    ("pique-nique apporté", EventEffect.PICNIC_HOME),
    ("pique-nique des familles", EventEffect.PICNIC_HOME),
    ("pique-nique fourni par les familles", EventEffect.PICNIC_HOME),
    ("absence gratuite", EventEffect.FREE_ABSENCE),
)
HALVES = choice(("matin", HalfDay.MORNING), ("après-midi", HalfDay.AFTERNOON))
PERIODS = choice(
    ("école", PatternPeriod.TERM),
    ("vacances", PatternPeriod.HOLIDAYS),
    ("toute l’année", PatternPeriod.ALWAYS),
)
HOLIDAY_KINDS = choice(
    ("vacances", HolidayKind.SCHOOL), ("férié", HolidayKind.PUBLIC), ("pont", HolidayKind.BRIDGE)
)
OFFICIAL = {"officielles", "officiels"}
USUAL_WEEK = frozenset({1, 2, 4, 5})


def _zone(text: str) -> str:
    known = {fold(zone): zone for zone in calendar_seed.ZONES}
    if fold(text) not in known:
        zones = ", ".join(calendar_seed.ZONES)
        raise Refused(
            f"La zone scolaire « {text} » n’existe pas : {zones}. L’Alsace-Moselle est en B ; la Corse et "
            "l’outre-mer disent une zone, puis leurs « vacances » et leurs « jours fériés »."
        )
    return known[fold(text)]


ZONE = Scalar("une zone scolaire (A, B ou C)", _zone)


# -- school years --------------------------------------------------------------------------

_YEAR = Section(
    "Une année scolaire",
    "Ses dates, si ce ne sont pas les officielles.",
    (
        Field("du", "first", DAY, "Premier jour de classe", required=True),
        Field("au", "last", DAY, "Dernier jour de classe", required=True),
    ),
)


@dataclass(frozen=True, slots=True)
class Years:
    """`2026-2027`, several, or `{2026-2027: {du: …, au: …}}`; reads as {name: its dates or None}."""

    said: str = "une année scolaire (2026-2027), ou plusieurs"

    def read(self, node: Node, spot: Spot) -> dict[str, tuple[date, date] | None]:
        if isinstance(node, Entries):
            return {
                self._name(key, spot): self._dates(value, spot.into(key.text)) for key, value in node.pairs
            }
        parts = [
            Text(item.line, part.strip())
            for item in as_list(node)
            for part in (re.split(r",| et ", item.text) if isinstance(item, Text) else [""])
        ]
        return {self._name(part, spot): None for part in parts}

    def _name(self, node: Text, spot: Spot) -> str:
        found = re.fullmatch(r"(\d{4})(?: ?[-–/] ?(\d{2}|\d{4}))?", node.text.strip())
        if not found:
            raise spot.refuse(node, f"« {node.text} » ne convient pas : on attend {self.said}.")
        first = int(found[1])
        if found[2] and int(found[2][-2:]) != (first + 1) % 100:
            raise spot.refuse(node, f"« {node.text} » n’est pas une année scolaire : {first}-{first + 1} ?")
        return f"{first}-{first + 1}"

    def _dates(self, node: Node, spot: Spot) -> tuple[date, date]:
        values = _YEAR.read(node, spot)
        if values["last"] <= values["first"]:
            raise spot.refuse(node, "L’année finit avant d’avoir commencé.")
        return values["first"], values["last"]

    def write(self, value: Mapping[str, tuple[date, date] | None], names: Names) -> Plain:
        return {
            name: {"du": DAY.write(dates[0], names), "au": DAY.write(dates[1], names)}
            for name, dates in value.items()
            if dates
        }


# -- holidays ------------------------------------------------------------------------------


def _one_day(values: Values) -> tuple[date, date]:
    """`le`, or `du` and `au`."""
    day, first, last = values["day"], values["first"], values["last"]
    if (day is None) == (first is None):
        raise Refused("Dites « le » pour un jour, ou « du » et « au ».")
    if day is not None:
        return day, day
    if last is None:
        raise Refused("Dites aussi le dernier jour : « au ».", "first")
    if last < first:
        raise Refused("La période finit avant d’avoir commencé.", "last")
    return first, last


def _told_days(first: date, last: date) -> dict[str, Any]:
    if first == last:
        return {"day": first, "first": None, "last": None}
    return {"day": None, "first": first, "last": last}


_DAYS = (
    Field("le", "day", DAY, "Un seul jour", also=("date", "jour")),
    Field("du", "first", DAY, "Premier jour"),
    Field("au", "last", DAY, "Dernier jour, compris"),
)
HOLIDAY = Section(
    "Des vacances, un pont ou un jour férié",
    "Des jours où l’école n’a pas lieu.",
    (
        Field("nom", "name", text_kind(80), "Nom", required=True),
        *_DAYS,
        Field("type", "kind", HOLIDAY_KINDS, "vacances, pont ou férié", default=HolidayKind.SCHOOL),
    ),
    build=lambda values, _: Holiday(values["kind"], values["name"], *_one_day(values)),
    unbuild=lambda holiday, _: (
        {"name": holiday.name, "kind": holiday.kind} | _told_days(holiday.first, holiday.last)
    ),
)


@dataclass(frozen=True, slots=True)
class Holidays:
    """`officielles`, days given, or both; reads as (the place of the official ones that count, the days).

    The place is a postcode, empty for those of the whole country; None when only the days given count.
    """

    usual: HolidayKind
    said: str = "« officielles », ou une liste [officielles, {nom, du, au}]"

    def read(self, node: Node, spot: Spot) -> tuple[str | None, tuple[Holiday, ...]]:
        official: str | None = None
        found, failed = [], False
        for item in as_list(node):
            place = self._place(item)
            if place is not None:
                official = place
                continue
            try:
                holiday: Holiday = HOLIDAY.read(item, spot)
            except Skipped:
                failed = True
                continue
            said_kind = isinstance(item, Entries) and item.get("type") is not None
            found.append(holiday if said_kind else replace(holiday, kind=self.usual))
        if failed:
            raise Skipped
        return official, tuple(found)

    def _place(self, item: Node) -> str | None:
        word = fold(item.text) if isinstance(item, Text) else ""
        if word in OFFICIAL:
            return ""
        return calendar_seed.POSTCODES.get(word) if self.usual is HolidayKind.PUBLIC else None

    def write(self, value: tuple[str | None, tuple[Holiday, ...]], names: Names) -> Plain:
        _, days = value
        written: list[Any] = []
        for day in days:
            told = HOLIDAY.write(day, names)
            if isinstance(told, dict) and day.kind is self.usual:
                told.pop("type", None)
            elif isinstance(told, dict):
                told["type"] = HOLIDAY_KINDS.write(day.kind, names)
            written.append(told)
        return written


# -- weeks ---------------------------------------------------------------------------------


def _short_week(node: Node, _: Spot) -> Node:
    if isinstance(node, Text) or (isinstance(node, Items) and all(isinstance(i, Text) for i in node.items)):
        return Entries(node.line, ((Text(node.line, "jours"), node),))
    return node


def _patterns(values: Values, spot: Spot) -> tuple[Pattern, ...]:
    """One pattern, or one per level when several are named."""
    first = first_of(values, spot.report.names)
    if values["last"] is not None and values["last"] < first:
        raise Refused("La semaine type finit avant d’avoir commencé.", "last")
    levels = sorted(values["levels"] or (None,), key=str)
    return tuple(
        Pattern(
            weekdays=values["weekdays"],
            first=first,
            last=values["last"],
            school_id=values["school_id"],
            level=level,
            period=values["period"],
        )
        for level in levels
    )


WEEK = Section(
    "Une semaine type",
    "Les jours de la semaine où l’école, ou l’activité, a lieu. La plus précise l’emporte.",
    (
        Field("jours", "weekdays", WEEKDAYS_KIND, "Jours de la semaine", required=True),
        Field("période", "period", PERIODS, "école, vacances ou toute l’année", default=PatternPeriod.TERM),
        Field("école", "school_id", SCHOOL, "Seulement dans cette école"),
        Field("niveau", "levels", LEVELS_KIND, "Seulement pour ces niveaux", also=("niveaux",)),
        FROM,
        TO,
    ),
    build=_patterns,
    unbuild=lambda pattern, names: {
        "weekdays": pattern.weekdays,
        "period": pattern.period,
        "school_id": pattern.school_id,
        "levels": None if pattern.level is None else frozenset({pattern.level}),
        "first": told_first(pattern.first, names),
        "last": pattern.last,
    },
    short=_short_week,
    shorten=lambda written: written["jours"] if list(written) == ["jours"] else written,
)


@dataclass(frozen=True, slots=True)
class Weeks:
    """The usual week, or several with their scope."""

    said: str = "des jours (lundi, mardi), « aucun », ou une liste de semaines types"

    def read(self, node: Node, spot: Spot) -> tuple[Pattern, ...]:
        if isinstance(node, Text) and fold(node.text) == "aucun":
            return ()
        if _short_week(node, spot) is not node:
            return tuple(WEEK.read(node, spot))
        return tuple(pattern for patterns in ListOf(WEEK).read(node, spot) for pattern in patterns)

    def write(self, value: Sequence[Pattern], names: Names) -> Plain:
        return ListOf(WEEK).write(value, names)


# -- events --------------------------------------------------------------------------------


def _closures(values: Values, spot: Spot) -> tuple[Closure, ...]:
    first, last = _one_day(values)
    names, school = spot.report.names, values["school_id"]
    class_id = None
    if values["school_class"] is not None:
        if school is None:
            raise Refused("Dites aussi l’école de cette classe.", "school_class")
        class_id = names.number("classe", class_name(names.name("école", school), values["school_class"]))
        if class_id is None:
            raise Refused(f"L’école ne déclare pas de classe « {values['school_class']} ».", "school_class")
    return tuple(
        Closure(
            name=values["name"],
            first=first,
            last=last,
            effect=values["effect"],
            school_id=school,
            class_id=class_id,
            level=level,
            activity_id=values["activity_id"],
            half_day=values["half_day"],
        )
        for level in sorted(values["levels"] or (None,), key=str)
    )


def class_name(school: str, name: str) -> str:
    """What a class is known by among all: the same name may serve in two schools."""
    return f"{school} › {name}"


def _told_closure(closure: Closure, names: Names) -> Mapping[str, Any]:
    known = None if closure.class_id is None else names.name("classe", closure.class_id)
    return _told_days(closure.first, closure.last) | {
        "name": closure.name,
        "effect": closure.effect,
        "school_id": closure.school_id,
        "school_class": known and known.split(" › ", 1)[1],
        "levels": None if closure.level is None else frozenset({closure.level}),
        "activity_id": closure.activity_id,
        "half_day": closure.half_day,
    }


EVENT = Section(
    "Une fermeture ou un événement",
    "Ce qui change des jours : pour tous, ou pour une école, une classe, un niveau, une activité.",
    (
        Field("nom", "name", text_kind(120), "Nom", required=True),
        *_DAYS,
        Field("effet", "effect", EFFECTS, "Ce qui arrive à ces jours", default=EventEffect.CLOSED),
        Field("école", "school_id", SCHOOL, "Seulement cette école"),
        Field("classe", "school_class", text_kind(40), "Seulement cette classe de l’école"),
        Field("niveau", "levels", LEVELS_KIND, "Seulement ces niveaux", also=("niveaux",)),
        Field("activité", "activity_id", ACTIVITY, "Seulement cette activité"),
        Field("demi-journée", "half_day", HALVES, "matin ou après-midi"),
    ),
    build=_closures,
    unbuild=_told_closure,
)


@dataclass(frozen=True, slots=True)
class Events:
    said: str = "une liste d’événements {nom, le, effet}"

    def read(self, node: Node, spot: Spot) -> tuple[Closure, ...]:
        return tuple(closure for closures in ListOf(EVENT).read(node, spot) for closure in closures)

    def write(self, value: Sequence[Closure], names: Names) -> Plain:
        return [EVENT.write(each, names) for each in value]


# -- the calendar --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """Everything that makes a `SchoolCalendar`, with the activities' own weeks left to them."""

    zone: str
    years: tuple[SchoolYear, ...]
    holidays: tuple[Holiday, ...]
    weeks: tuple[Pattern, ...]
    events: tuple[Closure, ...] = ()
    said: frozenset[str] = field(default=frozenset(), compare=False)
    """What the file itself says of it: loading leaves the rest as it is."""


def _calendar(values: Values, spot: Spot) -> CalendarFacts:
    zone, names = values["zone"], spot.report.names
    given = values["years"] or {f"{year}-{year + 1}": None for year in names.years}
    if not given:
        raise Refused("Donnez les années scolaires (2026-2027) : le fichier ne cite aucune date.")
    try:
        years = [SchoolYear(name, *(dates or official_year(zone, name))) for name, dates in given.items()]
        days = [day for year in given for day in _days_off(zone, year, values)]
    except Refused as refusal:
        raise Refused(refusal.sentence, "years") from None
    added = [*values["holidays"][1], *values["public"][1]]
    start = min(year.first for year in years)
    return CalendarFacts(
        zone=zone,
        years=tuple(sorted(years, key=lambda year: year.first)),
        holidays=tuple(sorted({*days, *added}, key=lambda day: (day.first, day.last, day.kind))),
        weeks=values["weeks"] or (Pattern(USUAL_WEEK, start),),
        events=values["events"],
        said=frozenset(name for name in values if values.said(name)),
    )


def official_year(zone: str, name: str) -> tuple[date, date]:
    """The first and last days of class. Refused when the official calendar is not known."""
    return calendar_seed.school_year_bounds(zone, int(name[:4]))


def _days_off(zone: str, year: str, values: Values) -> list[Holiday]:
    """Official days off, from the summer before the year to the end of the next one."""
    first = max(date(int(year[:4]), 7, 1), calendar_seed.COVERED_FROM)
    last = date(int(year[:4]) + 1, 8, 31)
    found = (
        list(calendar_seed.school_holidays(zone, first, last)) if values["holidays"][0] is not None else []
    )
    place = values["public"][0]
    return found + ([] if place is None else calendar_seed.public_holidays(first, last, place))


def _told_calendar(facts: CalendarFacts, _: Names) -> Mapping[str, Any]:
    public = tuple(day for day in facts.holidays if day.kind is HolidayKind.PUBLIC)
    return {
        "zone": facts.zone,
        "years": {year.name: (year.first, year.last) for year in facts.years},
        "holidays": (None, tuple(day for day in facts.holidays if day not in public)),
        "public": (None, public),
        "weeks": facts.weeks,
        "events": facts.events,
    }


CALENDAR = Section(
    "Calendrier",
    "Quand il y a école. Les vacances et les jours fériés officiels sont ceux de la zone, sauf à les donner.",
    (
        Field("zone", "zone", ZONE, "Zone scolaire", required=True),
        Field(
            "années scolaires",
            "years",
            Years(),
            "Défaut : celles des dates citées",
            also=("année scolaire", "années", "année"),
        ),
        Field("jours d’école", "weeks", Weeks(), "Défaut : lundi, mardi, jeudi, vendredi", also=("jours",)),
        Field(
            "vacances",
            "holidays",
            Holidays(HolidayKind.SCHOOL),
            "Défaut : officielles ; on en ajoute avec [officielles, {nom, du, au}]",
            default=("", ()),
        ),
        Field(
            "jours fériés",
            "public",
            Holidays(HolidayKind.PUBLIC),
            "Défaut : officiels ; ceux d’un lieu avec Alsace-Moselle, La Réunion…",
            default=("", ()),
        ),
        Field(
            "événements", "events", Events(), "Fermetures, sorties, grèves", default=(), also=("fermetures",)
        ),
    ),
    build=_calendar,
    unbuild=_told_calendar,
)
