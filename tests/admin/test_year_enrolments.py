"""The agents' side of yearly enrolment: opening a year, règlements, and what is provisional."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import year_enrolments
from operations.actors import parent
from rules.vocabulary import Role
from tests import enrolling, factories
from tests.admin.agents import Agent, said
from tests.conftest import PARIS
from tests.portal.homes import martin

IN_MAY = datetime(2027, 5, 10, 10, 0, tzinfo=PARIS)


@pytest.fixture
def home(app):
    app.extensions["clock"].set(IN_MAY)
    return martin()


@pytest.fixture
def waiting(home):
    """Léa's canteen waits for her insurance."""
    row = next(each for each in home.lea.enrolments if each.activity.slug == "cantine")
    row.provisional_until, row.provisional_for = date(2027, 8, 20), "Assurance scolaire"
    row.provisional_family_id = home.family.id
    db.session.commit()
    return row


def test_a_year_is_opened_once_and_not_backwards(app, home):
    agent, year = Agent(app, Role.EDUCATION), enrolling.next_year()
    db.session.commit()
    form = {"school_year": year.id, "opens_on": "2027-05-03", "documents_by": "2027-08-20"}
    backwards = agent.post("ouverture-inscriptions/nouveau/", **form, closes_on="2027-05-02")
    assert backwards.status_code == 422 and "La fermeture ne peut pas précéder" in said(backwards)
    assert agent.post("ouverture-inscriptions/nouveau/", **form, closes_on="2027-07-02").status_code == 302
    again = agent.post("ouverture-inscriptions/nouveau/", **form, closes_on="2027-07-02")
    assert again.status_code == 422 and "existent déjà" in said(again)


def test_a_version_accepted_by_a_family_does_not_change_any_more(app, home):
    agent, version = Agent(app, Role.EDUCATION), enrolling.rules()
    db.session.commit()
    assert agent.get(f"reglements/modifier/?id={version.id}").status_code == 200
    by = parent(home.claire.account)
    year_enrolments.accept_rules([version], home.lea, home.claire, by=by, now=IN_MAY)
    db.session.commit()
    assert agent.get(f"reglements/modifier/?id={version.id}").status_code == 403
    assert agent.delete("reglements", version.id).status_code == 403
    assert "Claire Martin" in agent.text(f"reglements/detail/?id={version.id}")


def test_what_is_provisional_is_listed_with_what_is_missing(app, waiting):
    page = Agent(app, Role.EDUCATION).text("inscriptions/?flt_provisoire=oui")
    assert "Assurance scolaire" in page and "20/08/2027" in page and "1 élément" in page


def test_the_family_is_reminded_once_a_day(app, waiting):
    agent = Agent(app, Role.EDUCATION)
    sent = {"action": "remind", "rowid": [waiting.id], "confirme": "oui"}
    agent.post("inscriptions/action/", **sent)
    assert "Courriels pour rappeler les pièces : 1." in agent.text("inscriptions/")
    agent.post("inscriptions/action/", **sent)
    assert "Aucun courriel" in agent.text("inscriptions/")
    letter = db.session.scalars(sa.select(models.Outbox).filter_by(kind="documents-reminder")).one()
    assert letter.recipient == "claire@villars.example"
    assert "Assurance scolaire" in letter.body and "ne fait refuser aucun enfant" in letter.body


def test_the_other_household_is_not_reminded_of_what_this_one_owes(app, home, waiting):
    sonia = factories.parent(factories.family("Bernard"), home.lea, email="sonia@villars.example")
    factories.alternate(home.lea, home.family, sonia.family)
    db.session.commit()
    Agent(app, Role.EDUCATION).post(
        "inscriptions/action/", action="remind", rowid=[waiting.id], confirme="oui"
    )
    reminders = sa.select(models.Outbox.recipient).filter_by(kind="documents-reminder")
    assert db.session.scalars(reminders).all() == ["claire@villars.example"]
