"""How a price and the effect of a situation are written: `1,15 par demi-heure`, `plus 2,00`…"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from rules.commune_words import UNIT_WORDS
from rules.file_kinds import AMOUNT, Scalar, number, parse_duration, show_amount, show_number
from rules.folding import fold
from rules.vocabulary import EffortBasis, PriceMethod, PriceUnit, SituationEffect

HOUR, HALF_HOUR, QUARTER = 60, 30, 15


class Price(NamedTuple):
    """What one row charges; no unit means that of the activity."""

    method: PriceMethod
    amount_cents: int = 0
    to_cents: int | None = None
    rate: Decimal | None = None
    basis: EffortBasis = EffortBasis.QUOTIENT
    unit: PriceUnit | None = None
    slice_minutes: int = 0


_UNITS = {fold(word): unit for word, unit in UNIT_WORDS}
_SLICES = {"demi heure": HALF_HOUR, "quart d heure": QUARTER, "quart heure": QUARTER}
_BASES = {"du quotient": EffortBasis.QUOTIENT, "des revenus": EffortBasis.INCOME}
_BASES |= {"des ressources": EffortBasis.INCOME, "": EffortBasis.QUOTIENT}


def parse_price(text: str) -> Price:
    """`4,85`, `gratuit`, `12,00 par mois`, `1,15 par tranche de 30 minutes`, `1,00 à 5,97`,
    `0,3 % du quotient`, `9,00 pour la famille`."""
    amount, _, per = re.sub(
        r" ?/ ?| (?:de l[’']|la |le )(?=heure|demi|quart)", " par ", text, count=1
    ).partition(" par ")
    unit, minutes = _parse_unit(per) if per else (None, 0)
    return _amount(amount.strip())._replace(unit=unit, slice_minutes=minutes)


def _amount(text: str) -> Price:
    if fold(text) == "gratuit":
        return Price(PriceMethod.FREE)
    rate = re.fullmatch(r"(.+?) ?%(?: (.+))?", text)
    if rate:
        basis = _BASES.get(fold(rate[2] or ""))
        if basis is None:
            raise ValueError
        return Price(PriceMethod.RATE, rate=number(rate[1]), basis=basis)
    shared = re.fullmatch(r"(.+?) (?:pour la famille|par foyer)", text)
    if shared:
        return Price(PriceMethod.SHARED, AMOUNT.parse(shared[1]))
    linear = re.fullmatch(r"(?:de )?(.+?) à (.+)", text)
    if linear:
        return Price(PriceMethod.LINEAR, AMOUNT.parse(linear[1]), AMOUNT.parse(linear[2]))
    return Price(PriceMethod.FIXED, AMOUNT.parse(text))


def slice_of(per: str) -> int | None:
    """The minutes of `quart d’heure`, `tranche de 20 minutes`; None when it is no slice."""
    try:
        unit, minutes = _parse_unit(per)
    except ValueError:
        return None
    return minutes if unit is PriceUnit.SLICE else None


def _parse_unit(per: str) -> tuple[PriceUnit, int]:
    """`mois`, `heure`, `heure comptée par 15 minutes`, `tranche de 30 minutes`, `demi-heure`."""
    folded = fold(per).removesuffix(" entamee").removesuffix(" commencee").removesuffix(" entame")
    if folded in _SLICES:
        return PriceUnit.SLICE, _SLICES[folded]
    counted = re.fullmatch(r"heure comptee par (.+)", folded)
    if counted:
        return PriceUnit.HOUR, _SLICES.get(counted[1]) or parse_duration(counted[1])
    sliced = re.fullmatch(r"tranche de (.+)", folded)
    if sliced:
        return PriceUnit.SLICE, _SLICES.get(sliced[1]) or parse_duration(sliced[1])
    if folded not in _UNITS or folded == "tranche":
        raise ValueError
    return _UNITS[folded], 0


def show_price(price: Price) -> str:
    if price.unit is None:
        return _show_amount(price)
    return f"{_show_amount(price)} par {_show_unit(price.unit, price.slice_minutes)}"


def _show_amount(price: Price) -> str:
    match price.method:
        case PriceMethod.FREE:
            return "gratuit"
        case PriceMethod.RATE:
            of = "du quotient" if price.basis is EffortBasis.QUOTIENT else "des revenus"
            return f"{show_number(price.rate or Decimal(0))} % {of}"
        case PriceMethod.SHARED:
            return f"{show_amount(price.amount_cents)} pour la famille"
        case PriceMethod.LINEAR:
            return f"{show_amount(price.amount_cents)} à {show_amount(price.to_cents or 0)}"
        case PriceMethod.FIXED:
            return show_amount(price.amount_cents)


def _show_unit(unit: PriceUnit, minutes: int) -> str:
    word = next(word for word, each in UNIT_WORDS if each is unit)
    if unit is PriceUnit.SLICE:
        return f"tranche de {minutes} minutes"
    return f"{word} comptée par {minutes} minutes" if minutes else word


PRICE = Scalar("un prix (4,85, gratuit, 12,00 par mois, 1,15 par demi-heure)", parse_price, show_price)


# -- what a situation does -----------------------------------------------------------------


class Effect(NamedTuple):
    effect: SituationEffect
    amount_cents: int = 0
    factor: Decimal = Decimal(1)


_NAMED = {
    "prix habituel": SituationEffect.SAME,
    "meme prix": SituationEffect.SAME,
    "du": SituationEffect.SAME,
    "gratuit": SituationEffect.FREE,
    "rien": SituationEffect.FREE,
    "prix le plus haut": SituationEffect.HIGHEST,
    "prix le plus eleve": SituationEffect.HIGHEST,
    "tarif le plus haut": SituationEffect.HIGHEST,
    "tarif le plus eleve": SituationEffect.HIGHEST,
}
_FACTORS = {
    "double": Decimal(2),
    "prix double": Decimal(2),
    "triple": Decimal(3),
    "moitie prix": Decimal("0.5"),
}


def parse_effect(text: str) -> Effect:
    """`prix habituel`, `gratuit`, `8,00`, `plus 2,00`, `fois 1,5`, `prix le plus haut`, `remboursé 3,85`."""
    named = _NAMED.get(fold(text))
    if named is not None:
        return Effect(named)
    if fold(text) in _FACTORS:
        return Effect(SituationEffect.TIMES, factor=_FACTORS[fold(text)])
    share = re.fullmatch(r"(?:majoré de|plus|(?P<less>réduit de|moins|-)|\+) ?(?P<share>[^%]+)%", text)
    if share:
        part = number(share["share"]) / 100
        return Effect(SituationEffect.TIMES, factor=1 - part if share["less"] else 1 + part)
    found = re.fullmatch(
        r"(plus|majoré de|\+|fois|×|x|multiplié par|remboursé|remboursement de|déduit) ?(.+)", text
    )
    if not found:
        return Effect(SituationEffect.FIXED, AMOUNT.parse(text))
    if found[1] in ("plus", "+", "majoré de"):
        return Effect(SituationEffect.PLUS, AMOUNT.parse(found[2]))
    if found[1] in ("fois", "×", "x", "multiplié par"):
        return Effect(SituationEffect.TIMES, factor=number(found[2]))
    return Effect(SituationEffect.REFUND, AMOUNT.parse(found[2]))


def show_effect(value: Effect) -> str:
    match value.effect:
        case SituationEffect.SAME:
            return "prix habituel"
        case SituationEffect.FREE:
            return "gratuit"
        case SituationEffect.HIGHEST:
            return "prix le plus haut"
        case SituationEffect.PLUS:
            return f"plus {show_amount(value.amount_cents)}"
        case SituationEffect.TIMES:
            return f"fois {show_number(value.factor)}"
        case SituationEffect.REFUND:
            return f"remboursé {show_amount(value.amount_cents)}"
        case SituationEffect.FIXED:
            return show_amount(value.amount_cents)


EFFECT = Scalar(
    "un effet (prix habituel, gratuit, 8,00, plus 2,00, fois 1,5, prix le plus haut, remboursé 3,85)",
    parse_effect,
    show_effect,
)
