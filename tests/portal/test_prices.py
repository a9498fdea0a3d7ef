"""The public prices say everything a tariff asks, in words that anybody reads."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

import models
from extensions import db
from rules.vocabulary import (
    FeeOccasion,
    Formula,
    Level,
    ModifierEffect,
    Per,
    PerWhom,
    PriceMethod,
    PriceUnit,
    Situation,
    SituationEffect,
)
from tests import factories
from tests.queries import queries_of


def plain(client: FlaskClient) -> str:
    return client.get("/tarifs").text.replace("\u00a0", " ")


@pytest.fixture
def canteen(app) -> models.TariffVersion:
    activity = factories.activity("cantine")
    return db.session.scalars(sa.select(models.TariffVersion).filter_by(activity_id=activity.id)).one()


def test_every_condition_of_a_row_is_said(client, canteen):
    school = db.session.scalars(sa.select(models.School).order_by(models.School.id)).first()
    canteen.rows.insert(
        0,
        models.TariffRow(position=0, label="Panier", method=PriceMethod.FIXED, amount_cents=110,
                         formula=Formula.OWN_MEAL, levels={Level.PS, Level.MS}, school_ids={school.id},
                         rank_from=2, unit=PriceUnit.SLICE, slice_minutes=30),
    )  # fmt: skip
    db.session.commit()
    page = plain(client)
    assert f"En PS et MS, école : {school.name}, repas apporté (PAI), à partir du 2e enfant" in page
    assert "1,10 € par tranche de 30 minutes entamée" in page
    assert ">Pour qui<" in page


def test_reductions_caps_situations_and_fees_are_under_the_grid(client, canteen):
    canteen.modifiers.append(
        models.TariffModifier(position=1, label="Fratrie", effect=ModifierEffect.TIMES,
                              factor=Decimal("0.8"), rank_from=2)
    )  # fmt: skip
    canteen.caps.append(models.TariffCap(label="Mois", period=Per.MONTH, max_cents=6000))
    canteen.situations.append(
        models.SituationRule(situation=Situation.NO_SHOW, effect=SituationEffect.TIMES, factor=Decimal(2),
                             from_nth=3, nth_period=Per.MONTH)
    )  # fmt: skip
    canteen.regular_days = 10
    fee = models.Fee(name="Adhésion", amount_cents=1500, per_whom=PerWhom.FAMILY,
                     occasion=FeeOccasion.FIRST_BILL, first_day=date(2026, 9, 1))  # fmt: skip
    db.session.add(fee)
    db.session.commit()
    page = plain(client)
    for said in (
        "Moins 20 % (à partir du 2e enfant)",
        "Pas plus de 60,00 € par mois et par enfant",
        "Prix habituel × 2, à partir de la 3e fois par mois",
        "Un enfant est régulier s’il vient au moins 10 jours dans le mois.",
        "Adhésion</dt><dd>15,00 € par famille, avec la première facture",
    ):
        assert said in page


def test_a_tariff_to_come_is_announced_and_not_shown(client, canteen):
    later = models.TariffVersion(
        activity_id=canteen.activity_id, name="Cantine 2027-2028", first_day=date(2027, 9, 1)
    )
    later.rows.append(models.TariffRow(position=1, label="Tous", method=PriceMethod.FIXED, amount_cents=9999))
    db.session.add(later)
    db.session.commit()
    page = plain(client)
    assert "Ces prix changent le 1er septembre 2027." in page
    assert "99,99" not in page


def test_activities_that_share_a_tariff_are_said_together(client, canteen):
    first = factories.activity("garderie-du-matin")
    for version in db.session.scalars(sa.select(models.TariffVersion)):
        if version.activity_id != canteen.activity_id:
            db.session.delete(version)
    shared = models.TariffVersion(service_id=first.service_id, name="Garderie", first_day=date(2026, 9, 1))
    shared.rows.append(models.TariffRow(position=1, label="Tous", method=PriceMethod.FIXED, amount_cents=120))
    db.session.add(shared)
    db.session.commit()
    page = plain(client)
    same = db.session.scalars(sa.select(models.Activity).filter_by(service_id=first.service_id)).all()
    together = " et ".join(each.name for each in sorted(same, key=lambda each: each.position) if each.is_open)
    assert together in page
    assert page.count("1,20 €") == 1


def test_its_queries_do_not_depend_on_the_rows(client, canteen):
    before = len(queries_of(client, "/tarifs"))
    for position in range(20, 30):
        canteen.caps.append(models.TariffCap(label=f"P{position}", period=Per.MONTH, max_cents=position))
    db.session.commit()
    assert len(queries_of(client, "/tarifs")) == before
