"""The schools, services and activities of a commune's file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rules.absences import AbsencePolicy
from rules.capacity import Capacity
from rules.commune_calendar import Weeks
from rules.commune_changes import CAP, MODIFIER, Situations
from rules.commune_deadlines import Deadlines
from rules.commune_limits import amount_kind
from rules.commune_policies import ABSENCE, PLACES
from rules.commune_tariffs import Tariff, Tariffs, numbered
from rules.commune_words import LEVELS_KIND, SCHOOLS_KIND, UNIT
from rules.deadline_rules import DeadlineRule
from rules.file_kinds import MINUTE, WEEKDAYS_KIND, YES, Plain, Scalar, choice, text_kind, whole
from rules.file_nodes import Entries, Names, Node, Skipped, Spot, Text, as_list
from rules.file_schema import Field, ListOf, Section, Values
from rules.folding import slug
from rules.refusals import Refused
from rules.school_calendar import Pattern
from rules.tax_certificate import usual_childcare
from rules.vocabulary import DayUnit, Level, PatternPeriod, PriceUnit, SchoolKind

USUAL_START = 12 * 60
NAME = text_kind(80)

# -- schools -------------------------------------------------------------------------------

SCHOOL_KINDS = choice(
    ("maternelle", SchoolKind.NURSERY),
    ("élémentaire", SchoolKind.ELEMENTARY),
    ("groupe scolaire", SchoolKind.PRIMARY),
    ("primaire", SchoolKind.PRIMARY),
)


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """A class of a year (None: the last one of the file)."""

    year: str | None
    name: str
    teacher: str = ""


@dataclass(frozen=True, slots=True)
class Classes:
    """`CP, CE1`, or by year `{2026-2027: {CP: Mme Duret, CE1: M. Bastide}}`."""

    said: str = "des noms de classes (CP, CE1-CE2), ou {2026-2027: …}"

    def read(self, node: Node, spot: Spot) -> tuple[SchoolClass, ...]:
        if not isinstance(node, Entries):
            return tuple(self._of_year(None, node, spot))
        return tuple(
            each
            for key, value in node.pairs
            for each in self._of_year(key.text.strip(), value, spot.into(key.text))
        )

    def _of_year(self, year: str | None, node: Node, spot: Spot) -> list[SchoolClass]:
        if isinstance(node, Entries):
            return [
                SchoolClass(year, _class(key, spot), value.text.strip() if isinstance(value, Text) else "")
                for key, value in node.pairs
            ]
        parts = [
            Text(item.line, part.strip())
            for item in as_list(node)
            for part in (item.text.split(",") if isinstance(item, Text) else [""])
        ]
        return [SchoolClass(year, _class(part, spot)) for part in parts]

    def write(self, value: Sequence[SchoolClass], names: Names) -> Plain:
        years = dict.fromkeys(each.year for each in value)
        if None in years:
            return ", ".join(each.name for each in value)
        return {str(year): {e.name: e.teacher for e in value if e.year == year} for year in years}


_CLASS = text_kind(40, "le nom d’une classe")


def _class(node: Text, spot: Spot) -> str:
    name: str = _CLASS.read(node, spot)
    return name


@dataclass(frozen=True, slots=True)
class School:
    name: str = ""
    kind: SchoolKind = SchoolKind.PRIMARY
    street: str = ""
    postcode: str = ""
    city: str = ""
    phone: str = ""
    classes: tuple[SchoolClass, ...] = ()


def _short_kind(node: Node, _: Spot) -> Node:
    if isinstance(node, Text):
        pairs = ((Text(node.line, "type"), node),) if node.text.strip() else ()
        return Entries(node.line, pairs)
    return node


SCHOOL_SECTION = Section(
    "Une école",
    "En court, son type seul : `École du Bourg: élémentaire`.",
    (
        Field(
            "type",
            "kind",
            SCHOOL_KINDS,
            "maternelle, élémentaire ou groupe scolaire",
            default=SchoolKind.PRIMARY,
        ),
        Field("rue", "street", text_kind(120), "Adresse", default=""),
        Field("code postal", "postcode", text_kind(10), "Code postal", default=""),
        Field("ville", "city", text_kind(80), "Ville", default=""),
        Field("téléphone", "phone", text_kind(20), "Téléphone", default=""),
        Field("classes", "classes", Classes(), "Classes, par année scolaire", default=()),
    ),
    build=lambda values, _: School(**values),
    short=_short_kind,
)

# -- services ------------------------------------------------------------------------------

# What an activity or a service says once for all its tariffs.
SHARED = (
    Field("situations", "situations", Situations(), "Pour les tarifs qui n’en disent rien"),
    Field(
        "majorations",
        "modifiers",
        ListOf(MODIFIER),
        "De même",
        also=("réductions", "majoration", "réduction"),
    ),
    Field("plafonds", "caps", ListOf(CAP), "De même", also=("plafond",)),
)
TARIFFS = Field("tarifs", "tariffs", Tariffs(), "Prix, grille ou tarifs datés", default=(), also=("tarif",))


def _shared(values: Values) -> dict[str, Any]:
    """The situations, modifiers and caps given once for all."""
    given = {name: values[name] for name in ("situations", "modifiers", "caps") if values[name]}
    return {name: numbered(each) if name != "situations" else each for name, each in given.items()}


def completed(tariffs: Sequence[Tariff], given: Mapping[str, Any]) -> tuple[Tariff, ...]:
    """Each tariff, with the situations, modifiers and caps given once for all when it has none."""
    told = []
    for tariff in tariffs:
        missing = {name: each for name, each in given.items() if not getattr(tariff.version, name)}
        told.append(replace(tariff, version=replace(tariff.version, **missing)))
    return tuple(told)


def _with_shared(values: Values) -> tuple[Tariff, ...]:
    given = _shared(values)
    if given and not values["tariffs"]:
        raise Refused("Il n’y a pas de tarif à compléter.", next(iter(given)))
    return completed(values["tariffs"], given)


@dataclass(frozen=True, slots=True)
class Service:
    """A group of activities, with the tariffs they share."""

    name: str = ""
    unit: PriceUnit = PriceUnit.MEAL
    tariffs: tuple[Tariff, ...] = ()
    shared: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """What completes the tariffs of its activities."""


def _service(values: Values, _: Spot) -> Service:
    shared = _shared(values)
    return Service("", values["unit"], completed(values["tariffs"], shared), shared)


SERVICE_SECTION = Section(
    "Un service",
    "Un groupe d’activités. Ses tarifs valent pour celles qui n’en ont pas, le reste complète les leurs.",
    (
        Field("unité", "unit", UNIT, "Ce que paie un montant sans unité", default=PriceUnit.MEAL),
        TARIFFS,
        *SHARED,
    ),
    build=_service,
    unbuild=lambda service, _: {"unit": service.unit} | _told_tariffs(service),
)


def _told_tariffs(owner: Any) -> dict[str, Any]:
    """The tariffs, the unit of the owner left unsaid; nothing is shared when a configuration is written."""
    told = []
    for tariff in owner.tariffs:
        rows = tuple(_without_unit(row, owner.unit) for row in tariff.version.rows)
        told.append(replace(tariff, version=replace(tariff.version, rows=rows)))
    return {"tariffs": tuple(told), "situations": None, "modifiers": None, "caps": None}


def _without_unit(row: Any, unit: PriceUnit) -> Any:
    """The row whose unit is that of its owner, unsaid; hours counted by the quarter keep theirs."""
    return replace(row, unit=None) if row.unit is unit and not row.slice_minutes else row


# -- activities ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One bookable slot of a day, and all its rules."""

    name: str = ""
    service: str = ""
    unit: PriceUnit = PriceUnit.MEAL
    noun: str = ""
    starts_at: int = USUAL_START
    ends_at: int | None = None
    is_open: bool = True
    grace_days: int = 0
    weeks: tuple[Pattern, ...] = ()
    deadlines: tuple[DeadlineRule, ...] = ()
    tariffs: tuple[Tariff, ...] = ()
    absences: tuple[AbsencePolicy, ...] = ()
    places: tuple[Capacity, ...] = ()
    days_without_choice: int | None = None
    childcare_share: int = 0
    levels: frozenset[Level] | None = field(default=None, compare=False)
    school_ids: frozenset[int] | None = field(default=None, compare=False)
    """For whom alone it runs: read into its weeks (`narrowed`)."""
    said: frozenset[str] = field(default=frozenset(), compare=False)
    """What the file itself says of it: loading leaves the rest as it is."""


def _share(text: str) -> int:
    share = int(text.removesuffix("%").strip())
    if not 0 <= share <= 100:
        raise ValueError
    return share


SHARE = Scalar("un pourcentage entier (100 %)", _share, lambda value: f"{value} %")
GRACE = amount_kind("un nombre de jours (5 jours)", (("jours", DayUnit.SERVICE), ("jour", DayUnit.SERVICE)))
_PLAIN = ("service", "unit", "starts_at", "ends_at", "is_open", "deadlines", "places", "days_without_choice")


def _activity(values: Values, spot: Spot) -> Activity:
    starts, ends = values["starts_at"], values["ends_at"]
    if starts >= 1440:
        raise Refused("L’activité commence avant 24 h.", "starts_at")
    if ends is not None and ends <= starts:
        raise Refused("L’activité finit après avoir commencé.", "ends_at")
    holidays: tuple[Pattern, ...] = ()
    if values["holiday_weekdays"]:
        holidays = (
            Pattern(values["holiday_weekdays"], spot.report.names.start, period=PatternPeriod.HOLIDAYS),
        )
    if holidays and not values.said("weeks"):
        raise Refused("Dites aussi « jours » : ceux du temps d’école, ou « aucun ».", "holiday_weekdays")
    if values.said("weeks") and not values["weeks"] and not holidays:
        raise Refused("« aucun » va avec « jours en vacances ».", "weeks")
    grace, care = values["grace"], values["childcare"]
    policies = tuple(replace(each, position=place) for place, each in enumerate(values["absences"]))
    return Activity(
        noun=values["noun"] or usual_noun(values["unit"]),
        grace_days=grace.number if grace else 0,
        childcare_share=usual_childcare(values["unit"]) if care is None else care,
        weeks=(*values["weeks"], *holidays),
        tariffs=_with_shared(values),
        absences=policies,
        levels=values["levels"],
        school_ids=values["school_ids"],
        said=frozenset(name for name in values if values.said(name)),
        **{name: values[name] for name in _PLAIN},
    )


def narrowed(activity: Activity, school_weeks: Sequence[Pattern]) -> Activity:
    """The activity whose weeks, its own or those of the schools, are for its levels and schools alone."""
    if not activity.levels and not activity.school_ids:
        return activity
    weeks = tuple(
        replace(week, level=level, school_id=school_id)
        for week in activity.weeks or school_weeks
        for level in _only(week.level, activity.levels)
        for school_id in _only(week.school_id, activity.school_ids)
    )
    return replace(activity, weeks=weeks, said=activity.said | {"weeks"})


def _only(own: Any, wanted: frozenset[Any] | None) -> list[Any]:
    """The scopes of a week within those wanted: its own if it is one of them, each of them if it has none."""
    if not wanted:
        return [own]
    return sorted(wanted) if own is None else [own] if own in wanted else []


def usual_noun(unit: PriceUnit) -> str:
    return "Les repas" if unit is PriceUnit.MEAL else "Les séances"


def _told_activity(activity: Activity, _: Names) -> Mapping[str, Any]:
    noun = None if activity.noun == usual_noun(activity.unit) else activity.noun
    grace, care = activity.grace_days, activity.childcare_share
    told = {name: getattr(activity, name) for name in (*_PLAIN, "weeks", "absences")}
    return (
        told
        | _told_tariffs(activity)
        | {
            "noun": noun,
            "service": None if activity.service == activity.name else activity.service,
            "grace": _days(grace) if grace else None,
            "childcare": None if care == usual_childcare(activity.unit) else care,
            "holiday_weekdays": None,
            "levels": None,
            "school_ids": None,
        }
    )


def _days(number: int) -> Any:
    return GRACE.parse(f"{number} jours")


ACTIVITY_SECTION = Section(
    "Une activité",
    "Un créneau que l’on réserve ou que l’on pointe : la cantine, la garderie du soir.",
    (
        Field("service", "service", NAME, "Service dont elle fait partie (défaut : elle-même)"),
        Field("unité", "unit", UNIT, "Ce que paie un montant sans unité", default=PriceUnit.MEAL),
        Field("appellation", "noun", text_kind(40), "Ce que l’on réserve, avec l’article (Les repas)"),
        Field("début", "starts_at", MINUTE, "Heure de début", default=USUAL_START),
        Field("fin", "ends_at", MINUTE, "Heure de fin, pour les retards"),
        Field("ouverte", "is_open", YES, "non : n’est pas proposée aux familles", default=True),
        Field("jours", "weeks", Weeks(), "Défaut : les jours d’école", default=()),
        Field(
            "jours en vacances",
            "holiday_weekdays",
            WEEKDAYS_KIND,
            "Jours où elle a lieu pendant les vacances",
        ),
        Field("niveaux", "levels", LEVELS_KIND, "Seulement pour ces niveaux", also=("niveau",)),
        Field("écoles", "school_ids", SCHOOLS_KIND, "Seulement dans ces écoles", also=("école",)),
        Field("nouveaux inscrits", "grace", GRACE, "Premiers jours de service sans date limite (5 jours)"),
        Field(
            "jours sans choix",
            "days_without_choice",
            whole(1, 7),
            "À l’année : nombre de jours par semaine pour qui n’a pas choisi",
        ),
        Field(
            "part de garde",
            "childcare",
            SHARE,
            "Attestation fiscale (défaut : 100 % à la séance ou à l’heure, 0 % sinon)",
        ),
        Field(
            "délais",
            "deadlines",
            Deadlines(),
            "Jusqu’à quand on réserve et on annule",
            default=(),
            also=("délai", "réservation", "réservations"),
        ),
        TARIFFS,
        *SHARED,
        Field(
            "absences",
            "absences",
            ListOf(ABSENCE),
            "Quelles absences sont déduites",
            default=(),
            also=("absence",),
        ),
        Field("places", "places", ListOf(PLACES), "Places par jour (défaut : sans limite)", default=()),
    ),
    build=_activity,
    unbuild=_told_activity,
)


@dataclass(frozen=True, slots=True)
class Owners:
    """Activities or services by name, each amount read in the unit of its owner."""

    section: Section

    @property
    def said(self) -> str:
        return f"des noms, et pour chacun {self.section.said} (Nom: {{…}})"

    def read(self, node: Node, spot: Spot) -> tuple[Any, ...]:
        if not isinstance(node, Entries):
            raise spot.refuse(node, f"On attend {self.said}.")
        found, failed = [], False
        known: set[str] = set()
        for key, value in node.pairs:
            name, into = key.text.strip(), spot.into(key.text.strip())
            try:
                NAME.read(key, spot)
                if not slug(name) or slug(name) in known:
                    said = "est déjà pris" if slug(name) else "n’a ni lettre ni chiffre"
                    raise spot.refuse(key, f"Le nom « {name} » {said}.")
                known.add(slug(name))
                table = (
                    Entries(value.line, ()) if isinstance(value, Text) and not value.text.strip() else value
                )
                found.append(replace(self.section.read(table, replace(into, unit=_unit(table))), name=name))
            except Skipped:
                failed = True
        if failed:
            raise Skipped
        return tuple(found)

    def write(self, value: Sequence[Any], names: Names) -> Plain:
        return {each.name: self.section.write(each, names) for each in value}


def _unit(node: Node) -> PriceUnit:
    """The unit that the table gives, when it can be read: what is wrong is told elsewhere."""
    given = node.get("unité") if isinstance(node, Entries) else None
    if isinstance(given, Text):
        try:
            unit: PriceUnit = UNIT.parse(given.text)
        except KeyError:
            return PriceUnit.MEAL
        return unit
    return PriceUnit.MEAL
