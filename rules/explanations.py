"""Why this price: the facts and the arithmetic of one price, kept with the invoice line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from rules.durations import say_slices
from rules.money import NBSP, format_cents, share
from rules.price_parts import Coins, Part, decimal_words, json_value
from rules.tariff_grid import TIMED_UNITS, SituationRule, format_quotient
from rules.vocabulary import PriceMethod, PriceUnit, Rounding, Situation, SituationEffect
from rules.wording import clock_time, short_date

THE_UNIT = {
    PriceUnit.MEAL: "le repas",
    PriceUnit.SESSION: "la séance",
    PriceUnit.SLICE: "la tranche entamée",
    PriceUnit.HOUR: "l’heure",
    PriceUnit.DAY: "la journée",
    PriceUnit.WEEK: "la semaine",
    PriceUnit.MONTH: "le mois",
    PriceUnit.PERIOD: "la période entre deux vacances",
    PriceUnit.TERM: "le trimestre",
    PriceUnit.YEAR: "l’année scolaire",
}
STILL_DUE = {
    PriceUnit.MEAL: "le repas réservé reste dû",
    PriceUnit.SESSION: "la séance réservée reste due",
    PriceUnit.DAY: "la journée réservée reste due",
}
ORDINARY = frozenset({Situation.AS_BOOKED, Situation.ATTENDED})
CAME = frozenset({Situation.ATTENDED, Situation.UNBOOKED})
HOURS_UNKNOWN = "Les heures d’arrivée et de départ n’ont pas été notées."
Presence = tuple[str, int, int]  # a day (ISO), and the minutes of the day that were counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that made one price, in a form that a database can keep as JSON.

    It names no child: the same explanation serves all the days it explains, whose hours are in
    `presences` when they made the price. `depends_on` names the conditions that the tariff states, and
    `circumstances` says those that are neither the quotient nor the residence. `parts` holds the calculation
    when there is one; a listed amount is `base_cents` alone. `count` is how many times a situation's amount
    is due (started slices of a late pick-up). `shared` is the place of the family among those that share the
    price of a period, then the days of each. `in_flat`: the day is in a price already paid for its period.
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
    parts: tuple[Part, ...] = ()
    rounding: Rounding = Rounding.HALF_UP
    step_cents: int = 1
    floor_cents: int | None = None
    ceiling_cents: int | None = None
    counted_quotient: Decimal | None = None
    circumstances: tuple[str, ...] = ()
    occurrence: int = 0
    count: int = 1
    slice_minutes: int = 0
    leaves: int | None = None
    ends_at: int | None = None
    in_flat: bool = False
    shared: tuple[int, ...] = ()
    presences: tuple[Presence, ...] = ()

    @property
    def coins(self) -> Coins:
        return Coins(self.rounding, self.step_cents, self.floor_cents, self.ceiling_cents)

    @property
    def rule(self) -> SituationRule:
        return SituationRule(self.situation, self.effect, self.effect_cents, self.factor)

    def to_json(self) -> dict[str, Any]:
        """A small dictionary of JSON values; decimals are written as text, never as floats."""
        told: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.default is MISSING or value != field.default:
                told[field.name] = (
                    [list(p) for p in value] if field.name == "presences" else json_value(value)
                )
        return told

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Explanation:
        """The inverse of `to_json`. Raises KeyError when a fact is missing."""
        values = {f.name: data[f.name] for f in fields(cls) if f.default is MISSING or f.name in data}
        for name, read in _READERS.items():
            if name in values:
                values[name] = read(values[name])
        return cls(**values)

    @property
    def has_hours(self) -> bool:
        """Whether hours of presence or of departure made this price."""
        return self.leaves is not None or any(part.start is not None for part in self.parts)

    def without_hours(self) -> Explanation:
        """The same calculation for any day that counts as much: the hours are said day by day, apart."""
        parts = tuple(replace(part, start=None, end=None) for part in self.parts)
        return replace(self, parts=parts, leaves=None)

    # -- sentences

    def sentences(self) -> list[str]:
        """« Pourquoi ce prix ? » in French, for the parent who pays."""
        said = [] if self.in_flat or self._is_charge_apart else self._price_sentences()
        if "resident" in self.depends_on:
            where = "dans" if self.resident else "hors de"
            said.append(f"Votre famille est domiciliée {where} la commune.")
        said += self.circumstances
        said += self._presence_sentences()
        if self.shared:
            index, *days = self.shared
            amount = format_cents(self.amount_cents)
            said.append(f"Votre part, pour {days[index]} jours sur {sum(days)}{NBSP}: {amount}.")
        if self.in_flat and self.situation in ORDINARY:
            said.append(f"Jour compris dans le forfait «{NBSP}{self.row_label}{NBSP}».")
        elif self.situation not in ORDINARY or self.effect != SituationEffect.SAME:
            said.append(f"{self.situation.label}{self._nth()}{NBSP}: {self._effect_phrase()}.")
        example = " (grille donnée en exemple)" if self.is_example else ""
        return [*said, f"Grille tarifaire appliquée{NBSP}: {self.version_name}{example}."]

    @property
    def _is_charge_apart(self) -> bool:
        """A late pick-up is charged beside the day, whose price is told with the day."""
        return self.situation == Situation.LATE_PICKUP and self.effect in (
            SituationEffect.FIXED,
            SituationEffect.PLUS,
        )

    def _price_sentences(self) -> list[str]:
        first = self._price_sentence()
        if len(self.parts) < 2:
            return [first]
        amounts = [part.cents(self.coins) for part in self.parts]
        whole = f"{' + '.join(map(format_cents, amounts))} = {format_cents(sum(amounts))}"
        return [first, *(f"{_row(part, self.coins)}." for part in self.parts[1:]), f"En tout{NBSP}: {whole}."]

    def _price_sentence(self) -> str:
        price = _row(self.parts[0], self.coins) if self.parts else self._listed_price()
        if "quotient" not in self.depends_on:
            return f"Tarif {price}."
        if self.quotient is None:
            return f"Nous n’avons pas de quotient familial pour ces jours{NBSP}: tarif {price}."
        return f"Votre quotient familial est de {self._quotient_words()}{NBSP}: tranche {price}."

    def _quotient_words(self) -> str:
        said = format_quotient(self.quotient or Decimal(0))
        if self.quotient_source:
            said += f" ({self.quotient_source})"
        if self.counted_quotient is not None:
            said += f", arrondi à {decimal_words(self.counted_quotient)}"
        return said

    def _listed_price(self) -> str:
        if self.method == PriceMethod.FREE:
            return f"{_quoted(self.row_label)}, gratuit"
        return f"{_quoted(self.row_label)}, {format_cents(self.base_cents)} {THE_UNIT[self.unit]}"

    def _presence_sentences(self) -> list[str]:
        if not self.presences:
            unknown = any(part.unit in TIMED_UNITS and part.start is None for part in self.parts)
            return [HOURS_UNKNOWN] if unknown and self.situation in CAME else []
        late = self.situation == Situation.LATE_PICKUP
        days = [_late_day(*each) if late else _present_day(*each) for each in self.presences]
        return [f"{'Départ' if late else 'Présence comptée'}{NBSP}: {f'{NBSP}; '.join(days)}."]

    def _nth(self) -> str:
        if self.occurrence < 1:
            return ""
        return f" ({self.occurrence}{'re' if self.occurrence == 1 else 'e'} fois)"

    def _effect_phrase(self) -> str:
        if self.in_flat and self.effect == SituationEffect.SAME:
            return f"compris dans le forfait «{NBSP}{self.row_label}{NBSP}»"
        if self.effect == SituationEffect.SAME and self.situation == Situation.NO_SHOW:
            return STILL_DUE.get(self.unit, "ce qui était réservé reste dû")
        if self.effect == SituationEffect.FREE:
            return "rien n’est dû"
        if self._is_charge_apart:
            return f"{self._late_words()}{self._late_arithmetic()}"
        return f"{_EFFECT_WORDS[self.effect]}, {say_arithmetic(self)}"

    def _late_words(self) -> str:
        if self.leaves is None or self.ends_at is None:
            return ""
        return f"départ à {clock_time(self.leaves)} pour une fin à {clock_time(self.ends_at)}, "

    def _late_arithmetic(self) -> str:
        amount = format_cents(self.amount_cents)
        if not self.slice_minutes:
            return amount
        counted = say_slices(self.count, self.slice_minutes)
        return f"{counted} × {format_cents(self.effect_cents)} = {amount}"


def _present_day(day: str, start: int, end: int) -> str:
    return f"le {short_date(date.fromisoformat(day))}, de {clock_time(start)} à {clock_time(end)}"


def _late_day(day: str, end: int, left: int) -> str:
    return f"le {short_date(date.fromisoformat(day))} à {clock_time(left)} pour une fin à {clock_time(end)}"


def _row(part: Part, coins: Coins) -> str:
    """« garderie du soir » : 17 h 10 à 18 h 20 : 3 demi-heures entamées × 1,15 € = 3,45 €"""
    arithmetic = part.arithmetic(coins)
    if part.unit in TIMED_UNITS or part.count != 1:
        return f"{_quoted(part.label)}, {arithmetic}"
    return f"{_quoted(part.label)}, {arithmetic} {THE_UNIT[part.unit]}"


def _parts(data: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    return tuple(map(Part.from_json, data))


def _presences(data: Sequence[Sequence[Any]]) -> tuple[Presence, ...]:
    return tuple((day, start, end) for day, start, end in data)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


_MEMBERS: dict[str, Callable[..., StrEnum]] = {
    "method": PriceMethod,
    "unit": PriceUnit,
    "situation": Situation,
    "effect": SituationEffect,
    "rounding": Rounding,
}
_READERS: dict[str, Callable[[Any], Any]] = {
    **_MEMBERS,
    "quotient": _decimal,
    "counted_quotient": _decimal,
    "factor": _decimal,
    "depends_on": tuple,
    "circumstances": tuple,
    "parts": _parts,
    "presences": _presences,
    "shared": tuple,
}
_EFFECT_WORDS: dict[StrEnum, str] = {
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


def apply_effect(
    rule: SituationRule, base_cents: int, coins: Coins, *, count: int = 1, in_flat: bool = False
) -> int:
    """The price in cents once the situation has had its effect.

    A sum of the situation is due `count` times. A refund is taken off the ordinary price, which it never
    makes negative; off a price paid for a whole period, it is a negative amount.
    """
    match rule.effect:
        case SituationEffect.SAME | SituationEffect.HIGHEST:
            return base_cents
        case SituationEffect.FIXED:
            return rule.amount_cents * count
        case SituationEffect.PLUS:
            return base_cents + rule.amount_cents * count
        case SituationEffect.TIMES:
            return coins.round(base_cents * rule.factor)
        case SituationEffect.FREE:
            return 0
        case SituationEffect.REFUND:
            return -rule.amount_cents if in_flat else max(0, base_cents - rule.amount_cents)


def say_arithmetic(told: Explanation) -> str:
    """The calculation of a situation in figures: `3,80 € × 1,5 = 5,70 €`."""
    amount, base = format_cents(told.amount_cents), format_cents(told.base_cents)
    if told.in_flat:
        return amount
    match told.effect:
        case SituationEffect.PLUS:
            return f"{base} + {format_cents(told.effect_cents)} = {amount}"
        case SituationEffect.REFUND:
            return f"{base} − {format_cents(told.effect_cents)} = {amount}"
        case SituationEffect.TIMES:
            return f"{base} × {str(told.factor).replace('.', ',')} = {amount}"
        case _:
            return amount


def recompute(data: Mapping[str, Any]) -> int:
    """The price in cents worked out again from a stored explanation (rules.md: the same cents)."""
    told = Explanation.from_json(data)
    base = sum(part.cents(told.coins) for part in told.parts) if told.parts else told.base_cents
    amount = apply_effect(told.rule, base, told.coins, count=told.count, in_flat=told.in_flat)
    return share(amount, told.shared[1:])[told.shared[0]] if told.shared else amount
