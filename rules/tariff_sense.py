"""Amounts, bounds and settings of a tariff that make no sense on their own, each named."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from rules.money import NBSP
from rules.tariff_conditions import needs_quotient
from rules.tariff_grid import Cap, Conditions, Modifier, SituationRule, TariffRow, TariffVersion
from rules.vocabulary import ModifierEffect, PriceMethod, PriceUnit

DAY_MINUTES = 24 * 60


def short_row(row: TariffRow) -> str:
    return f"{row.position} {quoted(row.label)}"


def named_row(row: TariffRow) -> str:
    return f"La ligne {short_row(row)}"


def quoted(text: str) -> str:
    return f"«{NBSP}{text}{NBSP}»"


# -- the version, its situations --------------------------------------------------------


def wrong_settings(version: TariffVersion) -> list[str]:
    """Dates, rounding, regime, bounds and situations."""
    wrong = (_wrong_dates, _wrong_rounding, _wrong_bounds, _wrong_situations)
    return [sentence for each in wrong for sentence in each(version)]


def _wrong_dates(version: TariffVersion) -> Iterator[str]:
    if version.last is not None and version.last < version.first:
        yield "La fin de validité du tarif précède son début."


def _wrong_rounding(version: TariffVersion) -> Iterator[str]:
    if version.rounding_step_cents < 1:
        yield "L’arrondi doit se faire à un centime au moins."
    if version.regular_share is not None and not 0 < version.regular_share <= 1:
        yield "La part des jours qui rend régulier doit être comprise entre 0 et 100 %."
    if version.regular_days is not None and version.regular_days < 1:
        yield "Le nombre de jours qui rend régulier doit être d’au moins un."


def _wrong_bounds(version: TariffVersion) -> Iterator[str]:
    floor, ceiling = version.floor_cents, version.ceiling_cents
    if any(bound is not None and bound < 0 for bound in (floor, ceiling)):
        yield "Le prix plancher et le prix plafond ne peuvent pas être négatifs."
    elif floor is not None and ceiling is not None and ceiling < floor:
        yield "Le prix plafond est plus bas que le prix plancher."


def _wrong_situations(version: TariffVersion) -> Iterator[str]:
    seen = set()
    for rule in version.situations:
        name = quoted(rule.situation.label)
        if (rule.situation, rule.from_nth) in seen:
            yield f"La situation {name} est réglée deux fois."
        if rule.amount_cents < 0 or rule.factor < 0:
            yield f"La situation {name} porte un montant négatif."
        yield from _wrong_counts(rule, name)
        seen.add((rule.situation, rule.from_nth))


def _wrong_counts(rule: SituationRule, name: str) -> Iterator[str]:
    if rule.from_nth < 1:
        yield f"La situation {name} doit commencer à la 1re fois ou plus tard."
    if rule.tolerance_minutes < 0 or rule.slice_minutes < 0:
        yield f"La situation {name} porte une durée négative."


# -- rows, modifiers, caps ---------------------------------------------------------------


def wrong_pieces(version: TariffVersion) -> list[str]:
    """Every row, modifier and cap whose own values contradict each other."""
    said: list[str] = []
    for row in version.rows:
        said += _about(named_row(row), row, _row_amounts(row), _method(row), _units(row))
    for modifier in version.modifiers:
        said += _about(f"Le modificateur {quoted(modifier.label)}", modifier, _modifier(modifier))
    for cap in version.caps:
        said += _about(f"Le plafond {quoted(cap.label)}", cap, _cap(cap))
    return said


def _about(name: str, piece: Conditions, *faults: Iterator[str]) -> list[str]:
    found = [fault for each in (*faults, _band(piece), _ranges(piece), _sets(piece)) for fault in each]
    return [f"{name} {fault}." for fault in found]


def _row_amounts(row: TariffRow) -> Iterator[str]:
    amounts = (row.amount_cents, row.to_cents, row.floor_cents, row.ceiling_cents, row.rate)
    if any(amount is not None and amount < 0 for amount in amounts):
        yield "porte un montant négatif"


def _method(row: TariffRow) -> Iterator[str]:
    if row.no_quotient and needs_quotient(row):
        yield "calcule son prix avec le quotient de familles qui n’en ont pas"
    if row.method == PriceMethod.RATE and row.rate is None:
        yield "n’a pas de taux d’effort"
    if row.method == PriceMethod.LINEAR and (
        row.qf_from is None or row.qf_to is None or row.to_cents is None
    ):
        yield "est progressive : il lui faut les deux bornes de quotient et les deux prix"
    if row.floor_cents is not None and row.ceiling_cents is not None and row.ceiling_cents < row.floor_cents:
        yield "a un plafond plus bas que son plancher"


def _units(row: TariffRow) -> Iterator[str]:
    if row.unit == PriceUnit.SLICE and row.slice_minutes < 1:
        yield "se compte par tranche : il lui faut la durée de la tranche, en minutes"
    if row.slice_minutes < 0 or row.tolerance_minutes < 0:
        yield "porte une durée négative"


def _modifier(modifier: Modifier) -> Iterator[str]:
    if modifier.effect == ModifierEffect.TIMES and modifier.factor < 0:
        yield "multiplie par un nombre négatif"


def _cap(cap: Cap) -> Iterator[str]:
    if (cap.max_cents is None) == (cap.max_units is None):
        yield "doit porter soit un montant, soit un nombre"
    if (cap.max_cents or 0) < 0 or (cap.max_units or 0) < 0:
        yield "porte un maximum négatif"


# -- conditions ---------------------------------------------------------------------


def _band(piece: Conditions) -> Iterator[str]:
    if piece.no_quotient and piece.has_band:
        yield "ne peut pas être à la fois « sans quotient » et une tranche de quotient"
    lower = piece.qf_from or Decimal(0)
    if lower < 0:
        yield "commence à un quotient négatif"
    if piece.qf_to is not None and piece.qf_to <= lower:
        yield "doit finir à un quotient plus grand que celui où elle commence"


def _ranges(piece: Conditions) -> Iterator[str]:
    for what, low, high in (
        ("un rang", piece.rank_from, piece.rank_to),
        ("un nombre d’enfants", piece.children_from, piece.children_to),
        ("un nombre de jours par semaine", piece.days_from, piece.days_to),
        ("un nombre de jours par mois", piece.month_from, piece.month_to),
    ):
        if any(bound is not None and bound < 1 for bound in (low, high)):
            yield f"porte {what} inférieur à 1"
        elif high is not None and high < (low or 1):
            yield f"finit à {what} plus petit que celui où elle commence"
    start, end = piece.slot_from or 0, DAY_MINUTES if piece.slot_to is None else piece.slot_to
    if not 0 <= start < end <= DAY_MINUTES:
        yield "porte un créneau qui ne commence pas avant de finir"


def _sets(piece: Conditions) -> Iterator[str]:
    chosen = (piece.levels, piece.school_ids, piece.weekdays, piece.situations)
    if any(values is not None and not values for values in chosen):
        yield "porte une liste vide : laissez la condition de côté, ou choisissez"
