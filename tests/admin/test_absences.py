"""The agent's side of absences: the policies' grid, a claim recorded at the counter, and its decision."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

import models
from extensions import db
from rules.vocabulary import ClaimState, Role
from tests import factories
from tests.admin.agents import Agent, said
from tests.conftest import PARIS
from tests.queries import assert_constant
from tests.town import FIRST_DAY

SICK = [date(2026, 9, day) for day in (15, 17, 18)]
NOW = datetime(2026, 9, 22, 9, 0, tzinfo=PARIS)


@pytest.fixture
def agent(app):
    app.extensions["clock"].set(NOW)
    return Agent(app, Role.EDUCATION)


@pytest.fixture
def lea(app):
    family = factories.family("Martin", qf="712.00")
    child = factories.child(family)
    factories.parent(family, child, payer=True, email="claire@villars.example")
    for day in SICK:
        factories.booking(child, day)
    db.session.commit()
    return child


def policy(**settings: Any) -> dict[str, Any]:
    """The form of a policy as the browser sends it: Villars'."""
    return {
        "activity": factories.activity().id,
        "position": "1",
        "first_day": FIRST_DAY.isoformat(),
        "length_unit": "calendar",
        "proofs": "certificate",
        "window_amount": "15",
        "window_unit": "calendar",
        "window_minute": "23:59",
        "counted_from": "each_day",
        "notice_days": "0",
        "late_notice": "nothing",
        "carence_amount": "0",
        "carence_unit": "booked",
        **settings,
    }


def declared(of: models.Child, **said: Any) -> dict[str, Any]:
    return {
        "child": of.id,
        "first_day": SICK[0].isoformat(),
        "last_day": SICK[-1].isoformat(),
        "reason": "sickness",
        "proof": "certificate",
        "channel": "paper",
        "for_guardian": of.guardianships[0].guardian_id,
        **said,
    }


def the_claim() -> models.AbsenceClaim:
    db.session.rollback()
    return db.session.scalars(sa.select(models.AbsenceClaim)).one()


@pytest.fixture
def claim(agent, lea):
    assert agent.post("regles-absence/nouveau/", **policy()).status_code == 302
    answer = agent.post("absences/nouveau/", **declared(lea))
    assert answer.status_code == 302, said(answer)
    return the_claim()


# -- the policies -----------------------------------------------------------------------------


def test_a_policy_is_a_fact_said_in_words(agent):
    answer = agent.post("regles-absence/nouveau/", **policy())
    assert answer.status_code == 302, said(answer)
    words = (
        "Toute absence\u00a0: certificat médical, dans les 15 jours calendaires après chaque jour d’absence"
    )
    assert words in agent.text("regles-absence/")
    row = db.session.scalars(sa.select(models.AbsencePolicy)).one()
    answer = agent.post(f"regles-absence/modifier/?id={row.id}", **policy(carence_amount="1", proofs=[]))
    assert answer.status_code == 302, said(answer)
    assert "sans justificatif, dans les 15 jours" in agent.text("regles-absence/")
    assert agent.delete("regles-absence", row.id).status_code == 302


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"min_days": "8", "max_days": "7"}, "plus courte que la durée minimale"),
        ({"min_days": "0"}, "dure au moins un jour"),
        ({"last_day": "2020-01-01"}, "finit avant d’avoir commencé"),
        ({"carence_amount": "-1"}, "nombre positif"),
        ({"window_amount": "quinze"}, "est pas un entier"),
        ({"window_unit": "booked"}, "Choisissez une valeur de la liste"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(agent, change, sentence):
    answer = agent.post("regles-absence/nouveau/", **policy(**change))
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert db.session.scalars(sa.select(models.AbsencePolicy)).all() == []


# -- a claim at the counter -----------------------------------------------------------------------


def test_a_claim_is_recorded_at_the_counter_then_accepted(agent, claim):
    assert [row.day for row in claim.days] == SICK
    page = agent.text(f"absences/detail/?id={claim.id}")
    assert "À déduire (à justifier jusqu’au 30/09/2026)" in page
    assert "Léa Martin" in agent.text("absences/")
    answer = agent.post("absences/accepter/", id=claim.id, confirme="oui")
    assert answer.status_code == 302
    assert the_claim().state is ClaimState.ACCEPTED
    assert "Léa Martin" not in agent.text("absences/")  # the list opens on what waits
    assert "Déduit" in agent.text(f"absences/detail/?id={claim.id}")
    mails = db.session.scalars(sa.select(models.Outbox).filter_by(kind="absence")).all()
    assert {mail.recipient for mail in mails} == {"claire@villars.example"}
    assert len(mails) == 2


def test_a_refusal_asks_for_its_reason(agent, claim):
    asked = agent.post("absences/refuser/", id=claim.id)
    assert 'name="raison"' in asked.text and the_claim().state is ClaimState.WAITING
    agent.post("absences/refuser/", id=claim.id, confirme="oui", raison="Certificat illisible.")
    assert (the_claim().state, the_claim().decision) == (ClaimState.REFUSED, "Certificat illisible.")
    agent.post("absences/reprendre/", id=claim.id, confirme="oui")
    assert the_claim().state is ClaimState.WAITING
    agent.post("absences/retirer/", id=claim.id, confirme="oui")
    assert the_claim().state is ClaimState.WITHDRAWN
    assert agent.get(f"absences/modifier/?id={claim.id}").status_code == 403


def test_the_agent_chooses_days_with_a_reason(agent, claim):
    path = f"absences/modifier/?id={claim.id}"
    assert agent.text(path).count("checked") == 3
    one = f"{claim.days[0].activity_id}-{SICK[0].isoformat()}"
    answer = agent.post(path, chosen=one)
    assert answer.status_code == 422 and "donnez la raison" in said(answer)
    assert agent.post(path, chosen="99-2026-09-15", decision="x").status_code == 422
    answer = agent.post(path, chosen=one, decision="Présent deux jours sur trois")
    assert answer.status_code == 302, said(answer)
    assert [row.accepted for row in the_claim().days] == [True, False, False]


def test_days_that_cannot_be_claimed_are_left_out_and_said(agent, lea):
    db.session.add(models.Closure(name="Grève", first_day=SICK[0], last_day=SICK[0], effect="closed"))
    db.session.commit()
    answer = agent.post("absences/nouveau/", **declared(lea))
    assert answer.status_code == 302
    assert [row.day for row in the_claim().days] == SICK[1:]
    page = agent.text("absences/")
    assert "Rien n’est dû par les absents le mardi 15 septembre (Grève)." in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"last_day": "2026-09-14"}, "précéder le premier"),
        ({"first_day": "2026-09-01", "last_day": "2026-09-02"}, "Aucun jour réservé"),
        ({"received_at": "2026-09-22T09:01"}, "reçue demain"),
        ({"told_at": "2026-09-22T09:01"}, "au plus tard à la réception"),
        ({"reason": ""}, "obligatoire"),
        ({"child": ""}, "Choisissez dans la liste"),
        ({"last_day": "2029-09-14"}, "un an au plus"),
    ],
)
def test_a_claim_that_makes_no_sense_is_refused_on_its_field(agent, lea, change, sentence):
    answer = agent.post("absences/nouveau/", **declared(lea, **change))
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert db.session.scalars(sa.select(models.AbsenceClaim)).all() == []


def test_a_second_agent_learns_that_it_is_decided(agent, claim):
    agent.post("absences/accepter/", id=claim.id, confirme="oui")
    agent.post("absences/refuser/", id=claim.id, confirme="oui", raison="Trop tard.")
    assert "déjà tranchée" in agent.text("absences/")
    assert the_claim().state is ClaimState.ACCEPTED


def test_several_claims_are_accepted_at_once_and_the_refused_ones_stay(agent, claim, lea):
    factories.booking(lea, date(2026, 9, 21))
    late = declared(lea, first_day="2026-09-21", last_day="2026-09-21", proof="none")
    assert agent.post("absences/nouveau/", **late).status_code == 302
    ids = [str(each) for each in db.session.scalars(sa.select(models.AbsenceClaim.id))]
    asked = agent.post("absences/action/", action="accept", rowid=ids)
    assert "Celles qu’il refuse resteront à examiner" in said(asked)
    agent.post("absences/action/", action="accept", rowid=ids, confirme="oui")
    page = agent.text("absences/").replace("\u00a0", " ")
    assert "1 absence acceptée." in page
    assert f"J-{int(ids[1]):05d} : Aucun jour n’est à déduire. Il faut un justificatif" in page
    states = db.session.scalars(sa.select(models.AbsenceClaim.state).order_by(models.AbsenceClaim.id)).all()
    assert states == [ClaimState.ACCEPTED, ClaimState.WAITING]


def test_the_list_asks_as_much_whatever_its_length(agent, claim, lea):
    days = iter(date(2026, 10, day) for day in (1, 2, 5, 6))

    def add_claim() -> None:
        day = next(days)
        factories.booking(lea, day)
        agent.post("absences/nouveau/", **declared(lea, first_day=day.isoformat(), last_day=day.isoformat()))

    assert_constant(agent.client, "/admin/absences/?flt_etat=", add_claim)


# -- rights -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.FINANCE, Role.CANTEEN, Role.READER])
def test_what_a_child_suffers_from_is_read_by_the_education_service_alone(app, claim, role):
    other = Agent(app, role)
    for path in ("absences/", f"absences/detail/?id={claim.id}", f"absences/modifier/?id={claim.id}"):
        assert other.get(path).status_code == 403
    for path in ("accepter", "refuser", "reprendre", "retirer"):
        assert other.post(f"absences/{path}/", id=claim.id, confirme="oui", raison="x").status_code == 403
    assert the_claim().state is ClaimState.WAITING
    assert other.get("regles-absence/").status_code == 200
    assert other.get("regles-absence/nouveau/").status_code == 403


# -- closures and events ---------------------------------------------------------------------------------


def outing(**said: Any) -> dict[str, Any]:
    day = SICK[0].isoformat()
    return {"name": "Sortie au musée", "first_day": day, "last_day": day, "effect": "picnic_kitchen", **said}


def test_an_event_tells_what_it_touches_before_it_is_written(agent, lea):
    asked = agent.post("fermetures/nouveau/", **outing())
    assert asked.status_code == 200
    words = "« Sortie au musée » touche 1 jour réservé (Cantine 1) : ces repas deviennent des pique-niques"
    assert words in said(asked).replace("\u00a0", " ")
    assert db.session.scalars(sa.select(models.Closure)).all() == []
    answer = agent.post("fermetures/nouveau/", **outing(), confirme="oui")
    assert answer.status_code == 302, said(answer)
    row = db.session.scalars(sa.select(models.Closure)).one()
    page = agent.text(f"fermetures/detail/?id={row.id}")
    assert "Pique-nique fourni par la cantine" in page and "Tout le monde" in page
    assert "Jours déjà réservés qu’elle touche" in page
    asked = agent.post(f"fermetures/modifier/?id={row.id}", **outing(effect="closed"))
    assert "rien ne sera dû, sauf par ceux qui seraient venus" in said(asked)
    db.session.expire_all()
    assert db.session.scalars(sa.select(models.Closure)).one().effect == "picnic_kitchen"


def test_what_touches_nothing_or_makes_no_sense_is_not_asked(agent, lea):
    assert agent.post("fermetures/nouveau/", **outing(level="ps")).status_code == 302
    answer = agent.post("fermetures/nouveau/", **outing(last_day="2026-09-01"))
    assert answer.status_code == 422 and "précéder le premier" in said(answer)
    answer = agent.post("fermetures/nouveau/", **outing(effect=""))
    assert answer.status_code == 422 and "obligatoire" in said(answer)
