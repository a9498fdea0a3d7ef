"""The price engine: one function gives the price of a day, and says why.

Tariffs are made of the pieces of `rules.tariff_grid`, refused by `rules.tariff_checks` and
explained by `rules.explanations`; other rooms need only this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rules.explanations import Explanation, apply_effect, recompute, say_arithmetic
from rules.money import NBSP
from rules.quotients import QuotientFact, quotient_on
from rules.refusals import Refused
from rules.tariff_checks import check_version, ensure_valid
from rules.tariff_conditions import METHODS, OTHERS, first_match, mentions
from rules.tariff_grid import Facts, SituationRule, TariffRow, TariffVersion, format_quotient
from rules.vocabulary import Situation, SituationEffect

__all__ = [
    "Explanation",
    "Facts",
    "Price",
    "QuotientFact",
    "SituationRule",
    "TariffRow",
    "TariffVersion",
    "check_version",
    "ensure_valid",
    "format_quotient",
    "price",
    "quotient_on",
    "recompute",
    "situation_rule",
    "version_for",
]

# What a situation costs when the tariff says nothing of it: the day is due, except an
# absence that the commune has accepted.
UNSAID_EFFECTS = {Situation.JUSTIFIED: SituationEffect.FREE}


@dataclass(frozen=True, slots=True)
class Price:
    """A price in cents, the row that gave it, and the reasons."""

    amount_cents: int
    row: TariffRow
    explanation: Explanation

    def __hash__(self) -> int:
        """Short, because lines gather tens of thousands of days by price."""
        return hash((self.amount_cents, self.row.position, self.explanation.quotient))


def version_for(versions: Sequence[TariffVersion], day: date) -> TariffVersion | None:
    """The tariff in force that day; of two that cover it, the one that started last."""
    return max((v for v in versions if v.covers(day)), key=lambda v: v.first, default=None)


def situation_rule(version: TariffVersion, situation: Situation) -> SituationRule:
    """What the version says of a situation, or what is meant when it says nothing."""
    for rule in version.situations:
        if rule.situation == situation:
            return rule
    return SituationRule(situation, UNSAID_EFFECTS.get(situation, SituationEffect.SAME))


def price(version: TariffVersion, facts: Facts) -> Price:
    """The price of one day, in cents, with its explanation.

    The first row whose conditions all hold gives the ordinary price, on which the situation
    then acts (rules.md, Prices). Raises Refused when no row takes such a family, which a
    version that passed `check_version` never does for a quotient of 0 or more.
    """
    row = first_match(version.rows, facts)
    if row is None:
        raise Refused(_no_row(version, facts))
    rule = situation_rule(version, facts.situation)
    base = METHODS[row.method](row, facts)
    return Price(apply_effect(rule, base), row, _explain(version, row, rule, facts, base))


def _explain(
    version: TariffVersion, row: TariffRow, rule: SituationRule, facts: Facts, base: int
) -> Explanation:
    return Explanation(
        version_id=version.id,
        version_name=version.name,
        is_example=version.is_example,
        row_id=row.id,
        row_position=row.position,
        row_label=row.label,
        method=row.method,
        unit=row.unit,
        depends_on=_depends_on(version),
        quotient=facts.quotient,
        quotient_source=facts.quotient_source,
        resident=facts.resident,
        situation=facts.situation,
        effect=rule.effect,
        effect_cents=rule.amount_cents,
        factor=rule.factor,
        base_cents=base,
        amount_cents=apply_effect(rule, base),
        arithmetic=say_arithmetic(rule, base),
    )


@lru_cache
def _depends_on(version: TariffVersion) -> tuple[str, ...]:
    return mentions(version.rows)


def _no_row(version: TariffVersion, facts: Facts) -> str:
    """Says the case, never the child: the sentence may be shown to whoever edits the tariff."""
    quotient = "inconnu" if facts.quotient is None else f"de {format_quotient(facts.quotient)}"
    others = ", ".join(condition.say(getattr(facts, condition.name)) for condition in OTHERS)
    return (
        f"Aucune ligne du tarif «{NBSP}{version.name}{NBSP}» ne correspond à un quotient {quotient}"
        f" pour les familles {others}."
    )
