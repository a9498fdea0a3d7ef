"""A whole règlement, read from the nodes of a commune's file and told back: pure, without a database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from rules.commune_activities import (
    ACTIVITY_SECTION,
    SCHOOL_SECTION,
    SERVICE_SECTION,
    Activity,
    Owners,
    School,
    Service,
    completed,
    narrowed,
)
from rules.commune_calendar import CALENDAR, CalendarFacts, class_name
from rules.commune_changes import SITUATION_RULE
from rules.commune_deadlines import RULE
from rules.commune_grid import ROW
from rules.commune_policies import ABSENCE, BILLING, COMMUNE, FEE, QUOTIENT_POLICY
from rules.commune_tariffs import VERSION
from rules.fees import Fee
from rules.file_kinds import DAY, parse_day, text_kind
from rules.file_nodes import Entries, Items, Names, Node, Problem, Report, Skipped, Spot, Text, as_list
from rules.file_schema import Field, ListOf, Section, Values
from rules.folding import fold
from rules.quotients import PLAIN, QuotientPolicy
from rules.refusals import Refused
from rules.school_calendar import SchoolCalendar
from rules.tariff_grid import TariffVersion


@dataclass(frozen=True, slots=True)
class Raw:
    """A part kept as nodes, for who reads it later (the examples)."""

    said: str

    def read(self, node: Node, spot: Spot) -> Node:
        return node

    def write(self, value: Any, names: Names) -> Any:
        return value


@dataclass(frozen=True, kw_only=True)
class Reglement:
    """Everything that a commune's file says; schools, activities… are known by their numbers in `names`."""

    settings: Mapping[str, Any]
    calendar_facts: CalendarFacts
    schools: tuple[School, ...] = ()
    services: tuple[Service, ...] = ()
    activities: tuple[Activity, ...] = ()
    fees: tuple[Fee, ...] = ()
    quotient: QuotientPolicy = PLAIN
    billing: Mapping[str, Any] = field(default_factory=dict)
    examples: tuple[Node, ...] = ()
    names: Names = field(default_factory=Names)
    source: str | None = None
    note: str | None = None

    @cached_property
    def calendar(self) -> SchoolCalendar:
        facts = self.calendar_facts
        weeks = [
            replace(week, activity_id=self.number(activity))
            for activity in self.activities
            for week in activity.weeks
        ]
        return SchoolCalendar(
            facts.years,
            facts.holidays,
            facts.events,
            [*facts.weeks, *weeks],
            {self.number(activity): activity.starts_at for activity in self.activities},
        )

    @cached_property
    def _tariffs(self) -> dict[str, tuple[TariffVersion, ...]]:
        """By activity: its own tariffs, then those of its service."""
        by_service = {fold(each.name): each for each in self.services}
        found: dict[str, tuple[TariffVersion, ...]] = {}
        for activity in self.activities:
            number = self.number(activity)
            own = tuple(replace(each.version, activity_id=number) for each in activity.tariffs)
            service = by_service[fold(activity.service or activity.name)]
            number = self.service_number(activity)
            found[activity.name] = own + tuple(
                replace(each.version, service_id=number) for each in service.tariffs
            )
        return found

    def tariffs_of(self, activity: Activity) -> tuple[TariffVersion, ...]:
        """The versions that may price it: its own, and those of its service."""
        return self._tariffs[activity.name]

    def service_number(self, activity: Activity) -> int:
        found = self.names.number("service", activity.service or activity.name)
        assert found is not None
        return found

    def number(self, activity: Activity) -> int:
        found = self.names.number("activité", activity.name)
        assert found is not None
        return found


SECTIONS = Section(
    "Le fichier",
    "Ce que contient un fichier.",
    (
        Field("commune", "settings", COMMUNE, "Nom de la commune", required=True),
        Field("source", "source", text_kind(1000), "D’où viennent ces règles"),
        Field("note", "note", text_kind(4000), "Texte libre"),
        Field(
            "en vigueur",
            "start",
            DAY,
            "Date de ce qui n’en dit pas (défaut : la première rentrée du fichier)",
        ),
        Field("calendrier", "calendar_facts", CALENDAR, "Quand il y a école", required=True),
        Field("écoles", "schools", Owners(SCHOOL_SECTION), "Écoles et classes", default=()),
        Field("services", "services", Owners(SERVICE_SECTION), "Groupes d’activités", default=()),
        Field("activités", "activities", Owners(ACTIVITY_SECTION), "Ce qui se réserve", required=True),
        Field("frais", "fees", ListOf(FEE), "Adhésion, inscription tardive", default=()),
        Field("quotient", "quotient", QUOTIENT_POLICY, "Quel quotient compte", default=PLAIN),
        Field("facturation", "billing", BILLING, "Réglages des factures", default={}),
        Field("exemples", "examples", Raw("une liste d’exemples"), "Les preuves"),
    ),
)


def _homes(sections: Sequence[Section]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for section in sections:
        keys = section.keys()
        for key in keys:
            found.setdefault(key, []).append(section.said)
    return found


_HOMES = _homes((ACTIVITY_SECTION, RULE, VERSION, ROW, SITUATION_RULE, ABSENCE, CALENDAR, SECTIONS))


def read_reglement(root: Node) -> tuple[Reglement | None, list[Problem]]:
    """The règlement, or all that is wrong with it, in the order of the lines."""
    report = Report(homes=_HOMES)
    _learn_names(root, report)
    try:
        values: Values = SECTIONS.read(root, Spot(report))
    except Skipped:
        return None, report.in_order()
    given = {name: value for name, value in values.items() if name not in ("start", "examples")}
    examples = tuple(as_list(values["examples"])) if values["examples"] else ()
    services = _all_services(values)
    weeks = values["calendar_facts"].weeks
    given["activities"] = tuple(
        _with_those_of(services, narrowed(each, weeks)) for each in values["activities"]
    )
    reglement = Reglement(names=report.names, examples=examples, **given | {"services": services})
    return reglement, []


def examples_of(root: Node, report: Report) -> tuple[Node, ...]:
    """The examples of a file whose rules cannot be used, and in the report the names that it declares."""
    _learn_names(root, report)
    given = root.get("exemples") if isinstance(root, Entries) else None
    return tuple(as_list(given)) if given is not None else ()


def merged(root: Node, instead: Node) -> Node:
    """The file with a piece replaced: a key of an activity, of the calendar… is put in place of its own."""
    return _merged(root, instead, 0)


def _merged(root: Node, instead: Node, depth: int) -> Node:
    if depth > DEEPEST_MERGE or not isinstance(root, Entries) or not isinstance(instead, Entries):
        return instead
    given = {_same_key(key): (key, value) for key, value in instead.pairs}
    kept: list[tuple[Text, Node]] = []
    for key, value in root.pairs:
        found = given.pop(_same_key(key), None)
        kept.append((key, value) if found is None else (found[0], _merged(value, found[1], depth + 1)))
    return Entries(root.line, (*kept, *given.values()))


DEEPEST_MERGE = 2  # the file, its sections, what they name


def _same_key(key: Text) -> str:
    """`tarif` and `tarifs` are one key."""
    return fold(key.text).rstrip("s")


# -- what must be known before reading -----------------------------------------------------


def _learn_names(root: Node, report: Report) -> None:
    """The names that the rest may use, the years it cites, and the day from which it is in force."""
    names = report.names
    if not isinstance(root, Entries):
        return
    for what, key in (("école", "écoles"), ("service", "services"), ("activité", "activités")):
        for number, (name, _) in enumerate(_pairs(root.get(key)), start=1):
            names.add(what, name.text.strip(), number)
    for name, table in _pairs(root.get("activités")):
        given = table.get("service") if isinstance(table, Entries) else None
        service = given.text.strip() if isinstance(given, Text) else name.text.strip()
        if names.number("service", service) is None:
            names.add("service", service, len(names.known("service")) + 1)
    for school, table in _pairs(root.get("écoles")):
        given = table.get("classes") if isinstance(table, Entries) else None
        for each in _class_names(given):
            names.add("classe", class_name(school.text.strip(), each), len(names.known("classe")) + 1)
    names.years = tuple(_cited_years(root))
    names.start = _start(root) or date.min


def _pairs(node: Node | None) -> tuple[tuple[Text, Node], ...]:
    return node.pairs if isinstance(node, Entries) else ()


def _class_names(node: Node | None) -> Iterator[str]:
    if isinstance(node, Entries):
        for _, value in node.pairs:
            yield from _names_in(value)
    elif node is not None:
        yield from _names_in(node)


def _names_in(node: Node) -> Iterator[str]:
    if isinstance(node, Entries):
        yield from (key.text.strip() for key, _ in node.pairs)
        return
    for item in as_list(node):
        if isinstance(item, Text):
            yield from (part.strip() for part in item.text.split(",") if part.strip())


_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{4}|\b\d{4}-\d{2}\b(?!-)")


def _cited_years(root: Node) -> Iterator[int]:
    """Every school year from the first to the last date of the file."""
    found = []
    for text in _texts(root):
        for cited in _DATE.findall(text):
            try:
                day = parse_day(cited if cited.count("-") != 1 else f"{cited}-01")
            except (ValueError, Refused):
                continue
            found.append(day.year - (day.month < 8))
    if found:
        yield from range(min(found), max(found) + 1)


def _texts(node: Node) -> Iterator[str]:
    if isinstance(node, Text):
        yield node.text
    elif isinstance(node, Items):
        for item in node.items:
            yield from _texts(item)
    else:
        for key, value in node.pairs:
            yield key.text
            yield from _texts(value)


def _start(root: Entries) -> date | None:
    """The date given, or the first day of the first school year; what is wrong is told when read again."""
    given = root.get("en vigueur")
    if isinstance(given, Text):
        try:
            return parse_day(given.text.strip())
        except (ValueError, Refused):
            return None
    table = root.get("calendrier")
    if table is None:
        return None
    aside = Report(names=Names(years=tuple(_cited_years(root))))
    years_only = Entries(table.line, tuple(p for p in _pairs(table) if fold(p[0].text) in _BEFORE_START))
    try:
        facts: CalendarFacts = CALENDAR.read(years_only, Spot(aside))
    except Skipped:
        return None
    return facts.years[0].first


_BEFORE_START = {"zone", "annees scolaires", "annee scolaire", "annees", "annee"}


def _all_services(values: Values) -> tuple[Service, ...]:
    """Those declared, then those that only an activity names."""
    declared: tuple[Service, ...] = values["services"]
    known = {fold(service.name) for service in declared}
    added: dict[str, Service] = {}
    for activity in values["activities"]:
        name = activity.service or activity.name
        if fold(name) not in known:
            added.setdefault(fold(name), Service(name))
    return (*declared, *added.values())


def _with_those_of(services: Sequence[Service], activity: Activity) -> Activity:
    """The activity, its own tariffs completed with what its service says once for all."""
    service = next(each for each in services if fold(each.name) == fold(activity.service or activity.name))
    return replace(activity, tariffs=completed(activity.tariffs, service.shared))


# -- telling -------------------------------------------------------------------------------


def tell(reglement: Reglement) -> dict[str, Any]:
    """The file that says the same: plain tables and texts, in the order of the sections."""
    told = {name: getattr(reglement, name) for name in _TOLD} | {"start": None, "examples": None}
    services = tuple(each for each in reglement.services if each.tariffs)
    first = reglement.calendar_facts.years[0].first if reglement.calendar_facts.years else None
    told |= {"services": services, "start": None if first == reglement.names.start else reglement.names.start}
    written: dict[str, Any] = {}
    for each in SECTIONS.fields:
        value = told[each.attr]
        if value is not None and (each.required or value != each.default):
            written[each.key] = each.kind.write(value, reglement.names)
    return written


_TOLD = (
    "settings",
    "source",
    "note",
    "calendar_facts",
    "schools",
    "activities",
    "fees",
    "quotient",
    "billing",
)
