"""Plain builders of tariffs and of days, in the words of a council's deliberation."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from rules.ground import ActivityPlace, DayUse, Ground
from rules.months import Around, Month, price_month
from rules.tariff_grid import Cap, Facts, Modifier, SituationRule, TariffRow, TariffVersion
from rules.tariffs import price
from rules.vocabulary import ModifierEffect, PriceUnit, Situation, SituationEffect

SEPTEMBER = date(2026, 9, 1)
CANTEEN, MORNING, EVENING, CARE = 1, 2, 3, 9
LEA, TOM, ZOE = 11, 12, 13
MARTIN, HADDAD = 101, 102
DECIMALS = ("qf_from", "qf_to", "rate", "factor")


def cents(euros: str) -> int:
    return int(Decimal(euros) * 100)


def at(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _read(values: dict[str, Any]) -> dict[str, Any]:
    """Decimals and clock times may be written as text."""
    read = {name: Decimal(v) if name in DECIMALS and v is not None else v for name, v in values.items()}
    return {name: at(v) if name in ("slot_from", "slot_to") and v else v for name, v in read.items()}


def row(position: int, euros: str = "0", label: str = "", **more: Any) -> TariffRow:
    amount = {"amount_cents": cents(euros), "position": position, "label": label or f"ligne {position}"}
    return TariffRow(**{**amount, **_read(more)})


def bands(*prices: str, bounds: tuple[str, ...], unknown: str | None = None, **more: Any) -> list[TariffRow]:
    """Neighbouring bands, then the row of the families without a quotient (the last price if not said)."""
    edges = [None, *bounds, None]
    rows = [
        row(n, euros, qf_from=edges[n - 1], qf_to=edges[n], **more) for n, euros in enumerate(prices, start=1)
    ]
    return [*rows, row(len(rows) + 1, unknown or prices[-1], no_quotient=True, **more)]


def tariff(*rows: TariffRow, activity: int = CANTEEN, **more: Any) -> TariffVersion:
    values = {"name": "Délibération", "first": SEPTEMBER, "last": None, **more}
    return TariffVersion(id=activity, activity_id=activity, rows=rows, **values)


def on(situation: Situation, effect: SituationEffect, euros: str = "0", **more: Any) -> SituationRule:
    return SituationRule(situation, effect, cents(euros), **_read(more))


def times(position: int, factor: str, label: str, **more: Any) -> Modifier:
    return Modifier(
        position=position, label=label, effect=ModifierEffect.TIMES, factor=Decimal(factor), **_read(more)
    )


def plus(position: int, euros: str, label: str, **more: Any) -> Modifier:
    effect = ModifierEffect.PLUS
    return Modifier(position=position, label=label, effect=effect, amount_cents=cents(euros), **_read(more))


def cap(label: str, euros: str | None = None, **more: Any) -> Cap:
    return Cap(position=1, label=label, max_cents=None if euros is None else cents(euros), **_read(more))


def facts(quotient: str | None = None, **more: Any) -> Facts:
    hours = {name: at(more.pop(name)) for name in ("arrives", "leaves", "ends_at") if name in more}
    day = more.pop("day", SEPTEMBER)
    return Facts(day=day, quotient=None if quotient is None else Decimal(quotient), **more, **hours)


def due(version: TariffVersion, quotient: str | None = None, **more: Any) -> int:
    return price(version, facts(quotient, **more)).amount_cents


def why(version: TariffVersion, quotient: str | None = None, **more: Any) -> str:
    told = price(version, facts(quotient, **more)).explanation.sentences()
    return " ".join(told).replace("\u00a0", " ")


# -- months -------------------------------------------------------------------------


def october(number: int) -> date:
    return date(2026, 10, 1) + timedelta(days=number - 1)


def use(child: int, day: date, activity: int = CANTEEN, **more: Any) -> DayUse:
    hours = {name: at(more.pop(name)) for name in ("arrives", "leaves") if name in more}
    values = {"family_id": MARTIN, "situation": Situation.AS_BOOKED, **more, **hours}
    return DayUse(child_id=child, activity_id=activity, day=day, **values)


def ground(*versions: TariffVersion, **more: Any) -> Ground:
    """The canteen alone, and the two garderies of one service."""
    places = {
        CANTEEN: ActivityPlace("Cantine", 1, at("11:30"), at("13:30")),
        MORNING: ActivityPlace("Garderie du matin", CARE, at("7:30"), at("8:30")),
        EVENING: ActivityPlace("Garderie du soir", CARE, at("16:30"), at("18:30")),
    }
    known = {a: [v for v in versions if v.activity_id == a] for a in places}
    return Ground(tariffs=known, activities=places, **more)


def month(uses: list[DayUse], standing: Ground, **more: Any) -> Month:
    return price_month(uses, standing, Around(**more))


def by_day(found: Month) -> dict[tuple[int, date, Situation], int]:
    return {(d.child_id, d.day, d.situation): d.price.amount_cents for d in found.days}


SESSION = PriceUnit.SESSION
