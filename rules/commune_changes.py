"""What acts on the price of a row in a commune's file: modifiers, caps and situations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rules.commune_amounts import EFFECT, Effect, slice_of
from rules.commune_conditions import FIELDS, conditions, told_conditions
from rules.commune_grid import LABEL
from rules.commune_words import PER_WHOM, SITUATION
from rules.file_kinds import AMOUNT, DURATION, FACTOR, PERCENT, YES, Plain, choice, whole
from rules.file_nodes import Entries, Names, Node, Skipped, Spot, Text
from rules.file_schema import COMMA, Field, ListOf, Section, Values, is_cut
from rules.folding import fold
from rules.refusals import Refused
from rules.tariff_grid import Cap, Modifier, SituationRule
from rules.vocabulary import ModifierEffect, Per, PerWhom, Situation

PERIODS = choice(
    ("jour", Per.DAY),
    ("semaine", Per.WEEK),
    ("mois", Per.MONTH),
    ("période", Per.PERIOD),
    ("trimestre", Per.TERM),
    ("année", Per.YEAR),
    ("année scolaire", Per.YEAR),
)
# -- modifiers, caps -------------------------------------------------------------------------


def _one_band(values: Values) -> Any:
    bands = values["bands"]
    if bands and len(bands) > 1:
        raise Refused("Une seule tranche ici : faites deux lignes.", "bands")
    return bands[0] if bands else None


def _modifier(values: Values, _: Spot) -> Modifier:
    told = [name for name in ("plus", "minus", "times", "reduction", "increase") if values[name] is not None]
    if len(told) != 1:
        raise Refused("Dites une chose : plus, moins, multiplié par, réduction ou majoration.")
    amount, factor = 0, Decimal(1)
    if told[0] in ("plus", "minus"):
        amount = values["plus"] if told[0] == "plus" else -values["minus"]
    else:
        factor = _factor(told[0], values[told[0]])
    effect = ModifierEffect.PLUS if amount or told[0] in ("plus", "minus") else ModifierEffect.TIMES
    return Modifier(
        position=0,
        label=values["label"],
        effect=effect,
        amount_cents=amount,
        factor=factor,
        **conditions(values, _one_band(values)),
    )


def _factor(name: str, value: Decimal) -> Decimal:
    if name == "times":
        return value
    return 1 + value / 100 if name == "increase" else 1 - value / 100


def _short_percent(node: Node, _: Spot) -> Node:
    """`plus: 25 %` is `majoration: 25 %`, `moins: 20 %` is `réduction: 20 %`."""
    if not isinstance(node, Entries):
        return node
    return Entries(
        node.line,
        tuple(
            (Text(key.line, _IN_PERCENT[fold(key.text)]), value)
            if fold(key.text) in _IN_PERCENT and isinstance(value, Text) and value.text.strip().endswith("%")
            else (key, value)
            for key, value in node.pairs
        ),
    )


_IN_PERCENT = {"plus": "majoration", "moins": "réduction"}


def _told_modifier(modifier: Modifier, _: Names) -> Mapping[str, Any]:
    told: dict[str, Any] = dict.fromkeys(("plus", "minus", "times", "reduction", "increase"))
    if modifier.effect is ModifierEffect.TIMES:
        told["times"] = modifier.factor
    elif modifier.amount_cents < 0:
        told["minus"] = -modifier.amount_cents
    else:
        told["plus"] = modifier.amount_cents
    return told | told_conditions(modifier) | {"label": modifier.label}


MODIFIER = Section(
    "Une majoration ou une réduction",
    "Ce qui s’ajoute au prix de la ligne, ou le multiplie. Toutes celles qui conviennent s’appliquent.",
    (
        Field("nom", "label", LABEL, "Nom dans l’explication du prix", default="Majoration"),
        *FIELDS,
        Field("plus", "plus", AMOUNT, "Somme ajoutée"),
        Field("moins", "minus", AMOUNT, "Somme retirée"),
        Field("multiplié par", "times", FACTOR, "Facteur (2 : doublé)"),
        Field("réduction", "reduction", PERCENT, "Pourcentage retiré (20 %)"),
        Field("majoration", "increase", PERCENT, "Pourcentage ajouté (25 %)"),
    ),
    build=_modifier,
    unbuild=_told_modifier,
    short=_short_percent,
)


def _cap(values: Values, _: Spot) -> Cap:
    if (values["max_cents"] is None) == (values["max_units"] is None):
        raise Refused("Dites un montant ou un nombre d’unités, l’un des deux.")
    same = {name: values[name] for name in _CAP}
    return Cap(position=0, **same, **conditions(values, _one_band(values)))


_CAP = ("label", "per_whom", "period", "max_cents", "max_units", "whole_service")


def _told_cap(cap: Cap, _: Names) -> Mapping[str, Any]:
    return told_conditions(cap) | {name: getattr(cap, name) for name in _CAP}


_CAP_WORDS = re.compile(
    r"(.+?)(?: par (enfant|famille|foyer))? (?:par|et par) (\w+)(?: (?:et )?par (enfant|famille|foyer))?"
)


def _short_cap(node: Node, _: Spot) -> Node:
    """`60,00 par mois et par famille`, `5,00 par enfant et par jour`."""
    found = _CAP_WORDS.fullmatch(node.text.strip()) if isinstance(node, Text) else None
    if found is None:
        return node
    told = {"montant": found[1], "période": found[3], "par": found[2] or found[4] or "enfant"}
    return Entries(
        node.line, tuple((Text(node.line, key), Text(node.line, said)) for key, said in told.items())
    )


CAP = Section(
    "Un plafond",
    "Ce qui n’est jamais dépassé sur une période : un montant, ou un nombre d’unités payées.",
    (
        Field("nom", "label", LABEL, "Nom sur la facture", default="Plafond"),
        *FIELDS,
        Field("par", "per_whom", PER_WHOM, "Compté par enfant ou par famille", default=PerWhom.CHILD),
        Field("période", "period", PERIODS, "jour, semaine, mois, trimestre, année", default=Per.DAY),
        Field("montant", "max_cents", AMOUNT, "Somme maximale"),
        Field("unités", "max_units", whole(0, 10_000), "Nombre maximal d’unités payées"),
        Field(
            "tout le service", "whole_service", YES, "Toutes les activités du service ensemble", default=False
        ),
    ),
    build=_cap,
    unbuild=_told_cap,
    short=_short_cap,
)


# -- situations ------------------------------------------------------------------------------

_SITUATION = ("from_nth", "nth_period", "counted_per", "once", "tolerance_minutes", "slice_minutes")


def _short_effect(node: Node, _: Spot) -> Node:
    """`plus 2,00`, or `5,00 par quart d’heure` (what a late departure costs)."""
    if not isinstance(node, Text):
        return node
    text, told = node.text, {}
    from_nth = re.fullmatch(r"(.+?),? (?:dès|à partir de) la (\d+)(?:e|ème) fois", text)
    if from_nth:
        text, told = from_nth[1], {"à partir de": from_nth[2]}
    amount, _per, per = text.partition(" par ")
    minutes = slice_of(per) if per else None
    if minutes is not None:
        text, told = amount, told | {"tranche": f"{minutes} minutes"}
    told["effet"] = text
    return Entries(
        node.line, tuple((Text(node.line, key), Text(node.line, said)) for key, said in told.items())
    )


SITUATION_RULE = Section(
    "Une situation",
    "Ce qu’elle fait au prix du jour. En court, l’effet seul : `hors délai: plus 2,00`.",
    (
        Field("effet", "effect", EFFECT, "Ce que devient le prix", required=True),
        Field("à partir de", "from_nth", whole(1, 1000), "À partir de la n-ième fois", default=1),
        Field("période", "nth_period", PERIODS, "Sur quelle période on compte (défaut : l’année scolaire)"),
        Field("compté par", "counted_per", PER_WHOM, "Par enfant ou par famille", default=PerWhom.CHILD),
        Field(
            "une fois par", "once", PER_WHOM, "La somme n’est due qu’une fois par jour, par enfant ou famille"
        ),
        Field("tolérance", "tolerance_minutes", DURATION, "Retard : minutes pardonnées", default=0),
        Field(
            "tranche", "slice_minutes", DURATION, "Retard : par tranche entamée (défaut : forfait)", default=0
        ),
    ),
    short=_short_effect,
    shorten=lambda written: written["effet"] if list(written) == ["effet"] else written,
    unbuild=lambda rule, _: (
        {"effect": Effect(rule.effect, rule.amount_cents, rule.factor)}
        | {name: getattr(rule, name) for name in _SITUATION}
    ),
)


@dataclass(frozen=True, slots=True)
class Situations:
    """`{hors délai: plus 2,00, absent: [prix habituel, {effet: fois 2, à partir de: 3}]}`."""

    said: str = "des situations, et l’effet de chacune (hors délai: plus 2,00)"

    def read(self, node: Node, spot: Spot) -> tuple[SituationRule, ...]:
        if not isinstance(node, Entries):
            raise spot.refuse(node, f"On attend {self.said}.")
        found: list[SituationRule] = []
        failed = False
        for key, value in node.pairs:
            into = spot.into(key.text)
            if is_cut(key, value):
                raise spot.refuse(key, COMMA)
            try:
                situation: Situation = SITUATION.read(key, spot)
                found += [
                    SituationRule(situation, *values["effect"], **{name: values[name] for name in _SITUATION})
                    for values in ListOf(SITUATION_RULE).read(value, into)
                ]
            except Skipped:
                failed = True
        if failed:
            raise Skipped
        return tuple(found)

    def write(self, value: Sequence[SituationRule], names: Names) -> Plain:
        written: dict[str, Any] = {}
        for situation in Situation:
            rules = sorted((r for r in value if r.situation is situation), key=lambda rule: rule.from_nth)
            if rules:
                written[str(SITUATION.write(situation, names))] = ListOf(SITUATION_RULE).write(rules, names)
        return written
