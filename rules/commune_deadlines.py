"""The deadlines of an activity in a commune's file: one rule, several, or one for each change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rules import commune_limits as limits
from rules.commune_limits import Amount
from rules.commune_words import FROM, LEVELS_KIND, REGIME, SCHOOLS_KIND, TO, first_of, told_first
from rules.deadline_rules import DeadlineRule
from rules.file_kinds import MINUTE, WEEKDAY, WEEKDAYS_KIND, YES, Plain, choice, whole
from rules.file_nodes import Entries, Names, Node, Skipped, Spot, Text, as_list
from rules.file_schema import Field, ListOf, Section, Values
from rules.folding import fold
from rules.refusals import Refused
from rules.vocabulary import (
    AfterHolidays,
    Bound,
    BringBack,
    Change,
    DayUnit,
    DeadlineKind,
    Reference,
    WhenLate,
)

CHANGES = choice(("les deux", None), ("réserver", Change.BOOK), ("annuler", Change.CANCEL))
BOUNDS = choice(("date limite", Bound.CLOSES), ("ouverture", Bound.OPENS))
REFERENCES = choice(
    ("le jour", Reference.DAY),
    ("le lundi", Reference.WEEK),
    ("le 1er du mois", Reference.MONTH),
    ("la période", Reference.PERIOD),
    ("l’année scolaire", Reference.YEAR),
)
AFTER = choice(
    ("premier jour", AfterHolidays.FIRST_DAY),
    ("première semaine", AfterHolidays.FIRST_WEEK),
)
BACK = choice(
    ("vacances", BringBack.HOLIDAYS),
    ("vacances, même jour", BringBack.SAME_WEEKDAY),
    ("jours sans école", BringBack.CLOSED),
    ("jours non ouvrés", BringBack.WORKING),
)
LATE = choice(("refusé", WhenLate.REFUSE), ("accepté", WhenLate.ACCEPT))

# The keys that say of what kind a rule is: exactly one of them.
KINDS = {
    "weekly": DeadlineKind.WEEKLY,
    "by_weekday": DeadlineKind.BY_WEEKDAY,
    "days": DeadlineKind.DAYS_BEFORE,
    "eve": DeadlineKind.DAYS_BEFORE,
    "hours": DeadlineKind.HOURS_BEFORE,
    "same_day": DeadlineKind.SAME_DAY,
    "month_day": DeadlineKind.MONTH_DATES,
    "published": DeadlineKind.MONTH_DATES,
    "unbooked": DeadlineKind.NONE,
    "annual": DeadlineKind.ANNUAL,
}
SAME = (
    "inclusive",
    "bring_back",
    "when_late",
    "after_start",
    "service_weekdays",
    "after_holidays",
    "levels",
    "school_ids",
    "regime",
    "resident",
    "last",
    "change",
    "bound",
)


def _build(values: Values, spot: Spot) -> DeadlineRule:
    told = [attr for attr in KINDS if values.said(attr)]
    if len(told) != 1:
        what = "Deux genres de limite pour une seule règle" if told else "Il manque le genre de la limite"
        raise Refused(f"{what} : chaque semaine, selon le jour, jours avant, etc.")
    for attr, kinds in _ONLY_WITH.items():
        if values.said(attr) and told[0] not in kinds:
            raise Refused("Cette clé ne va pas avec le genre de cette limite.", attr)
    rest: dict[str, Any] = {name: values[name] for name in SAME} | _LIMITS[told[0]](values)
    late: Amount | None = values["late_until"]
    if late is not None:
        rest |= {"late_amount": late.number, "late_unit": late.unit, "late_minute": late.minute}
    try:
        return DeadlineRule(kind=KINDS[told[0]], first=first_of(values, spot.report.names), **rest)
    except Refused as refusal:
        field = _LOCATED.get(refusal.field or "", refusal.field)
        raise Refused(refusal.sentence, field if values.said(field or "") else told[0]) from None


_ONLY_WITH = {
    "weeks": ("weekly",),
    "months": ("month_day",),
    "month_weekday": ("month_day",),
    "unit": ("days",),
    "minute": ("days",),
    "reference": ("days", "eve"),
    "inclusive": ("weekly", "by_weekday", "days", "eve", "hours", "same_day", "month_day", "published"),
}
_LOCATED = {"late_amount": "late_until", "late_minute": "late_until", "late_unit": "late_until"}


def _weekly(values: Values) -> dict[str, Any]:
    weekday, minute = values["weekly"]
    return {"weekday": weekday, "weeks": values["weeks"], "minute_of_day": minute}


def _days(values: Values) -> dict[str, Any]:
    told: Amount = values["days"]
    minute = told.minute if told.minute is not None else values["minute"]
    if minute is None:
        raise Refused(
            "Donnez l’heure de la limite : « 2 jours à 10:00 », ou « à 24:00 » si tout ce jour compte.",
            "days",
        )
    unit = told.unit or values["unit"] or DayUnit.CALENDAR
    return {
        "amount": told.number,
        "unit": unit,
        "minute_of_day": minute,
        "reference": values["reference"],
    }


def _hours(values: Values) -> dict[str, Any]:
    told: Amount = values["hours"]
    return {"amount": told.number, "unit": told.unit or DayUnit.CALENDAR}


def _month_day(values: Values) -> dict[str, Any]:
    day, minute = values["month_day"]
    return {
        "day_of_month": day,
        "months": values["months"],
        "minute_of_day": minute,
        "weekday": values["month_weekday"],
    }


def _yes(attr: str) -> None:
    raise Refused("Cette clé s’écrit « oui », ou ne s’écrit pas.", attr)


def _annual(values: Values) -> dict[str, Any]:
    until, minute = values["annual"]
    return {"chosen_until": until, "minute_of_day": minute}


_LIMITS: Mapping[str, Any] = {
    "weekly": _weekly,
    "by_weekday": lambda values: {"weekday_rows": values["by_weekday"]},
    "days": _days,
    "eve": lambda values: {"amount": 1, "unit": DayUnit.CALENDAR, "minute_of_day": values["eve"]},
    "hours": _hours,
    "same_day": lambda values: {"minute_of_day": values["same_day"]},
    "month_day": _month_day,
    "published": lambda values: {"published": values["published"]},
    "unbooked": lambda values: {} if values["unbooked"] else _yes("unbooked"),
    "annual": _annual,
}


def _unbuild(rule: DeadlineRule, names: Names) -> Mapping[str, Any]:
    told = dict.fromkeys((*KINDS, "weeks", "unit", "minute", "months", "month_weekday", "late_until"))
    told |= {name: getattr(rule, name) for name in (*SAME, "reference")}
    told["first"] = told_first(rule.first, names)
    told["weeks"], told["months"] = 1 if rule.weeks is None else rule.weeks, rule.months
    if rule.late_amount is not None:
        told["late_until"] = Amount(rule.late_amount, rule.late_unit, rule.late_minute)
    told |= _TOLD[rule.kind](rule)
    return told


def _told_month(rule: DeadlineRule) -> dict[str, Any]:
    if rule.published:
        return {"published": rule.published}
    return {"month_day": (rule.day_of_month, rule.minute_of_day), "month_weekday": rule.weekday}


_TOLD: Mapping[DeadlineKind, Any] = {
    DeadlineKind.WEEKLY: lambda rule: {"weekly": (rule.weekday, rule.minute_of_day)},
    DeadlineKind.BY_WEEKDAY: lambda rule: {"by_weekday": rule.weekday_rows},
    DeadlineKind.DAYS_BEFORE: lambda rule: {"days": Amount(rule.amount, rule.unit, rule.minute_of_day)},
    DeadlineKind.HOURS_BEFORE: lambda rule: {"hours": Amount(rule.amount, rule.unit)},
    DeadlineKind.SAME_DAY: lambda rule: {"same_day": rule.minute_of_day},
    DeadlineKind.MONTH_DATES: _told_month,
    DeadlineKind.NONE: lambda _: {"unbooked": True},
    DeadlineKind.ANNUAL: lambda rule: {"annual": (rule.chosen_until, rule.minute_of_day)},
}


_AT = r"(?:,? (?:à|avant|jusqu[’']à))? (?P<value>.+)"
_PHRASES = (
    (r"(?:à )?(?P<key>la veille|le jour même)" + _AT, "{value}"),
    (r"le matin même" + _AT, "{value}"),
    (
        r"(?P<value>\d+ (?:jours?|semaines?)\b.*?)(?: (?:avant|à l[’']avance))?(?: (?P<at>à .+))?",
        "{value} {at}",
    ),
    (r"(?P<value>\d+ ?h(?:eures?)?\b(?: [a-zé]+)??)(?: (?:avant|à l[’']avance))?", "{value}"),
    (r"(?P<value>(?:avant le|jusqu[’']au) \d.*)", "{value}"),
    (r"(?P<value>(?:le )?(?:lun|mar|mercre|jeu|vendre|same|diman)[a-z]+ .+)", "{value}"),
)
_ALONE = dict.fromkeys(("sans reservation", "sans inscription", "libre", "acces libre"), "sans réservation")
_ALONE |= {"a l annee": "à l’année"}
_KEYS = (None, "le jour même", "jours avant", "heures avant", "chaque mois", "chaque semaine")


def _short(node: Node, spot: Spot) -> Node:
    """One kind in a few words: `sans réservation`, `la veille à 12:00`, `2 jours ouvrés avant à 10:00`…"""
    if not isinstance(node, Text):
        return node
    text = " ".join(node.text.split())
    if fold(text) in _ALONE:
        return Entries(node.line, ((Text(node.line, _ALONE[fold(text)]), Text(node.line, "oui")),))
    for (pattern, said), key in zip(_PHRASES, _KEYS, strict=True):
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        if found:
            parts = {name: part or "" for name, part in found.groupdict().items()}
            value = said.format_map({"at": ""} | parts).strip()
            return Entries(node.line, ((Text(node.line, key or parts["key"]), Text(node.line, value)),))
    raise spot.refuse(
        node,
        f"« {text} » n’est pas une limite : on attend par exemple « la veille à 12:00 », « 2 jours ouvrés "
        "avant à 10:00 », « mercredi 23:59 » (de la semaine d’avant), « avant le 20 », « sans réservation ».",
    )


RULE = Section(
    "Une règle de délai",
    "Jusqu’à quand un jour se réserve ou s’annule. Une règle porte une et une seule des dix premières clés.",
    (
        Field(
            "chaque semaine", "weekly", limits.WEEKDAY_TIME, "Un jour et une heure, pour toute une semaine"
        ),
        Field("selon le jour", "by_weekday", limits.WeekdayRows(), "Une limite par jour de service"),
        Field("jours avant", "days", limits.DAYS_BEFORE, "Tant de jours avant"),
        Field("la veille", "eve", MINUTE, "La veille, à une heure", also=("veille",)),
        Field("heures avant", "hours", limits.HOURS_BEFORE, "Tant d’heures avant le début de l’activité"),
        Field(
            "le jour même",
            "same_day",
            MINUTE,
            "Le jour même, à une heure",
            also=("jour même", "le matin même", "matin même"),
        ),
        Field("chaque mois", "month_day", limits.MONTH_DAY, "Un jour du mois, pour tout un mois"),
        Field("dates publiées", "published", ListOf(limits.PUBLISHED), "Une date par période, affichée"),
        Field("sans réservation", "unbooked", YES, "On vient sans réserver"),
        Field("à l’année", "annual", limits.CHOSEN_UNTIL, "Jours choisis à l’inscription, pour l’année"),
        Field(
            "semaines avant",
            "weeks",
            whole(0, 52),
            "Avec « chaque semaine » (0 : la même semaine)",
            default=1,
        ),
        Field("mois avant", "months", whole(0, 12), "Avec « chaque mois » (0 : le même mois)", default=1),
        Field(
            "dernier jour de la semaine",
            "month_weekday",
            WEEKDAY,
            "Avec « chaque mois » : le dernier tel jour jusqu’à cette date (31 : du mois)",
        ),
        Field("unité", "unit", limits.UNIT, "Avec « jours avant », si le nombre ne la dit pas"),
        Field("heure", "minute", MINUTE, "Avec « jours avant », si le nombre ne la dit pas"),
        Field(
            "à compter de",
            "reference",
            REFERENCES,
            "Avec « jours avant » : d’où l’on compte",
            default=Reference.DAY,
        ),
        Field("inclus", "inclusive", YES, "La minute dite est encore acceptée", default=False),
        Field(
            "ramener",
            "bring_back",
            BACK,
            "Si la limite tombe un jour où personne ne répond, elle est avancée",
        ),
        Field("hors délai", "when_late", LATE, "Ce que devient une demande tardive", default=WhenLate.REFUSE),
        Field(
            "accepté jusqu’à", "late_until", limits.LATE_UNTIL, "Jusqu’à quand une demande tardive s’accepte"
        ),
        Field("après le début", "after_start", YES, "La limite peut tomber après le début", default=False),
        Field("jours de service", "service_weekdays", WEEKDAYS_KIND, "Seulement pour ces jours-là"),
        Field("après les vacances", "after_holidays", AFTER, "Seulement au retour des vacances"),
        Field("niveaux", "levels", LEVELS_KIND, "Seulement pour ces niveaux"),
        Field("écoles", "school_ids", SCHOOLS_KIND, "Seulement pour ces écoles"),
        Field("régime", "regime", REGIME, "Seulement pour ce régime"),
        Field("habitants", "resident", YES, "Seulement pour ceux de la commune (oui) ou d’ailleurs (non)"),
        FROM,
        TO,
        Field("changement", "change", CHANGES, "Dans une liste : réserver, annuler ou les deux"),
        Field("borne", "bound", BOUNDS, "Dans une liste : date limite ou ouverture", default=Bound.CLOSES),
    ),
    build=_build,
    unbuild=_unbuild,
    short=_short,
)
RULES = ListOf(RULE)
SIDES: Mapping[str, tuple[str, Change | None, Bound]] = {
    "les deux": ("les deux", None, Bound.CLOSES),
    "reserver": ("réserver", Change.BOOK, Bound.CLOSES),
    "annuler": ("annuler", Change.CANCEL, Bound.CLOSES),
    "ouverture": ("ouverture", None, Bound.OPENS),
}


@dataclass(frozen=True, slots=True)
class Deadlines:
    """One rule for both changes, several in order, or `{réserver: …, annuler: …, ouverture: …}`."""

    said: str = "une règle, une liste de règles, ou {réserver: …, annuler: …}"

    def read(self, node: Node, spot: Spot) -> tuple[DeadlineRule, ...]:
        if isinstance(node, Entries) and any(fold(key.text) in SIDES for key, _ in node.pairs):
            rules = self._sides(node, spot)
        else:
            rules = list(RULES.read(node, spot))
        return tuple(replace(rule, position=position) for position, rule in enumerate(rules))

    def _sides(self, node: Entries, spot: Spot) -> list[DeadlineRule]:
        found: list[DeadlineRule] = []
        failed = False
        for key, value in node.pairs:
            side = SIDES.get(fold(key.text))
            if side is None:
                spot.wrong(key.line, f"« {key.text} » ne se mêle pas à réserver, annuler et ouverture.")
                failed = True
                continue
            try:
                found += self._side(value, side, spot.into(key.text))
            except Skipped:
                failed = True
        said = {fold(key.text) for key, _ in node.pairs}
        for one, other in (("reserver", "annuler"), ("annuler", "reserver")):
            if one in said and not said & {other, "les deux"}:
                word = SIDES[other][0]
                spot.wrong(
                    node.line, f"Dites aussi « {word} » (« {word}: impossible » si cela ne se peut pas)."
                )
                failed = True
        if failed:
            raise Skipped
        return found

    def _side(self, node: Node, side: tuple[str, Change | None, Bound], spot: Spot) -> Sequence[DeadlineRule]:
        if isinstance(node, Text) and fold(node.text) == "impossible":
            return ()
        _, change, bound = side
        own = {fold("changement"), fold("borne")}
        for each in as_list(node):
            for key in [key for key, _ in each.pairs] if isinstance(each, Entries) else []:
                if fold(key.text) in own:
                    raise spot.refuse(key, f"« {key.text} » est déjà dit par « {spot.path[-1]} ».")
        try:
            return [replace(rule, change=change, bound=bound) for rule in RULES.read(node, spot)]
        except Refused as refusal:
            raise spot.refuse(node, refusal.sentence) from None

    def write(self, value: Sequence[DeadlineRule], names: Names) -> Plain:
        """Both changes alike, each on its side, or else the whole list in order."""
        ordered = sorted(value, key=lambda rule: rule.position)
        sides = {(rule.change, rule.bound) for rule in ordered}
        if not ordered:
            return {"réserver": "impossible", "annuler": "impossible"}
        if sides == {(None, Bound.CLOSES)}:
            return _written(ordered, names)
        both = (None, Bound.CLOSES) in sides
        mixed = both and len(sides - {(None, Bound.OPENS)}) > 1
        if mixed or (Change.BOOK, Bound.OPENS) in sides:
            return [RULE.write(rule, names) for rule in ordered]
        told: dict[str, Any] = {}
        for word, change, bound in SIDES.values():
            rules = [
                replace(r, change=None, bound=Bound.CLOSES)
                for r in ordered
                if (r.change, r.bound) == (change, bound)
            ]
            if rules:
                told[word] = _written(rules, names)
            elif bound is Bound.CLOSES and not both and change is not None:
                told[word] = "impossible"
        return told


def _written(rules: Sequence[DeadlineRule], names: Names) -> Plain:
    written = [_terse(RULE.write(rule, names)) for rule in rules]
    return written[0] if len(written) == 1 else written


def _terse(written: Plain) -> Plain:
    """`sans réservation`, `à l’année`, when the rule says nothing else."""
    if isinstance(written, dict) and written in ({"sans réservation": "oui"}, {"à l’année": "oui"}):
        return next(iter(written))
    return written
