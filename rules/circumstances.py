"""What made a price beside the quotient and the residence, in French, for the parent who pays."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from rules.money import NBSP
from rules.price_parts import Part
from rules.tariff_grid import Facts
from rules.vocabulary import Eater, Formula, PriceMethod
from rules.wording import enumerate_words, weekday_name


def circumstances(depends_on: Collection[str], facts: Facts, parts: Sequence[Part]) -> Iterator[str]:
    """One sentence for each fact that the tariff looks at and that is worth saying."""
    if "category" in depends_on and facts.categories:
        names = enumerate_words([f"«{NBSP}{name}{NBSP}»" for name in sorted(facts.categories)])
        yield f"Votre famille{NBSP}: {names}."
    if "level" in depends_on and facts.level is not None:
        yield f"Niveau de l’enfant{NBSP}: {facts.level.label}."
    if "weekday" in depends_on:
        yield f"Prix du {weekday_name(facts.day.isoweekday())}."
    if "holidays" in depends_on:
        yield "Prix des vacances scolaires." if facts.in_holidays else "Prix de la période scolaire."
    if {"rank", "children"} & {*depends_on} or any(part.method == PriceMethod.SHARED for part in parts):
        yield _siblings(facts.rank, facts.children)
    if "month" in depends_on:
        yield f"{facts.days_a_month} jour{'s' if facts.days_a_month > 1 else ''} dans le mois."
    if "days" in depends_on:
        yield f"{facts.days_a_week} jour{'s' if facts.days_a_week > 1 else ''} par semaine."
    if "regime" in depends_on:
        yield f"Régime{NBSP}: {facts.regime.label.lower()}{_taken(facts)}."
    if "formula" in depends_on and facts.formula != Formula.MEAL:
        yield f"Formule{NBSP}: {facts.formula.label}."
    if "eater" in depends_on and facts.eater != Eater.CHILD:
        yield f"Convive{NBSP}: {facts.eater.label.lower()}."


def _taken(facts: Facts) -> str:
    if facts.taken is None:
        return ""
    of_how_many = f" sur {facts.offered}" if facts.offered else ""
    return f" ({facts.taken} jour{'s' if facts.taken > 1 else ''} pris{of_how_many} dans le mois)"


def _siblings(rank: int, children: int) -> str:
    nth = "1er" if rank == 1 else f"{rank}e"
    if children <= 1 and rank == 1:
        return "Un seul enfant compté dans la famille."
    return f"{nth} enfant sur {max(rank, children)} enfants comptés dans la famille."
