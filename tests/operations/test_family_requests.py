"""A household's address and an adult's situation, as démarches: what is refused, what acceptance changes."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import requests
from operations.actors import agent, parent
from operations.prices import pricing_of
from operations.request_kind import filing_of
from operations.request_kinds import kind_of
from rules.family_vocabulary import MaritalStatus
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind, RequestState
from rules.vocabulary import Civility, Situation
from tests import factories
from tests.conftest import START
from tests.portal.homes import invoice

MOVE = {"street": "8 rue Neuve", "postcode": "42000", "city": "Saint-Étienne", "since": "2026-09-15"}


@pytest.fixture
def claire(app):
    family = factories.family("Martin", qf="742")
    return factories.parent(family, factories.child(family), payer=True, email="claire@villars.example")


@pytest.fixture
def paul(claire):
    return factories.guardian(claire.family, "Paul", email="paul@villars.example", civility=Civility.M)


@pytest.fixture
def staff(app):
    return agent(factories.staff())


def ask(kind, claire, asked):
    return requests.submit(kind, claire, asked, by=parent(claire.account), now=START)


def move(claire, **more):
    return ask(RequestKind.ADDRESS, claire, {**MOVE, **more})


def change(claire, **asked):
    return ask(RequestKind.SITUATION, claire, {"since": "2026-09-01", **asked})


def accept(request, staff, **corrected):
    asked = {**request.asked, **corrected} if corrected else None
    requests.accept(request, asked=asked, by=staff, now=START)


def lines(request):
    return [
        (line.label, line.before, line.after) for line in kind_of(request.kind).lines_of(filing_of(request))
    ]


def meal(family, day):
    return pricing_of({family.id}).price(factories.activity().id, family.id, day, Situation.AS_BOOKED)


# -- address -----------------------------------------------------------------------------


def test_an_address_is_shown_old_beside_new(claire):
    assert lines(move(claire)) == [
        ("Adresse", "3 rue des Acacias, 42390 Villars", "8 rue Neuve, 42000 Saint-Étienne"),
        ("À partir du", "", "15/09/2026"),
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"street": " "}, "street"),
        ({"postcode": "4239"}, "postcode"),
        ({"city": ""}, "city"),
        ({"since": ""}, "since"),
        ({"street": "3 rue des Acacias", "postcode": "42390", "city": "Villars"}, "street"),
    ],
)
def test_an_unlikely_address_is_refused(claire, wrong, field):
    with pytest.raises(Refused) as refused:
        move(claire, **wrong)
    assert refused.value.field == field


def test_nothing_moves_before_the_agent_has_said_what_becomes_of_the_residence(claire, staff):
    request = move(claire)
    with pytest.raises(Refused) as refused:
        accept(request, staff)
    assert refused.value.field == "resident"
    db.session.expire_all()
    assert request.state is RequestState.WAITING and claire.family.city == "Villars"


def test_accepted_the_address_changes_and_days_are_priced_from_then_on(claire, paul, staff):
    before, after = date(2026, 9, 14), date(2026, 9, 15)
    inside = meal(claire.family, before).amount_cents
    accept(move(claire), staff, resident="non")
    assert claire.family.address_lines == ["8 rue Neuve", "42000 Saint-Étienne"]
    assert meal(claire.family, before).amount_cents == inside
    assert meal(claire.family, after).amount_cents > inside
    query = sa.select(models.Residence).order_by(models.Residence.first_day)
    periods = [(row.resident, row.first_day, row.last_day) for row in db.session.scalars(query)]
    assert periods[-1] == (False, after, None) and periods[0][2] == before


def test_an_issued_invoice_keeps_the_address_it_says(claire, staff):
    number = invoice(claire.family, claire, claire.guardianships[0].child)
    accept(move(claire), staff, resident="non")
    row = db.session.scalars(sa.select(models.Invoice).filter_by(number=number)).one()
    assert row.payer_address == "3 rue des Acacias\n42390 Villars"


def test_the_residence_may_stay_as_it_was(claire, staff):
    accept(move(claire, postcode="42390", city="Villars"), staff, resident="inchange")
    assert len(claire.family.residences) == 1 and claire.family.street == "8 rue Neuve"


def test_the_other_adults_of_the_household_are_told(claire, paul, staff):
    accept(move(claire), staff, resident="non")
    told = db.session.scalars(sa.select(models.Outbox).filter_by(kind="address-changed")).one()
    assert told.recipient == paul.email and "8 rue Neuve" in told.body and "Claire Martin" in told.body


# -- situation ---------------------------------------------------------------------------


def test_only_what_changes_is_shown_and_applied(claire, staff):
    claire.occupation, claire.employer = "Infirmière", "CHU"
    request = change(claire, about="work", occupation="Cadre de santé", employer="CHU", last_name="Martin")
    assert lines(request) == [
        ("Ce qui change", "", "Changement de profession ou d’employeur"),
        ("Depuis le", "", "01/09/2026"),
        ("Profession", "Infirmière", "Cadre de santé"),
    ]
    claire.employer = "CHU de Saint-Étienne"  # corrected by staff meanwhile
    accept(request, staff)
    assert (claire.occupation, claire.employer) == ("Cadre de santé", "CHU de Saint-Étienne")


def test_a_separation_changes_the_adult_and_no_child(claire, paul, staff):
    request = change(claire, about="separation", marital_status="separated", details="Depuis l’été.")
    accept(request, staff)
    assert claire.marital_status is MaritalStatus.SEPARATED and paul.marital_status is None
    assert claire.guardianships[0].last_day is None and paul.family is claire.family


def test_a_new_name_follows_the_account(claire, staff):
    accept(change(claire, about="name", last_name="Bernard"), staff)
    assert claire.full_name == claire.account.display_name == "Claire Bernard"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "about"),
        ({"about": "vacances"}, "about"),
        ({"about": "work", "since": ""}, "since"),
        ({"about": "work", "occupation": ""}, "occupation"),
        ({"about": "name", "last_name": "Martin"}, "last_name"),
        ({"about": "name", "last_name": ""}, "last_name"),
        ({"about": "union", "marital_status": "heureux"}, "marital_status"),
        ({"about": "other"}, "details"),
        ({"about": "work", "occupation": "x" * 81}, "occupation"),
    ],
)
def test_what_says_nothing_is_refused(claire, asked, field):
    with pytest.raises(Refused) as refused:
        change(claire, **asked)
    assert refused.value.field == field


def test_the_history_says_in_words_what_the_agent_said_otherwise_and_nothing_else(claire, staff):
    accept(move(claire), staff, resident="oui")
    verb = {"subject": "request", "verb": "Démarche acceptée"}
    row = db.session.scalars(sa.select(models.History).filter_by(**verb)).one()
    said = "Le foyer compte à partir de cette date comme"
    assert (row.before, row.after) == ({said: ""}, {said: "Dans la commune"})
