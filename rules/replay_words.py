"""A replay told in a few French lines, for a command line or a mail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rules.money import NBSP, format_cents
from rules.replay import Band, Replay, Sums
from rules.wording import enumerate_words, long_date

EXTREMES = 5


def replay_sentences(
    told: Replay,
    plan_name: str,
    activity_names: Mapping[int, str],
    family_names: Mapping[int, str],
    kept: Sequence[str] = (),
) -> Iterator[str]:
    """The total, who would pay more or less, each band, and the families whose bill changes most."""
    yield f"Du {long_date(told.first)} au {long_date(told.last)}{NBSP}: {told.total.days} jours rejoués."
    if kept:
        yield f"Gardent leurs prix, l’autre configuration n’en disant rien{NBSP}: {enumerate_words(kept)}."
    yield f"Aujourd’hui {format_cents(told.total.now_cents)}{NBSP}; avec {plan_name} {_then(told.total)}."
    more = "familles paieraient" if told.dearer() > 1 else "famille paierait"
    yield f"{told.dearer()} {more} plus, {told.cheaper()} moins, {told.unchanged()} autant."
    for band, sums in told.by_band():
        name = activity_names.get(band.activity_id or 0, "Toutes activités")
        yield f"  {name}, {rows_of(band)}{NBSP}: {format_cents(sums.now_cents)}, {_then_or_same(sums)}."
    falls, rises = told.extremes(EXTREMES)
    for title, families in (("Les plus fortes baisses", falls), ("Les plus fortes hausses", rises)):
        if families:
            yield f"{title}{NBSP}:"
        for family_id, sums in families:
            name = family_names.get(family_id, str(family_id))
            yield f"  {name}{NBSP}: {format_cents(sums.now_cents)}, puis {_then(sums)}."


def rows_of(band: Band) -> str:
    """The row of the tariff now and, when it is another, the one that would price these days."""
    if band.now_label == band.then_label:
        return band.now_label
    return f"{band.now_label} → {band.then_label}"


def _then_or_same(sums: Sums) -> str:
    return f"puis {_then(sums)}" if sums.difference_cents else "sans changement"


def _then(sums: Sums) -> str:
    return f"{format_cents(sums.then_cents)} ({signed(sums)})"


def signed(sums: Sums) -> str:
    """The difference, with its sign and its share: `+ 120,00 €, + 2,4 %`."""
    cents = sums.difference_cents
    sign = "+" if cents >= 0 else "\u2212"
    amount = f"{sign}{NBSP}{format_cents(abs(cents))}"
    if not sums.now_cents:
        return amount
    tenths = (abs(cents) * 1000 + abs(sums.now_cents) // 2) // abs(sums.now_cents)
    return f"{amount}, {sign}{NBSP}{tenths // 10},{tenths % 10}{NBSP}%"
