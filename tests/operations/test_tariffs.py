"""One operation saves a whole version, or nothing; who would pay what stands on the engine itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import tariffs
from operations.actors import SYSTEM
from operations.configuration import configuration
from operations.tariff_effects import effect_of
from operations.tariff_facts import tariff_facts
from operations.tariffs import Terms, save_version
from rules.refusals import Refused
from rules.tariff_grid import TariffRow
from rules.vocabulary import (
    Formula,
    Level,
    ModifierEffect,
    Per,
    PriceMethod,
    PriceUnit,
    SituationEffect,
)
from tests import factories
from tests.conftest import PARIS

NOW = datetime(2026, 9, 7, 10, 0, tzinfo=PARIS)
TODAY = NOW.date()
NEXT = date(2027, 9, 1)


def row(position: int, cents: int, **asked: object) -> TariffRow:
    return TariffRow(position=position, label=f"Ligne {position}", amount_cents=cents, **asked)  # type: ignore[arg-type]


def terms(*rows: TariffRow, **others: object) -> Terms:
    return Terms(**({"name": "Cantine 2027-2028", "first_day": NEXT} | others), rows=rows)  # type: ignore[arg-type]


def save(subject: tariffs.Subject, wanted: Terms, **options: object) -> models.TariffVersion:
    saved = save_version(subject, wanted, by=SYSTEM, now=NOW, **options)  # type: ignore[arg-type]
    db.session.commit()
    return saved


@pytest.fixture
def canteen(app) -> models.Activity:
    return factories.activity("cantine")


def current(canteen: models.Activity) -> models.TariffVersion:
    return db.session.scalars(sa.select(models.TariffVersion).filter_by(activity_id=canteen.id)).one()


def test_every_part_of_a_row_is_kept(canteen):
    rows = (
        row(1, 110, formula=Formula.OWN_MEAL, unit=PriceUnit.MEAL),
        row(2, 0, levels=frozenset({Level.CP, Level.CE1}), weekdays=frozenset({3}), category="agents",
            method=PriceMethod.RATE, rate=Decimal("0.65"), floor_cents=100, ceiling_cents=500),
        row(3, 150, slot_from=450, slot_to=510, unit=PriceUnit.SLICE, slice_minutes=30, tolerance_minutes=5),
        row(4, 200),
    )  # fmt: skip
    saved = save(canteen, terms(*rows))
    facts = tariff_facts(saved, PriceUnit.MEAL)
    kept = {each.label: replace(each, id=None, position=0) for each in facts.rows}
    assert kept == {each.label: replace(each, position=0) for each in rows}
    assert configuration().tariffs[canteen.id][-1] == facts


def test_a_copy_takes_all_the_rest_along(canteen):
    old = current(canteen)
    old.regular_share = Decimal("0.5")
    old.modifiers.append(
        models.TariffModifier(position=1, label="Fratrie", effect=ModifierEffect.TIMES, factor=Decimal("0.8"),
                              rank_from=2)
    )  # fmt: skip
    old.caps.append(models.TariffCap(label="Mois", period=Per.MONTH, max_units=20))
    db.session.commit()
    saved = save(canteen, terms(row(1, 300)), like=old)
    assert saved.regular_share == Decimal("0.5")
    assert [(m.label, m.factor, m.rank_from) for m in saved.modifiers] == [("Fratrie", Decimal("0.8"), 2)]
    assert [cap.max_units for cap in saved.caps] == [20]
    assert {s.effect for s in saved.situations} == {SituationEffect.PLUS}
    assert len(current_children(old)) == len(current_children(saved))


def current_children(version: models.TariffVersion) -> list[object]:
    return [*version.modifiers, *version.caps, *version.situations]


def test_places_are_swapped_and_rows_replaced_in_one_go(canteen):
    old = current(canteen)
    facts = tariff_facts(old, PriceUnit.MEAL).rows
    elsewhere, *bands, unknown = facts
    swapped = [replace(r, position=i) for i, r in enumerate([elsewhere, unknown, *bands], start=1)]
    saved = save(canteen, terms(*swapped, name=old.name, first_day=old.first_day), version=old)
    assert [each.id for each in saved.rows] == [each.id for each in swapped]
    saved = save(canteen, terms(row(1, 300), name=old.name, first_day=old.first_day), version=old)
    assert [(each.label, each.amount_cents) for each in saved.rows] == [("Ligne 1", 300)]
    assert saved.rows[0].id not in {each.id for each in swapped}


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ((), "aucune ligne"),
        ((row(1, 100, qf_to=Decimal(400)), row(2, 200, qf_from=Decimal(450))), "de 400 à moins de 450"),
        ((row(1, 100), row(2, 200, no_quotient=True)), "ne sert jamais"),
        ((row(1, 100, qf_to=Decimal(400)), row(2, 200, qf_from=Decimal(401)), row(3, 1, no_quotient=True)),
         "écrivez 401"),
    ],
)  # fmt: skip
def test_nothing_is_saved_when_it_cannot_price_everybody(canteen, rows, sentence):
    with pytest.raises(Refused, match=sentence):
        save(canteen, terms(*rows))
    db.session.rollback()
    assert current(canteen).name != "Cantine 2027-2028"


def test_the_service_serves_the_activities_without_a_tariff_of_their_own(canteen):
    saved = save(canteen.service, terms(row(1, 300), first_day=date(2026, 9, 1)))
    known = configuration().tariffs
    together = [a for a in configuration().activities.values() if a.service_id == canteen.service_id]
    assert all(any(version.id == saved.id for version in known[a.id]) for a in together)


# -- who would pay what ------------------------------------------------------------------------


def test_the_effect_looks_at_all_that_the_engine_looks_at(canteen):
    family = factories.family("Martin", qf="500")
    elder, younger = factories.child(family, "Léa"), factories.child(family, "Tom", born=date(2021, 3, 1))
    factories.child(factories.family("Durand"), "Zoé")
    draft = tariffs.drafted(
        canteen,
        terms(
            row(1, 100, rank_from=2),
            row(2, 200, weekdays=frozenset({1, 2, 4, 5}), qf_to=Decimal(600)),
            row(3, 999, weekdays=frozenset({3})),
        ),
    )
    effect = effect_of(draft, TODAY)
    assert [(each.children, each.lowest_cents) for each in effect.rows] == [(1, 100), (1, 200), (0, 0)]
    assert [each.name for each in effect.unmatched] == ["Zoé Durand"]
    assert "quotient inconnu" in effect.unmatched[0].reason
    assert (effect.children, effect.compared) == (3, 2)
    assert {elder.first_name, younger.first_name} == {"Léa", "Tom"}


def test_who_is_not_enrolled_that_day_is_not_counted(canteen):
    family = factories.family("Martin", qf="500")
    child = factories.child(family, "Léa")
    for enrolment in child.enrolments:
        enrolment.last_day = date(2026, 9, 4)
    db.session.flush()
    assert effect_of(tariffs.drafted(canteen, terms(row(1, 100))), TODAY).children == 0
