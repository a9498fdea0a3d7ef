"""Places, waiting lists, categories and enrolments as staff edit them."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations.categories import categories_of
from rules.categories import categories_on
from rules.vocabulary import BookingState, Formula, PriceMethod, Regime
from tests import factories
from tests.admin.agents import Agent, said
from tests.operations.lines import child, inside, line, places
from tests.town import FIRST_DAY

OPEN = "2026-09-17"
DAY = date(2026, 9, 17)


@pytest.fixture
def agent(app):
    return Agent(app)


def booking(of: models.Child, **more: object) -> dict[str, object]:
    return {"child": of.id, "activity": factories.activity().id, "day": OPEN, "channel": "phone", **more}


def limit(count: object, **more: object) -> dict[str, object]:
    return {"activity": factories.activity().id, "places": count, "first_day": "2026-09-01", **more}


def test_a_limit_of_places_is_a_plain_grid(agent):
    assert agent.post("places/nouveau/", **limit(40, level="cp", weekdays=["1", "4"])).status_code == 302
    [row] = db.session.scalars(sa.select(models.Capacity))
    assert (row.places, row.level, row.weekdays) == (40, "cp", {1, 4})
    assert "40" in agent.text("places/")


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"places": "-1"}, "Le nombre de places ne peut pas être négatif."),
        ({"places": "beaucoup"}, "nombre"),
        ({"places": "3", "last_day": "2026-08-01"}, "Le dernier jour ne peut pas précéder le premier."),
    ],
)
def test_nonsense_is_refused_in_french(agent, sent, sentence):
    answer = agent.post("places/nouveau/", **limit("3") | sent)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(models.Capacity)) == 0


def test_a_full_day_puts_on_the_list_and_tells_the_agent(agent):
    places(0)
    one = child("Un")
    answer = agent.post("reservations/nouveau/", **booking(one))
    assert "Complet : en liste d’attente, 1re." in said(agent.client.get(answer.location))
    assert line(DAY) == ["Un"]


def test_beyond_the_places_asks_for_a_reason(agent):
    places(0)
    one = child("Un")
    mute = agent.post("reservations/nouveau/", **booking(one, beyond="y"))
    assert mute.status_code == 422
    assert 'id="why-erreur"' in mute.text
    agent.post("reservations/nouveau/", **booking(one, beyond="y", why="Urgence sociale"))
    [row] = db.session.scalars(sa.select(models.Booking))
    assert (row.state, row.reason) == (BookingState.BOOKED, "Urgence sociale")


def test_an_agent_gives_a_place_to_one_who_waits(agent):
    places(0)
    agent.post("reservations/nouveau/", **booking(child("Un")))
    number = db.session.scalars(sa.select(models.Booking.id)).one()
    refused = agent.post(f"reservations/modifier/?id={number}", state="booked", channel="phone")
    assert "en liste d’attente" in said(refused)
    data = {"state": "booked", "channel": "phone", "beyond": "y", "why": "Fratrie"}
    assert agent.post(f"reservations/modifier/?id={number}", **data).status_code == 302
    assert inside(DAY) == {"Un"}


def test_an_agent_takes_a_child_off_the_list(agent):
    places(0)
    agent.post("reservations/nouveau/", **booking(child("Un")))
    number = db.session.scalars(sa.select(models.Booking.id)).one()
    agent.delete("reservations", number)
    assert line(DAY) == []


def test_nobody_is_put_on_a_list_by_hand(agent):
    number = factories.booking(child("Un"), DAY).id
    answer = agent.post(f"reservations/modifier/?id={number}", state="waiting", channel="phone")
    assert answer.status_code == 422
    assert "si le jour est complet" in said(answer)


def test_raising_or_removing_a_limit_serves_those_who_wait(agent):
    row = places(0)
    for name in ("Un", "Deux"):
        agent.post("reservations/nouveau/", **booking(child(name)))
    answer = agent.post(f"places/modifier/?id={row.id}", **limit(1))
    assert "1 jour réservé" in said(agent.client.get(answer.location))
    assert (inside(DAY), line(DAY)) == ({"Un"}, ["Deux"])
    agent.delete("places", row.id)
    assert inside(DAY) == {"Un", "Deux"}


def test_closing_a_class_serves_those_who_wait(agent):
    places(1)
    one, two = child("Un"), child("Deux", in_class="CE2", level="ce2")
    agent.post("reservations/nouveau/", **booking(one))
    agent.post("reservations/nouveau/", **booking(two))
    closure = {"name": "Sortie", "first_day": OPEN, "last_day": OPEN, "effect": "closed"}
    agent.post("fermetures/nouveau/", **closure, school_class=factories.school_class("CP").id, confirme="oui")
    assert line(DAY) == []


# -- categories -----------------------------------------------------------------------------


def category(of: models.Family, name: str, **more: object) -> dict[str, object]:
    return {"family": of.id, "name": name, "first_day": "2026-09-01", **more}


def test_a_family_has_its_tags_on_its_page(agent):
    family = factories.family("Martin")
    agent.post("categories/nouveau/", **category(family, "commune conventionnée", last_day="2026-12-31"))
    page = agent.text(f"familles/detail/?id={family.id}")
    assert "commune conventionnée" in page
    facts = categories_of([family.id])[family.id]
    assert categories_on(facts, date(2026, 12, 31)) == {"commune conventionnée"}
    assert categories_on(facts, date(2027, 1, 1)) == set()
    [written] = db.session.scalars(sa.select(models.History).filter_by(verb="Création"))
    assert written.family_id == family.id


def test_a_tag_written_otherwise_is_the_tariffs(agent):
    version = db.session.scalars(sa.select(models.TariffVersion).order_by(models.TariffVersion.id)).first()
    row = models.TariffRow(
        position=50, label="Convention", category="Commune conventionnée", method=PriceMethod.FIXED,
        amount_cents=100,
    )  # fmt: skip
    version.rows.append(row)
    db.session.commit()
    family = factories.family("Martin")
    agent.post("categories/nouveau/", **category(family, "  commune CONVENTIONNEE "))
    assert db.session.scalars(sa.select(models.FamilyCategory.name)).one() == "Commune conventionnée"


def test_a_tag_is_held_once_at_a_time(agent):
    family = factories.family("Martin")
    agent.post("categories/nouveau/", **category(family, "Agent communal"))
    answer = agent.post("categories/nouveau/", **category(family, "agent communal", first_day="2026-10-01"))
    assert answer.status_code == 422
    assert "a déjà cette catégorie depuis le mardi 1er septembre 2026" in said(answer)
    other = agent.post("categories/nouveau/", **category(family, "Autre commune"))
    assert other.status_code == 302


# -- enrolments -----------------------------------------------------------------------------


def test_an_enrolment_says_its_regime_its_formula_and_its_days(agent):
    one = child("Un", activities=())
    data = {"child": one.id, "activity": factories.activity().id, "first_day": "2026-09-01"}
    terms = {"regime": "regular", "formula": "own_meal", "usual_weekdays": ["1", "4"]}
    answer = agent.post("inscriptions/nouveau/", **data, **terms)
    assert answer.status_code == 302
    assert "Pour l’année :" in said(agent.client.get(answer.location))
    [row] = db.session.scalars(sa.select(models.Enrolment))
    assert (row.regime, row.formula, row.usual_weekdays) == (Regime.REGULAR, Formula.OWN_MEAL, {1, 4})
    days = set(db.session.scalars(sa.select(models.Booking.day)))
    assert {day.isoweekday() for day in days} == {1, 4}
    page = agent.text(f"enfants/detail/?id={one.id}")
    assert "Régulier · Panier-repas apporté (PAI) · lundi, jeudi" in page


def test_terms_change_from_a_date(agent):
    one = child("Un", activities=("cantine",))
    [row] = one.enrolments
    number = row.id
    data = {"formula": "supervision", "from_day": "2026-11-01"}
    assert agent.post(f"inscriptions/modifier/?id={number}", **data).status_code == 302
    first, second = db.session.scalars(sa.select(models.Enrolment).order_by(models.Enrolment.first_day))
    assert (first.formula, first.first_day, first.last_day) == (Formula.MEAL, FIRST_DAY, date(2026, 10, 31))
    assert (second.formula, second.first_day, second.last_day) == (
        Formula.SUPERVISION, date(2026, 11, 1), None,
    )  # fmt: skip


def test_an_enrolment_ends_and_opens_again(agent):
    one = child("Un", activities=("cantine",))
    number = one.enrolments[0].id
    agent.post(f"inscriptions/modifier/?id={number}", formula="meal", last_day="2026-12-18")
    assert db.session.get_one(models.Enrolment, number).last_day == date(2026, 12, 18)
    agent.post(f"inscriptions/modifier/?id={number}", formula="meal", last_day="")
    assert db.session.get_one(models.Enrolment, number).last_day is None


def test_days_without_service_are_refused_on_their_field(agent):
    one = child("Un", activities=())
    data = {"child": one.id, "activity": factories.activity().id, "first_day": "2026-09-01"}
    answer = agent.post("inscriptions/nouveau/", **data, formula="meal", usual_weekdays=["3"])
    assert answer.status_code == 422
    assert "n’a pas lieu le mercredi" in said(answer)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(models.Enrolment)) == 0
