"""The replay's sums: the same total whatever the order, each family once, the extremes named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rules.ground import DayUse, Ground
from rules.months import Month, price_month
from rules.quotients import QuotientFact
from rules.replay import NOTHING, Band, Replay, Sums
from rules.replay_words import replay_sentences, signed
from rules.tariff_grid import TariffRow, TariffVersion
from rules.vocabulary import PriceUnit, Situation

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 31)
CANTEEN = 1


def version(*rows: TariffRow) -> TariffVersion:
    return TariffVersion(id=1, activity_id=CANTEEN, name="Cantine", first=SEPTEMBER, last=None, rows=rows)


ONE_PRICE = version(TariffRow(position=1, label="Tous", amount_cents=400))
TWO_BANDS = version(
    TariffRow(position=1, label="Petit quotient", qf_to=Decimal(600), amount_cents=250),
    TariffRow(position=2, label="Autres", amount_cents=450),
)
BY_MONTH = version(TariffRow(position=1, label="Forfait", amount_cents=3000, unit=PriceUnit.MONTH))


def ground(tariff: TariffVersion) -> Ground:
    quotients = {1: [quotient("500")], 2: [quotient("1200")]}
    return Ground(tariffs={CANTEEN: (tariff,)}, quotients=quotients)


def quotient(value: str) -> QuotientFact:
    return QuotientFact(Decimal(value), SEPTEMBER, None, "attestation CAF")


def meal(family_id: int, day: int) -> DayUse:
    return DayUse(family_id, CANTEEN, date(2026, 9, day), family_id, Situation.AS_BOOKED)


def priced(tariff: TariffVersion, uses: list[DayUse]) -> Month:
    return price_month(uses, ground(tariff))


def replayed(uses: list[DayUse], then: TariffVersion = TWO_BANDS) -> Replay:
    told = Replay(SEPTEMBER, OCTOBER)
    told.add(priced(ONE_PRICE, uses), priced(then, uses))
    return told


def test_each_band_and_each_family_says_what_changes():
    told = replayed([meal(1, 1), meal(1, 3), meal(2, 1)])
    assert told.total == Sums(days=3, now_cents=1200, then_cents=950)
    assert dict(told.bands) == {
        Band(CANTEEN, "Tous", "Petit quotient"): Sums(2, 800, 500),
        Band(CANTEEN, "Tous", "Autres"): Sums(1, 400, 450),
    }
    assert dict(told.families) == {1: Sums(2, 800, 500), 2: Sums(1, 400, 450)}
    assert (told.dearer(), told.cheaper(), told.unchanged()) == (1, 1, 0)
    assert told.extremes(5) == ([(1, Sums(2, 800, 500))], [(2, Sums(1, 400, 450))])


def test_a_flat_month_replaces_its_days():
    told = replayed([meal(1, 1), meal(1, 3)], BY_MONTH)
    assert told.total == Sums(days=2, now_cents=800, then_cents=3000)
    assert dict(told.bands) == {
        Band(CANTEEN, "Tous", NOTHING): Sums(2, 800, 0),
        Band(CANTEEN, "Forfait", "Forfait"): Sums(0, 0, 3000),
    }


def test_the_same_prices_change_nothing():
    told = replayed([meal(1, 1), meal(2, 1)], replace(ONE_PRICE, id=2))
    assert told.total.difference_cents == 0
    assert told.unchanged() == 2 and told.extremes(5) == ([], [])


days = st.lists(
    st.tuples(st.sampled_from([1, 2]), st.sampled_from([1, 3, 4, 7, 8])), unique=True, max_size=10
)


@given(days, st.randoms(use_true_random=False))
def test_the_parts_always_sum_to_the_whole(chosen, random):
    uses = [meal(family, day) for family, day in chosen]
    told = replayed(uses)
    random.shuffle(uses)
    assert replayed(uses) == told
    for parts in (told.bands, told.families):
        for name in ("days", "now_cents", "then_cents"):
            assert sum(getattr(sums, name) for sums in parts.values()) == getattr(told.total, name)
    assert told.dearer() + told.cheaper() + told.unchanged() == len(told.families)


def test_a_replay_is_told_in_french():
    told = replayed([meal(1, 1), meal(1, 3), meal(2, 1)])
    said = [
        each.replace("\u00a0", " ")
        for each in replay_sentences(told, "essai.yaml", {CANTEEN: "Cantine"}, {1: "Martin"})
    ]
    assert said == [
        "Du mardi 1er septembre 2026 au samedi 31 octobre 2026 : 3 jours rejoués.",
        "Aujourd’hui 12,00 € ; avec essai.yaml 9,50 € (− 2,50 €, − 20,8 %).",
        "1 famille paierait plus, 1 moins, 0 autant.",
        "  Cantine, Tous → Petit quotient : 8,00 €, puis 5,00 € (− 3,00 €, − 37,5 %).",
        "  Cantine, Tous → Autres : 4,00 €, puis 4,50 € (+ 0,50 €, + 12,5 %).",
        "Les plus fortes baisses :",
        "  Martin : 8,00 €, puis 5,00 € (− 3,00 €, − 37,5 %).",
        "Les plus fortes hausses :",
        "  2 : 4,00 €, puis 4,50 € (+ 0,50 €, + 12,5 %).",
    ]


def test_a_share_of_nothing_is_not_said():
    assert signed(Sums(1, 0, 500)).replace("\u00a0", " ") == "+ 5,00 €"
