"""The simulator: what a month costs, for anybody and for one's own children; who may ask what."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient

import models
from extensions import db
from rules.vocabulary import (
    EffortBasis,
    FeeOccasion,
    Formula,
    Level,
    PerWhom,
    PriceMethod,
    PriceUnit,
    Regime,
)
from tests import factories
from tests.portal.homes import martin, other_family
from tests.queries import assert_constant

TUESDAYS = "/simulateur?mois=2026-09&jours-1-cantine=2"  # five in September 2026


def text_of(client: FlaskClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return " ".join(answer.text.replace("\u00a0", " ").split())


# -- the answer -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "unit", "month"),
    [
        ("&quotient=599,99", "2,50 €", "12,50 €"),
        ("&quotient=600", "3,80 €", "19,00 €"),
        ("&quotient=1 250,50 €", "5,40 €", "27,00 €"),
        ("&quotient=", "5,40 €", "27,00 €"),
        ("&quotient=300&domicile=non", "7,00 €", "35,00 €"),
    ],
)
def test_a_month_of_habits(client: FlaskClient, more: str, unit: str, month: str) -> None:
    page = text_of(client, TUESDAYS + more)
    assert f'class="sim-amount">{month}</p>' in page
    assert f"5 × {unit} · 5 jours sur 17 ouverts" in page
    assert "les 1er, 8, 15, 22 et 29 septembre" in page
    assert "Pourquoi ce prix ?" in page
    assert "Repas 2026-2027 (grille donnée en exemple)" in page


def test_the_real_calendar_counts(client: FlaskClient) -> None:
    """October 2026 ends in holidays from the 17th: two Mondays are left of four."""
    assert "2 × 3,80 €" in text_of(client, "/simulateur?mois=2026-10&jours-1-cantine=1&quotient=700")
    page = text_of(client, "/simulateur?mois=2027-07&jours-1-cantine=1&quotient=700")
    assert "Aucun des jours choisis n’est ouvert en juillet 2027" in page


def test_a_year_is_what_its_months_make(client: FlaskClient) -> None:
    """36 Tuesdays of school from 1 September 2026 to 2 July 2027, at 3,80 €."""
    assert 'environ <strong class="nowrap">137 €</strong>' in text_of(client, TUESDAYS + "&quotient=700")


def test_the_nearest_cliffs_are_told_on_both_sides(client: FlaskClient) -> None:
    page = text_of(client, TUESDAYS + "&quotient=610")
    for said in (
        "Avec 10,01 € de quotient en moins",
        'Cantine : à 599,99 € de quotient, <strong class="nowrap">2,50 €</strong> le repas ; '
        'à 600,00 €, <strong class="nowrap">3,80 €</strong>.',
        "6,50 € de moins sur ce mois",
        "Avec 290,00 € de quotient en plus",
        'à 899,99 € de quotient, <strong class="nowrap">3,80 €</strong> le repas ; '
        'à 900,00 €, <strong class="nowrap">4,60 €</strong>.',
        "4,00 € de plus sur ce mois",
        'De 600 à moins de 900 <span class="badge sim-you">Vous</span>',
    ):
        assert said in page


def test_no_cliff_under_the_lowest_nor_over_the_highest(client: FlaskClient) -> None:
    assert "de quotient en moins" not in text_of(client, TUESDAYS + "&quotient=0")
    assert "de quotient en plus" not in text_of(client, TUESDAYS + "&quotient=1200")
    page = text_of(client, TUESDAYS)
    assert "Le mois coûterait de 7,50 € à 27,00 € selon votre quotient" in page
    assert "de quotient en" not in page


def test_a_price_that_does_not_look_at_the_quotient_says_so(client: FlaskClient) -> None:
    page = text_of(client, "/simulateur?mois=2026-09&jours-1-garderie-du-soir=2&quotient=700")
    assert "5 × 1,20 €" in page
    assert "Ce prix ne dépend pas du quotient." in page
    assert "Votre quotient familial" not in page


def test_children_are_added_and_taken_away_without_losing_what_was_ticked(client: FlaskClient) -> None:
    asked = "/simulateur?mois=2026-09&enfants=2&jours-1-cantine=2&jours-2-cantine=4&quotient=x"
    added = client.get(asked + "&faire=ajouter").text
    assert 'name="enfants" value="3"' in added
    assert ticked(added) == {"jours-1-cantine": ["2"], "jours-2-cantine": ["4"], "jours-3-cantine": ["4"]}
    assert 'value="x"' in added
    assert "n’est pas un nombre" not in added
    removed = client.get(asked + "&faire=retirer-1").text
    assert 'name="enfants" value="1"' in removed
    assert ticked(removed) == {"jours-1-cantine": ["4"]}


def ticked(page: str) -> dict[str, list[str]]:
    import re

    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="checkbox" name="(jours-[^"]+)" value="(\d)" checked', page):
        found.setdefault(name, []).append(value)
    return found


def test_the_lines_name_the_children(client: FlaskClient) -> None:
    page = text_of(
        client, "/simulateur?mois=2026-09&enfants=2&jours-1-cantine=2&jours-2-cantine=2&quotient=700"
    )
    assert "<strong>Cantine</strong> · Enfant 1" in page
    assert "<strong>Cantine</strong> · Enfant 2" in page
    assert "38,00 €" in page


# -- what cannot be read --------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ("jours-1-cantine=2&quotient=six cents", "quotient", "« six cents » n’est pas un nombre"),
        ("jours-1-cantine=2&quotient=-12", "quotient", "« -12 » est négatif"),
        ("jours-1-cantine=2&quotient=1e3", "quotient", "« 1e3 » n’est pas un nombre"),
        ("jours-1-cantine=2&quotient=12345678", "quotient", "« 12345678 » est trop grand"),
        ("quotient=700", "jours-1-garderie-du-matin", "Cochez au moins un jour de la semaine"),
        ("jours-1-cantine=2&mois=2031-01", "mois", "Choisissez un mois de la liste."),
    ],
)
def test_an_error_is_said_on_its_field_and_what_was_typed_is_kept(
    client: FlaskClient, query: str, field: str, sentence: str
) -> None:
    page = text_of(client, f"/simulateur?{query}", 422)
    assert f'id="{field}-erreur">{sentence}' in page
    assert f'<a href="#{field}">' in page
    assert 'class="sim-amount"' not in page
    for name, value in (pair.split("=") for pair in query.split("&")):
        if name == "quotient":
            assert f'name="quotient" value="{value}"' in page


@pytest.mark.parametrize(
    "query",
    [
        "jours-1-cantine=9",
        "jours-1-cantine=lundi",
        "enfants=beaucoup",
        "enfants=-4&jours-1-cantine=1",
        "enfants=99999999999&jours-6-cantine=1",
        "faire=retirer-9",
        "faire=ajouter&enfants=6",
        "mois=&quotient=%00",
        "domicile=lune&jours-1-cantine=1",
        "jours-1-inconnue=1&jours-1-cantine=1",
        "ecole-1=1' OR 1=1&jours-1-cantine=1",
    ],
)
def test_absurd_addresses_are_answered(client: FlaskClient, query: str) -> None:
    assert client.get(f"/simulateur?{query}").status_code in (200, 422)


# -- questions ------------------------------------------------------------------------


def test_only_what_changes_a_price_is_asked(client: FlaskClient) -> None:
    page = client.get("/simulateur").text
    assert 'name="domicile"' in page
    assert 'name="ecole-1"' not in page
    assert 'type="time"' not in page
    school = factories.school_class("CP").school
    day = {"first_day": date(2026, 9, 8), "last_day": date(2026, 9, 8)}
    db.session.add(models.Closure(name="Grève", effect="closed", school_id=school.id, **day))
    db.session.commit()
    assert 'name="ecole-1"' in client.get("/simulateur").text
    assert "4 × 3,80 €" in text_of(client, f"{TUESDAYS}&quotient=700&ecole-1={school.id}")
    assert "5 × 3,80 €" in text_of(client, f"{TUESDAYS}&quotient=700&ecole-1=")


def test_hours_are_asked_where_they_make_the_price(client: FlaskClient) -> None:
    row = factories.activity("garderie-du-soir")
    version = db.session.query(models.TariffVersion).filter_by(activity_id=row.id).one()
    version.rows[0].unit, version.rows[0].slice_minutes, version.rows[0].amount_cents = (
        PriceUnit.SLICE,
        30,
        90,
    )
    db.session.commit()
    asked = "/simulateur?mois=2026-09&jours-1-garderie-du-soir=2"
    assert 'type="time"' in client.get("/simulateur").text
    assert "Donnez l’heure de départ." in text_of(client, f"{asked}&arrivee-1-garderie-du-soir=16:30", 422)
    late = f"{asked}&arrivee-1-garderie-du-soir=18:00&depart-1-garderie-du-soir=17h30"
    assert "L’heure de départ doit venir après l’heure d’arrivée." in text_of(client, late, 422)
    wrong = f"{asked}&arrivee-1-garderie-du-soir=25:99&depart-1-garderie-du-soir=17:30"
    assert "« 25:99 » n’est pas une heure" in text_of(client, wrong, 422)
    good = f"{asked}&arrivee-1-garderie-du-soir=16:30&depart-1-garderie-du-soir=17h45"
    page = text_of(client, good)
    assert "3 demi-heures entamées" in page
    assert 'class="sim-amount">13,50 €</p>' in page


def test_a_grid_that_looks_at_everything_asks_everything(client: FlaskClient) -> None:
    school = factories.school_class("CP").school
    canteen = factories.activity()
    version = db.session.query(models.TariffVersion).filter_by(activity_id=canteen.id).one()
    for row in version.rows:
        row.position += 100
    db.session.flush()
    rows = (
        {"label": "Panier", "formula": Formula.OWN_MEAL, "amount_cents": 50},
        {"label": "Agents communaux", "category": "agent communal", "amount_cents": 60},
        {"label": "Occasionnel", "regime": Regime.OCCASIONAL, "amount_cents": 999},
        {"label": "Petits", "levels": frozenset({Level.PS}), "amount_cents": 70},
        {"label": "Ferry", "school_ids": frozenset({school.id}), "amount_cents": 80},
        {"label": "Troisième", "rank_from": 3, "amount_cents": 90},
    )
    for position, row in enumerate(rows, start=1):
        version.rows.append(models.TariffRow(position=position, method=PriceMethod.FIXED, **row))
    db.session.commit()
    asked = TUESDAYS + "&quotient=700&regime-1-cantine=regular&formule-1-cantine=meal&enfants=1"
    page = text_of(client, asked)
    for name in ("ecole-1", "niveau-1", "regime-1-cantine", "formule-1-cantine", "categories", "domicile"):
        assert f'name="{name}"' in page
    assert "du plus âgé au plus jeune" in page
    assert "5 × 3,80 €" in page
    for answer, price in (
        ("&formule-1-cantine=own_meal", "0,50 €"),
        ("&categories=agent communal", "0,60 €"),
        ("&regime-1-cantine=occasional", "9,99 €"),
        ("&niveau-1=ps", "0,70 €"),
        (f"&ecole-1={school.id}", "0,80 €"),
    ):
        query = asked
        for given in ("&formule-1-cantine=meal", "&regime-1-cantine=regular"):
            if answer.split("=")[0] == given.split("=")[0]:
                query = query.replace(given, "")
        assert f"5 × {price}" in text_of(client, query + answer), answer
    third = "/simulateur?mois=2026-09&enfants=3&quotient=700&jours-3-cantine=2"
    assert "5 × 0,90 €" in text_of(client, third)


def test_a_rate_of_the_income_asks_the_income(client: FlaskClient) -> None:
    canteen = factories.activity()
    version = db.session.query(models.TariffVersion).filter_by(activity_id=canteen.id).one()
    version.rows[:] = [
        models.TariffRow(
            position=50,
            label="Taux",
            method=PriceMethod.RATE,
            rate=Decimal("0.1"),
            basis=EffortBasis.INCOME,
        )
    ]
    db.session.commit()
    page = text_of(client, TUESDAYS + "&quotient=700&ressources=2500")
    assert "5 × 2,50 €" in page
    assert "Ce prix ne dépend pas du quotient." in page
    page = text_of(client, TUESDAYS + "&ressources=2500", 422)
    assert "Donnez aussi votre quotient familial." in page
    assert "Aucune ligne du tarif" in text_of(client, TUESDAYS + "&quotient=700")


def test_a_fee_of_the_year_is_said_apart(client: FlaskClient) -> None:
    fee = {"per_whom": PerWhom.FAMILY, "occasion": FeeOccasion.FIRST_BILL, "first_day": date(2026, 9, 1)}
    db.session.add(models.Fee(name="Adhésion", amount_cents=1200, **fee))
    db.session.commit()
    page = text_of(client, TUESDAYS + "&quotient=700")
    assert 'class="sim-amount">19,00 €</p>' in page
    assert 'Une fois par an, en plus : Adhésion, <strong class="nowrap">12,00 €</strong>' in page
    assert 'environ <strong class="nowrap">149 €</strong>' in page


# -- privacy --------------------------------------------------------------------------


def test_an_address_with_a_quotient_is_kept_from_engines_and_from_other_pages(client: FlaskClient) -> None:
    empty, asked = client.get("/simulateur"), client.get(TUESDAYS + "&quotient=700")
    assert "X-Robots-Tag" not in empty.headers
    assert asked.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex, nofollow">' in asked.text
    assert asked.headers["Referrer-Policy"] == "strict-origin"
    assert asked.headers["Cache-Control"] == "private, no-store"


# -- on one's own children ------------------------------------------------------------


def test_my_own_children_my_own_quotient(client: FlaskClient) -> None:
    home = martin("742")
    factories.booking(home.lea, date(2026, 9, 15))
    factories.sign_in(client, home.claire)
    page = client.get("/espace/simulateur").text
    key = f"jours-{home.lea.id}-cantine"
    assert ticked(page) == {key: ["2"]}
    assert "742,00" in page
    assert "/espace/simulateur" in client.get("/espace/").text
    page = text_of(client, f"/espace/simulateur?mois=2026-09&{key}=2")
    assert "<strong>Cantine</strong> · Léa" in page
    assert "5 × 3,80 €" in page
    assert "Votre quotient familial est de 742,00 (attestation CAF" in page
    page = text_of(client, f"/espace/simulateur?mois=2026-09&{key}=2&quotient=300")
    assert "5 × 1,50 €" in page
    assert "celui que vous essayez" in page
    assert 'Avec le quotient que nous avons de vous : <strong class="nowrap">19,00 €</strong>' in page


def test_a_child_of_another_family_does_not_exist(client: FlaskClient) -> None:
    home = martin()
    sonia = other_family()
    tom = sonia.guardianships[0].child_id
    factories.sign_in(client, home.claire)
    for query in (f"jours-{tom}-cantine=1", f"arrivee-{tom}-cantine=16:30", "jours-999999-cantine=1"):
        assert client.get(f"/espace/simulateur?mois=2026-09&{query}").status_code == 404
    assert client.get(f"/espace/simulateur?mois=2026-09&jours-{home.lea.id}-cantine=1").status_code == 200


def test_under_alternation_only_my_own_weeks_count(client: FlaskClient) -> None:
    """Even weeks are Claire's: of the Tuesdays of September 2026, those of weeks 36, 38 and 40."""
    home, sonia = martin("742"), other_family()
    factories.alternate(home.lea, home.family, sonia.family)
    factories.guardianship(sonia, home.lea)
    query = f"/espace/simulateur?mois=2026-09&jours-{home.lea.id}-cantine=2"
    factories.sign_in(client, home.claire)
    page = text_of(client, query)
    assert "3 × 3,80 €" in page
    assert "les 1er, 15 et 29 septembre" in page
    assert "Garde alternée : seules vos semaines sont comptées." in page
    factories.sign_in(client, sonia)
    page = text_of(client, query)
    assert "2 × 1,50 €" in page
    assert "les 8 et 22 septembre" in page
    assert "742" not in page


def test_days_billed_to_the_other_household_are_not_simulated(client: FlaskClient) -> None:
    """Separated parents without alternation share the calendar, never the price: it tells the quotient."""
    home, sonia = martin("742"), other_family()
    factories.guardianship(sonia, home.lea)
    factories.sign_in(client, sonia)
    page = client.get("/espace/simulateur").text
    assert "Léa : rien à simuler ce mois-ci" in page
    assert f"jours-{home.lea.id}-" not in page
    page = client.get(f"/espace/simulateur?mois=2026-09&jours-{home.lea.id}-cantine=2").text
    assert "3,80" not in page
    assert "742" not in page


def test_queries_are_few_whatever_the_number_of_children(app: Flask, client: FlaskClient) -> None:
    home = martin()
    claire_id, family_id = home.claire.id, home.family.id
    factories.sign_in(client, home.claire)
    path = f"/espace/simulateur?mois=2026-09&jours-{home.lea.id}-cantine=2&jours-{home.lea.id}-cantine=4"

    def one_more_child() -> None:
        claire = db.session.get_one(models.Guardian, claire_id)
        child = factories.child(
            db.session.get_one(models.Family, family_id), f"Enfant {len(claire.guardianships)}"
        )
        factories.guardianship(claire, child)
        factories.booking(child, date(2026, 9, 15))

    for each in ("/simulateur", TUESDAYS, "/espace/simulateur", path):
        assert assert_constant(client, each, one_more_child) <= 10, each


def test_a_page_of_six_children_is_light(client: FlaskClient) -> None:
    days = "&".join(
        f"jours-{n}-{slug}={d}"
        for n in range(1, 7)
        for slug in ("cantine", "garderie-du-soir")
        for d in (1, 2, 4, 5)
    )
    answer = client.get(f"/simulateur?enfants=6&mois=2026-09&quotient=700&{days}")
    assert answer.status_code == 200
    assert len(answer.data) < 60_000
    assert len(client.get(TUESDAYS).data) < 30_000
