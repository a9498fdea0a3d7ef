"""Why this price: the facts and the arithmetic of one price, kept with the invoice line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

from rules.money import NBSP, format_cents, round_half_up
from rules.tariff_grid import SituationRule, format_quotient
from rules.vocabulary import PriceMethod, PriceUnit, Situation, SituationEffect

THE_UNIT = {
    PriceUnit.MEAL: "le repas",
    PriceUnit.SESSION: "la séance",
    PriceUnit.SLICE: "la tranche entamée",
    PriceUnit.HOUR: "l’heure",
    PriceUnit.DAY: "la journée",
    PriceUnit.WEEK: "la semaine",
    PriceUnit.MONTH: "le mois",
    PriceUnit.TERM: "le trimestre",
    PriceUnit.YEAR: "l’année scolaire",
}
STILL_DUE = {
    PriceUnit.MEAL: "le repas réservé reste dû",
    PriceUnit.SESSION: "la séance réservée reste due",
}
ORDINARY = frozenset({Situation.AS_BOOKED, Situation.ATTENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that made one price, in a form that a database can keep as JSON.

    It holds no date and no child: the same explanation serves all the days it explains.
    `depends_on` names the conditions that the tariff states (« quotient », « resident »).
    """

    version_id: int | None
    version_name: str
    is_example: bool
    row_id: int | None
    row_position: int
    row_label: str
    method: PriceMethod
    unit: PriceUnit
    depends_on: tuple[str, ...]
    quotient: Decimal | None
    quotient_source: str
    resident: bool
    situation: Situation
    effect: SituationEffect
    effect_cents: int
    factor: Decimal
    base_cents: int
    amount_cents: int
    arithmetic: str

    def to_json(self) -> dict[str, Any]:
        """A small dictionary of JSON values; decimals are written as text, never as floats."""
        data = {field.name: getattr(self, field.name) for field in fields(self)}
        data["quotient"] = None if self.quotient is None else str(self.quotient)
        data["factor"] = str(self.factor)
        data["depends_on"] = list(self.depends_on)
        return data | {name: data[name].value for name in _ENUMS}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Explanation:
        """The inverse of `to_json`. Raises KeyError when a fact is missing."""
        values = {field.name: data[field.name] for field in fields(cls)}
        values["quotient"] = None if data["quotient"] is None else Decimal(data["quotient"])
        values["factor"] = Decimal(data["factor"])
        values["depends_on"] = tuple(data["depends_on"])
        return cls(**(values | {name: kind(data[name]) for name, kind in _ENUMS.items()}))

    def sentences(self) -> list[str]:
        """« Pourquoi ce prix ? » in French, for the parent who pays."""
        said = [self._price_sentence()]
        if "resident" in self.depends_on:
            where = "dans" if self.resident else "hors de"
            said.append(f"Votre famille est domiciliée {where} la commune.")
        if self.situation not in ORDINARY or self.effect != SituationEffect.SAME:
            said.append(f"{self.situation.label}{NBSP}: {self._effect_phrase()}.")
        example = " (grille donnée en exemple)" if self.is_example else ""
        return [*said, f"Grille tarifaire appliquée{NBSP}: {self.version_name}{example}."]

    def _price_sentence(self) -> str:
        price = f"{_quoted(self.row_label)}, {self._base_price()}"
        if "quotient" not in self.depends_on:
            return f"Tarif {price}."
        if self.quotient is None:
            return f"Nous n’avons pas de quotient familial pour ces jours{NBSP}: tarif {price}."
        source = f" ({self.quotient_source})" if self.quotient_source else ""
        return (
            f"Votre quotient familial est de {format_quotient(self.quotient)}{source}{NBSP}: tranche {price}."
        )

    def _base_price(self) -> str:
        if self.method == PriceMethod.FREE:
            return "gratuit"
        return f"{format_cents(self.base_cents)} {THE_UNIT[self.unit]}"

    def _effect_phrase(self) -> str:
        if self.effect == SituationEffect.SAME and self.situation == Situation.NO_SHOW:
            return STILL_DUE.get(self.unit, "ce qui était réservé reste dû")
        if self.effect == SituationEffect.FREE:
            return "rien n’est dû"
        return f"{_EFFECT_WORDS[self.effect]}, {self.arithmetic}"


_ENUMS: dict[str, Callable[..., StrEnum]] = {
    "method": PriceMethod,
    "unit": PriceUnit,
    "situation": Situation,
    "effect": SituationEffect,
}
_EFFECT_WORDS = {
    SituationEffect.SAME: "prix habituel",
    SituationEffect.FIXED: "prix fixe",
    SituationEffect.PLUS: "prix habituel plus un supplément",
    SituationEffect.TIMES: "prix habituel multiplié",
    SituationEffect.REFUND: "somme déduite",
    SituationEffect.HIGHEST: "prix le plus élevé de la grille",
}


def _quoted(text: str) -> str:
    return f"«{NBSP}{text}{NBSP}»"


# -- arithmetic ---------------------------------------------------------------------


def apply_effect(rule: SituationRule, base_cents: int) -> int:
    """The price in cents once the situation has had its effect; halves of a cent round up."""
    match rule.effect:
        case SituationEffect.SAME | SituationEffect.HIGHEST:
            return base_cents
        case SituationEffect.REFUND:
            return base_cents - rule.amount_cents
        case SituationEffect.FIXED:
            return rule.amount_cents
        case SituationEffect.PLUS:
            return base_cents + rule.amount_cents
        case SituationEffect.TIMES:
            return round_half_up(base_cents * rule.factor)
        case SituationEffect.FREE:
            return 0


def say_arithmetic(rule: SituationRule, base_cents: int) -> str:
    """The calculation in figures: `3,80 € × 1,5 = 5,70 €`."""
    amount = format_cents(apply_effect(rule, base_cents))
    match rule.effect:
        case SituationEffect.PLUS:
            return f"{format_cents(base_cents)} + {format_cents(rule.amount_cents)} = {amount}"
        case SituationEffect.TIMES:
            return f"{format_cents(base_cents)} × {str(rule.factor).replace('.', ',')} = {amount}"
        case _:
            return amount


def recompute(data: Mapping[str, Any]) -> int:
    """The price in cents worked out again from a stored explanation (rules.md: the same cents)."""
    told = Explanation.from_json(data)
    rule = SituationRule(told.situation, told.effect, told.effect_cents, told.factor)
    return apply_effect(rule, told.base_cents)
