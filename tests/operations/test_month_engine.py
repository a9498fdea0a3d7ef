"""A real month with all that a tariff may ask: hours, ranks, regimes, periods, caps, fees, late pick-ups."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors, billing, enrolments
from operations.billing_facts import gather
from operations.invoices import explanation_of
from operations.prices import pricing_of
from rules.charge_explanations import recompute
from rules.explanations import Explanation
from rules.vocabulary import (
    ChargeKind,
    FeeOccasion,
    ModifierEffect,
    Per,
    PerWhom,
    PriceMethod,
    PriceUnit,
    Regime,
    SheetState,
    Situation,
    SituationEffect,
)
from tests import factories
from tests.operations.test_billing import OCTOBER_1, PARIS, SEPTEMBER, bill, booked, the_invoice
from tests.queries import count_queries

NOVEMBER_2 = datetime(2026, 11, 2, 9, 0, tzinfo=PARIS)
OCTOBER = date(2026, 10, 1)


def septembre(number: int) -> date:
    return date(2026, 9, number)


def grid(slug: str, *rows: models.TariffRow, **more: object) -> models.TariffVersion:
    """The activity's tariff of the town, replaced."""
    activity = factories.activity(slug)
    old = db.session.scalars(sa.select(models.TariffVersion).filter_by(activity_id=activity.id)).one()
    db.session.delete(old)
    db.session.flush()
    version = models.TariffVersion(
        activity=activity, name="Délibération", first_day=SEPTEMBER, rows=list(rows), **more
    )
    db.session.add(version)
    db.session.flush()
    return version


def row(position: int, cents: int, label: str = "tarif", **more: object) -> models.TariffRow:
    values = {"method": PriceMethod.FIXED, **more}
    return models.TariffRow(position=position, label=label, amount_cents=cents, **values)


def stay(
    child: models.Child, day: date, slug: str, arrives: str | None = None, leaves: str | None = None
) -> None:
    """The child was there, from and to these hours."""
    activity, room = factories.activity(slug), factories.school_class("CP")
    known = {"activity_id": activity.id, "day": day, "school_id": room.school_id, "class_id": None}
    sheet = db.session.scalars(sa.select(models.AttendanceSheet).filter_by(**known)).first()
    if sheet is None:
        now = datetime.combine(day, time(19), PARIS)
        sheet = models.AttendanceSheet(**known, state=SheetState.CLOSED, opened_at=now, closed_at=now)
        db.session.add(sheet)
    db.session.add(
        models.Attendance(
            sheet=sheet,
            child=child,
            activity=activity,
            family=child.custodies[0].family,
            day=day,
            presence="present",
            arrived_at=_instant(day, arrives),
            left_at=_instant(day, leaves),
            recorded_at=datetime.combine(day, time(19), PARIS),
        )
    )
    db.session.flush()


def _instant(day: date, clock: str | None) -> datetime | None:
    return None if clock is None else datetime.combine(day, time.fromisoformat(clock), PARIS)


@pytest.fixture
def home(app):
    """Two children of one family, and no threshold under which a bill waits."""
    db.session.get(models.Commune, 1).carry_over_below_cents = 0
    family = factories.family("Martin", qf="712.00")
    eldest = factories.child(family, "Léa", born=date(2016, 3, 1))
    youngest = factories.child(family, "Tom", born=date(2019, 1, 1))
    factories.parent(family, eldest, youngest, payer=True)
    return family, eldest, youngest


def lines() -> dict[tuple[str, str], tuple[int, int]]:
    invoice = the_invoice()
    return {(line.child_name, line.label): (line.quantity, line.amount_cents) for line in invoice.lines}


# -- hours -------------------------------------------------------------------------------------


def test_the_garderie_is_billed_from_the_hours_of_the_sheet(home):
    _, child, _ = home
    factories.activity("garderie-du-soir").ends_at_minute = 18 * 60 + 30
    late = models.SituationRule(
        situation=Situation.LATE_PICKUP, effect=SituationEffect.FIXED, amount_cents=500, tolerance_minutes=5
    )
    slice_of = {"unit": PriceUnit.SLICE, "slice_minutes": 30}
    grid("garderie-du-soir", row(1, 115, "demi-heure", **slice_of), situations=[late])
    stay(child, septembre(1), "garderie-du-soir", "17:10", "18:20")
    stay(child, septembre(3), "garderie-du-soir", None, "17:05")
    stay(child, septembre(4), "garderie-du-soir", "16:30", "18:41")
    assert bill(SEPTEMBER).total_cents == 345 + 230 + 575 + 500
    kept = {(line.situation, line.unit_price_cents): line for line in the_invoice().lines}
    assert set(kept) == {
        (Situation.ATTENDED, 345),
        (Situation.ATTENDED, 230),
        (Situation.ATTENDED, 575),
        (Situation.LATE_PICKUP, 500),
    }
    told = " ".join(explanation_of(kept[Situation.ATTENDED, 345]).sentences()).replace("\u00a0", " ")
    assert "3 demi-heures entamées × 1,15 € = 3,45 €" in told
    assert "le 1er septembre, de 17 h 10 à 18 h 20" in told
    assert db.session.query(models.BilledDay).count() == 3
    assert all(recompute(line.explanation) == line.unit_price_cents for line in kept.values())


# -- siblings, regimes ----------------------------------------------------------------------------


def test_the_second_child_pays_less_and_the_calendar_already_says_so(home):
    family, eldest, youngest = home
    second = models.TariffModifier(
        position=1, label="2e enfant", rank_from=2, effect=ModifierEffect.TIMES, factor=Decimal("0.8")
    )
    grid("cantine", row(1, 400), modifiers=[second])
    booked(eldest, [septembre(1)])
    booked(youngest, [septembre(1)])
    canteen = factories.activity().id
    pricing = pricing_of({family.id}, {eldest.id, youngest.id})
    shown = [
        pricing.cents(canteen, family.id, septembre(1), Situation.AS_BOOKED, child.id)
        for child in (eldest, youngest)
    ]
    assert shown == [400, 320]
    bill(SEPTEMBER)
    assert lines() == {("Léa Martin", "Cantine"): (1, 400), ("Tom Martin", "Cantine"): (1, 320)}


@pytest.mark.parametrize(("taken", "cents"), [(9, 300), (8, 500)])
def test_a_month_decides_afterwards_who_was_regular(home, taken, cents):
    """Seventeen days of service in September: nine are half of them, eight are not."""
    _, child, _ = home
    grid(
        "cantine",
        row(1, 300, regime=Regime.REGULAR),
        row(2, 500, "occasionnel"),
        regular_share=Decimal("0.5"),
    )
    days = [septembre(n) for n in (1, 3, 4, 7, 8, 10, 11, 14, 15)][:taken]
    booked(child, days)
    bill(SEPTEMBER)
    assert lines() == {("Léa Martin", "Cantine"): (taken, taken * cents)}


# -- whole periods, caps, fees ------------------------------------------------------------------------


def test_a_month_paid_as_a_whole_is_billed_once_whatever_comes_later(home):
    _, child, _ = home
    grid("cantine", row(1, 5900, "carte mensuelle", unit=PriceUnit.MONTH))
    booked(child, [septembre(1), septembre(3)])
    assert bill(SEPTEMBER).total_cents == 5900
    assert lines() == {("Léa Martin", "Cantine, carte mensuelle"): (1, 5900)}
    assert db.session.query(models.BilledDay).count() == 2
    booked(child, [septembre(4)])  # found out afterwards
    booked(child, [date(2026, 10, 5)])
    assert bill(OCTOBER, NOVEMBER_2).total_cents == 5900
    [charge_of_september, charge_of_october] = db.session.scalars(
        sa.select(models.BilledCharge).order_by(models.BilledCharge.first_day)
    )
    assert (charge_of_september.first_day, charge_of_october.first_day) == (SEPTEMBER, OCTOBER)
    assert {charge_of_september.kind, charge_of_october.kind} == {ChargeKind.FLAT}


def test_a_reduction_stops_at_the_floor_of_the_tariff(home):
    """« 20 % de moins, sans descendre sous 1 € »: the line keeps the floor and recomputes."""
    _, child, _ = home
    reduced = models.TariffModifier(
        position=1, label="fratrie", effect=ModifierEffect.TIMES, factor=Decimal("0.8")
    )
    grid("cantine", row(1, 110), modifiers=[reduced], floor_cents=100, ceiling_cents=500)
    booked(child, [septembre(1), septembre(3)])
    assert bill(SEPTEMBER).total_cents == 200
    [line] = the_invoice().lines
    assert (line.explanation["floor_cents"], recompute(line.explanation)) == (100, 100)
    assert "ramené au minimum de 1,00" in Explanation.from_json(line.explanation).sentences()[0].replace(
        "\u00a0", " "
    )


def test_a_child_enrolled_as_regular_owes_the_month_without_coming(home):
    _, child, _ = home
    grid(
        "garderie-du-soir", row(1, 1200, "forfait", regime=Regime.REGULAR, unit=PriceUnit.MONTH), row(2, 350)
    )
    enrolment = next(e for e in child.enrolments if e.activity.slug == "garderie-du-soir")
    enrolment.regime = Regime.REGULAR
    db.session.flush()
    assert bill(SEPTEMBER).total_cents == 1200
    again = billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1)
    assert again.total_cents == 0


def test_a_cap_goes_on_across_invoices(home):
    _, child, _ = home
    grid(
        "cantine",
        row(1, 400),
        caps=[models.TariffCap(label="par an", period=Per.YEAR, per_whom=PerWhom.CHILD, max_cents=1000)],
    )
    booked(child, [septembre(1), septembre(3)])
    assert bill(SEPTEMBER).total_cents == 800
    booked(child, [date(2026, 10, 5), date(2026, 10, 6)])
    assert bill(OCTOBER, NOVEMBER_2).total_cents == 200
    booked(child, [date(2026, 11, 3)])
    later = billing.prepare_month(
        date(2026, 11, 1), by=actors.SYSTEM, now=datetime(2026, 12, 1, 9, 0, tzinfo=PARIS)
    )
    assert later.total_cents == 0


def test_a_penalty_counts_the_times_already_billed(home):
    _, child, _ = home
    second = models.SituationRule(
        situation=Situation.LATE, effect=SituationEffect.PLUS, amount_cents=200, from_nth=2
    )
    grid("cantine", row(1, 400), situations=[second])
    factories.booking(child, septembre(1)).timing = "late"
    assert bill(SEPTEMBER).total_cents == 400
    factories.booking(child, date(2026, 10, 5)).timing = "late"
    db.session.flush()
    assert bill(OCTOBER, NOVEMBER_2).total_cents == 600


def test_a_membership_is_asked_once_in_the_year(home):
    _, eldest, youngest = home
    db.session.add(
        models.Fee(
            name="Adhésion",
            amount_cents=500,
            per_whom=PerWhom.FAMILY,
            occasion=FeeOccasion.FIRST_BILL,
            first_day=SEPTEMBER,
        )
    )
    booked(eldest, [septembre(1)])
    booked(youngest, [septembre(1)])
    assert bill(SEPTEMBER).total_cents == 2 * 380 + 500
    booked(eldest, [date(2026, 10, 5)])
    assert bill(OCTOBER, NOVEMBER_2).total_cents == 380


def test_a_membership_by_rank_stops_at_the_most_of_the_family(home):
    """15 € the first child, 10 € the others, 22 € at most: what earlier bills took counts."""
    _, eldest, youngest = home
    for ranks, cents in (({"rank_to": 1}, 1500), ({"rank_from": 2}, 1000)):
        membership = {"name": "Adhésion", "per_whom": PerWhom.CHILD, "first_day": SEPTEMBER}
        db.session.add(
            models.Fee(
                amount_cents=cents,
                family_max_cents=2200,
                occasion=FeeOccasion.FIRST_BILL,
                **membership,
                **ranks,
            )
        )
    booked(eldest, [septembre(1)])
    assert bill(SEPTEMBER).total_cents == 380 + 1500
    booked(youngest, [date(2026, 10, 5)])
    assert bill(OCTOBER, NOVEMBER_2).total_cents == 380 + 700
    kept = db.session.scalars(sa.select(models.InvoiceLine).filter_by(label="Adhésion")).all()
    assert sorted(line.amount_cents for line in kept) == [700, 1500]
    assert all(recompute(line.explanation) == line.amount_cents for line in kept)


def test_an_enrolment_fee_is_owed_by_each_new_child(home):
    db.session.add(
        models.Fee(
            name="Dossier",
            amount_cents=300,
            per_whom=PerWhom.CHILD,
            occasion=FeeOccasion.ENROLMENT,
            activity=factories.activity(),
            first_day=SEPTEMBER,
        )
    )
    db.session.flush()
    assert bill(SEPTEMBER).total_cents == 600
    assert billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1).total_cents == 0


def test_a_child_signed_up_after_the_date_owes_the_late_fee(home):
    """The town's date is the fee's first day: who is signed up later, whatever the day it starts, is late."""
    family, eldest, _ = home
    db.session.add(
        models.Fee(
            name="Inscription tardive",
            amount_cents=2500,
            per_whom=PerWhom.FAMILY,
            occasion=FeeOccasion.LATE_ENROLMENT,
            first_day=SEPTEMBER,
        )
    )
    db.session.flush()
    study = factories.activity("etude").id
    on_time, late = (datetime(2026, m, d, 9, 0, tzinfo=PARIS) for m, d in ((8, 25), (9, 10)))
    enrolments.enrol(eldest, study, SEPTEMBER, by=actors.SYSTEM, now=on_time)
    assert billing.prepare_month(SEPTEMBER, by=actors.SYSTEM, now=OCTOBER_1).total_cents == 0
    other = factories.child(family, "Zoé", activities=())
    enrolments.enrol(other, study, SEPTEMBER, by=actors.SYSTEM, now=late)
    assert bill(SEPTEMBER).total_cents == 2500


# -- cost ---------------------------------------------------------------------------------------------


def test_a_rich_tariff_asks_no_more_of_the_database_for_more_families(app):
    second = models.TariffModifier(
        position=1, label="2e enfant", rank_from=2, effect=ModifierEffect.TIMES, factor=Decimal("0.8")
    )
    grid(
        "cantine",
        row(1, 300, regime=Regime.REGULAR),
        row(2, 5900, "occasionnel", unit=PriceUnit.MONTH),
        regular_share=Decimal("0.5"),
        modifiers=[second],
        caps=[models.TariffCap(label="jour", period=Per.DAY, max_cents=250)],
    )

    def gathered(count: int) -> int:
        for number in range(count):
            family = factories.family(f"Famille {count} {number}", qf="712")
            factories.parent(family, payer=True)
            for n in range(2):
                booked(factories.child(family, f"Enfant {count} {number} {n}"))
        db.session.commit()
        with count_queries() as statements:
            gather(SEPTEMBER)
        return len(statements)

    gathered(1)
    assert gathered(1) == gathered(8)
