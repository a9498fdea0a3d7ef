"""A move and a separation on the agents' side: what is decided there, and where a separation leads."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import requests
from operations.actors import parent
from operations.requests_address import UNDECIDED
from rules.request_vocabulary import RequestKind, RequestState
from rules.vocabulary import Role
from tests import factories
from tests.admin.agents import Agent, said
from tests.conftest import START

MOVE = {"street": "8 rue Neuve", "postcode": "42000", "city": "Saint-Étienne", "since": "2026-09-15"}
SEPARATION = {"about": "separation", "since": "2026-09-01", "marital_status": "separated"}


@pytest.fixture
def agent(app):
    return Agent(app, Role.EDUCATION)


@pytest.fixture
def claire(app):
    family = factories.family("Martin")
    return factories.parent(family, factories.child(family), payer=True, email="claire@villars.example")


def asked(claire, kind, values) -> int:
    row = requests.submit(kind, claire, values, by=parent(claire.account), now=START)
    db.session.commit()
    return row.id


def test_an_agent_decides_the_residence_with_the_address(agent, claire):
    key = asked(claire, RequestKind.ADDRESS, MOVE)
    page = agent.text(f"demandes/detail/?id={key}")
    assert "3 rue des Acacias, 42390 Villars" in page and "8 rue Neuve, 42000 Saint-Étienne" in page
    refused = agent.post("demandes/accepter/", id=key)
    assert refused.status_code == 422 and UNDECIDED in said(refused)
    assert agent.post("demandes/accepter/", id=key, **{"valeur-resident": "non"}).status_code == 303
    assert db.session.get_one(models.Request, key).state is RequestState.ACCEPTED
    assert db.session.get_one(models.Family, claire.family_id).city == "Saint-Étienne"
    newest = sa.select(models.Residence).order_by(models.Residence.first_day.desc())
    row = db.session.scalars(newest).first()
    assert row is not None and (row.resident, row.first_day) == (False, date(2026, 9, 15))


def test_a_separation_leads_to_the_household_and_to_custody(agent, claire):
    key = asked(claire, RequestKind.SITUATION, SEPARATION)
    child_id = claire.guardianships[0].child_id
    page = agent.text(f"demandes/detail/?id={key}")
    assert "Accepter ne change que la situation de cet adulte" in page
    assert "/admin/nouvelle-famille/" in page and f"/admin/gardes/nouveau/?child={child_id}" in page
    assert agent.get(f"gardes/nouveau/?child={child_id}").status_code == 200


def test_a_new_job_leads_nowhere(agent, claire):
    job = {"about": "work", "since": "2026-09-01", "occupation": "Cadre de santé"}
    page = agent.text(f"demandes/detail/?id={asked(claire, RequestKind.SITUATION, job)}")
    assert "gardes/nouveau" not in page and "Accepter ne change que" not in page


def test_the_canteen_reads_no_situation(app, claire):
    claire.occupation, claire.employer = "Infirmière", "CHU"
    db.session.commit()
    assert "Infirmière" in Agent(app, Role.EDUCATION).text(f"adultes/detail/?id={claire.id}")
    for role in (Role.CANTEEN, Role.FINANCE, Role.READER):
        assert "Infirmière" not in Agent(app, role).text(f"adultes/detail/?id={claire.id}")
