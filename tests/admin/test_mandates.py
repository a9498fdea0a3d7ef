"""The register of mandates: at the counter, checked, refused; who reads an account."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

import models
from extensions import db
from rules.mandate_vocabulary import MandateState
from rules.vocabulary import Role
from tests import factories
from tests.admin.agents import Agent
from tests.portal.homes import Household, martin

URL = "mandats"


@pytest.fixture
def home(app: Flask) -> Household:
    household = martin()
    db.session.get_one(models.Commune, 1).ics = "FR72ZZZ123456"
    db.session.commit()
    return household


def the_mandate() -> models.Mandate:
    db.session.expire_all()
    return db.session.scalars(sa.select(models.Mandate)).one()


def test_a_mandate_made_and_registered_at_the_counter(app: Flask, home: Household) -> None:
    agent = Agent(app, Role.EDUCATION)
    done = agent.post(f"{URL}/nouveau/", guardian=home.claire.id, typed_iban=factories.EXAMPLE_IBAN)
    assert done.status_code == 302
    row = the_mandate()
    assert (row.state, row.channel.value, row.holder_name) == (
        MandateState.TO_SIGN,
        "counter",
        "Claire Martin",
    )
    assert agent.get(f"{URL}/papier/?id={row.id}").data.startswith(b"%PDF")
    agent.post(f"{URL}/recevoir/", id=row.id, confirme="oui")
    assert the_mandate().state is MandateState.RECEIVED
    missing = agent.post(f"{URL}/modifier/?id={row.id}", signed_on="")
    assert missing.status_code == 422 and "date de signature" in missing.text
    agent.post(f"{URL}/modifier/?id={row.id}", signed_on="2026-09-01")
    assert the_mandate().state is MandateState.ACTIVE


def test_a_wrong_account_is_said_beside_it_and_typed_again(app: Flask, home: Household) -> None:
    agent = Agent(app, Role.EDUCATION)
    page = agent.post(f"{URL}/nouveau/", guardian=home.claire.id, typed_iban="FR76 1234")
    assert page.status_code == 422 and "il en manque" in page.text and "FR76 1234" in page.text


def test_a_refusal_needs_its_reason(app: Flask, home: Household) -> None:
    row = factories.mandate(home.claire, MandateState.RECEIVED)
    db.session.commit()
    agent = Agent(app, Role.FINANCE)
    agent.post(f"{URL}/refuser/", id=row.id, confirme="oui", raison="")
    assert the_mandate().state is MandateState.RECEIVED
    agent.post(f"{URL}/refuser/", id=row.id, confirme="oui", raison="La signature manque.")
    assert the_mandate().decision == "La signature manque."


def test_the_account_is_masked_but_to_the_finances_who_leave_a_trace(app: Flask, home: Household) -> None:
    row = factories.mandate(home.claire)
    db.session.commit()
    whole = "FR76 3000 6000 0112 3456 7890 189"
    agent = Agent(app, Role.EDUCATION)
    for page in (f"{URL}/", f"{URL}/detail/?id={row.id}"):
        assert "0189" in agent.get(page).text and "0112 3456" not in agent.get(page).text
    assert agent.post(f"{URL}/iban/", id=row.id, confirme="oui").status_code == 403
    agent = Agent(app, Role.FINANCE)
    assert whole in agent.post(f"{URL}/iban/", id=row.id, confirme="oui").text
    verbs = list(db.session.scalars(sa.select(models.History.verb)))
    assert verbs.count("IBAN lu en clair") == 1


def test_a_bank_that_moves_an_account(app: Flask, home: Household) -> None:
    row = factories.mandate(home.claire)
    db.session.commit()
    agent = Agent(app, Role.FINANCE)
    assert "Nouvel IBAN" in agent.post(f"{URL}/compte/", id=row.id).text
    wrong = agent.post(f"{URL}/compte/", id=row.id, typed_iban="FR76")
    assert wrong.status_code == 422 and "il en manque" in wrong.text
    agent.post(f"{URL}/compte/", id=row.id, typed_iban="FR14 2004 1010 0505 0001 3M02 606")
    assert the_mandate().masked_iban.startswith("FR14")


def test_who_only_reads_is_not_led_to_the_paper(app: Flask, home: Household) -> None:
    row = factories.mandate(home.claire)
    db.session.commit()
    page = f"{URL}/detail/?id={row.id}"
    assert "mandats/papier" in Agent(app, Role.FINANCE).get(page).text
    assert "mandats/papier" not in Agent(app, Role.READER).get(page).text
