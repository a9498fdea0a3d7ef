"""The staff's screens of custody: read what it would do, confirm, record a swap signed on paper."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors, requests, swaps
from rules.custody_vocabulary import SwapState
from rules.request_vocabulary import RequestKind, RequestState
from rules.swaps import Days, Offer
from rules.vocabulary import BookingState, CustodyKind
from tests import factories
from tests.admin.agents import Agent, said
from tests.conftest import START

TUESDAY, HIS_TUESDAY = date(2026, 9, 15), date(2026, 9, 22)


@pytest.fixture
def agent(app) -> Agent:
    return Agent(app)


@pytest.fixture
def parents(app) -> tuple[models.Child, models.Guardian, models.Guardian]:
    """Léa, whose days are all her mother's; her father lives elsewhere."""
    hers, his = factories.family("Bernard"), factories.family("Haddad")
    lea = factories.child(hers)
    sonia = factories.parent(hers, lea, first_name="Sonia", email="sonia@villars.example", payer=True)
    karim = factories.parent(his, lea, first_name="Karim", email="karim@villars.example", payer=True)
    for day in (TUESDAY, HIS_TUESDAY):
        factories.booking(lea, day)
    db.session.commit()
    return lea, sonia, karim


def alternation(lea: models.Child, even: models.Guardian, odd: models.Guardian) -> dict[str, Any]:
    return {
        "child": lea.id,
        "first_day": "2026-09-14",
        "kind": "parity",
        "family": even.family_id,
        "other_family": odd.family_id,
        "changeover_weekday": "1",
    }


def custodies() -> list[models.Custody]:
    return list(db.session.scalars(sa.select(models.Custody).order_by(models.Custody.first_day)))


def test_what_a_custody_would_cancel_is_read_before_it_is_set(agent, parents):
    lea, sonia, karim = parents
    data = alternation(lea, sonia, karim)
    page = said(agent.post("gardes/nouveau/", **data))
    assert "Cantine : le 22 septembre" in page
    assert "famille Bernard, famille Haddad" in page
    assert "53 semaines" in page
    assert len(custodies()) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(models.Receipt)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(models.Outbox)) == 0
    back = agent.post("gardes/nouveau/", **data, confirme="corriger")
    assert back.status_code == 422 and 'value="2026-09-14"' in back.text
    assert agent.post("gardes/nouveau/", **data, confirme="oui").status_code == 302
    assert [row.kind for row in custodies()] == [CustodyKind.SINGLE, CustodyKind.PARITY]
    states = {row.day: row.state for row in db.session.scalars(sa.select(models.Booking))}
    assert states == {TUESDAY: BookingState.BOOKED, HIS_TUESDAY: BookingState.CANCELLED}


def test_an_edited_custody_is_read_first_too(agent, parents):
    lea, sonia, karim = parents
    factories.alternate(lea, sonia.family, karim.family)
    db.session.commit()
    (row,) = custodies()
    data = alternation(lea, karim, sonia)
    path = f"gardes/modifier/?id={row.id}"
    assert "vérifier avant d’enregistrer" in said(agent.post(path, **data))
    assert custodies()[0].family_id == sonia.family_id
    assert agent.post(path, **data, confirme="oui").status_code == 302
    assert custodies()[0].family_id == karim.family_id


def test_what_is_refused_stays_on_the_form(agent, parents):
    lea, sonia, karim = parents
    answer = agent.post("gardes/nouveau/", **alternation(lea, sonia, karim) | {"other_family": ""})
    assert answer.status_code == 422
    assert "Choisissez l’autre famille" in said(answer)


def test_a_custody_set_from_a_demarche_accepts_it_and_keeps_its_number(agent, parents):
    lea, sonia, karim = parents
    factories.alternate(lea, karim.family, sonia.family)
    asked = {"wish": "even", "since": "2026-09-14", "changeover": "1", "details": ""}
    by = actors.parent(sonia.account)
    row = requests.submit(RequestKind.CUSTODY, sonia, asked, child=lea, by=by, now=START)
    db.session.commit()
    file = agent.text(f"enfants/detail/?id={lea.id}")
    assert row.number in file and f"/admin/gardes/nouveau/?demarche={row.id}" in file
    page = agent.text(f"gardes/nouveau/?demarche={row.id}")
    assert f"Démarche {row.number}" in page and 'value="2026-09-14"' in page
    data = alternation(lea, sonia, karim)
    assert agent.post(f"gardes/nouveau/?demarche={row.id}", **data, confirme="oui").status_code == 302
    db.session.refresh(row)
    assert row.state is RequestState.ACCEPTED
    assert custodies()[-1].request_id == row.id
    told = db.session.scalars(sa.select(models.Outbox).filter_by(recipient="karim@villars.example")).all()
    assert not any(row.number in mail.body for mail in told)


def test_a_demarche_of_custody_is_not_accepted_before_the_custody_is_set(agent, parents):
    lea, sonia, _ = parents
    asked = {"wish": "even", "since": "2026-09-14", "changeover": "1", "details": ""}
    row = requests.submit(
        RequestKind.CUSTODY, sonia, asked, child=lea, by=actors.parent(sonia.account), now=START
    )
    with pytest.raises(requests.Refused, match="Enregistrez d’abord la garde"):
        requests.accept(row, by=actors.agent(agent.account), now=START)
    assert agent.get("gardes/nouveau/?demarche=987654").status_code == 404
    assert agent.get("gardes/nouveau/?demarche=nimporte").status_code == 404


def test_a_swap_signed_on_paper_is_recorded_and_counts_at_once(agent, parents):
    lea, sonia, karim = parents
    factories.alternate(lea, sonia.family, karim.family)
    data = {"child": lea.id, "family": karim.family_id, "first_day": "2026-09-14", "last_day": "2026-09-20"}
    assert "papier signé" in said(agent.post("echanges-de-jours/nouveau/", **data))
    half = agent.post("echanges-de-jours/nouveau/", **data, reason="Accord", back_first_day="2026-09-21")
    assert half.status_code == 422
    done = agent.post("echanges-de-jours/nouveau/", **data, reason="Accord signé du 5/09")
    assert done.status_code == 302, said(done)
    row = db.session.scalars(sa.select(models.CustodySwap)).one()
    assert row.state is SwapState.ACCEPTED
    states = {each.day: each.state for each in db.session.scalars(sa.select(models.Booking))}
    assert states[TUESDAY] is BookingState.CANCELLED
    assert "Accord signé du 5/09" in agent.text(f"echanges-de-jours/detail/?id={row.id}")


def test_the_preview_says_which_swaps_end(agent, parents):
    lea, sonia, karim = parents
    factories.alternate(lea, sonia.family, karim.family)
    offer = Offer(Days(date(2026, 9, 28), date(2026, 10, 4)), None)
    swaps.propose(lea, sonia, offer, by=actors.parent(sonia.account), now=START)
    db.session.commit()
    page = said(agent.post("gardes/nouveau/", **alternation(lea, karim, sonia)))
    assert "Un échange de jours prévu est interrompu" in page
    assert db.session.scalars(sa.select(models.CustodySwap.state)).one() is SwapState.PROPOSED


def test_the_page_of_the_demarche_leads_to_the_custody_to_set(agent, parents):
    lea, sonia, _ = parents
    asked = {"wish": "odd", "since": "2026-09-14", "changeover": "1", "details": ""}
    by = actors.parent(sonia.account)
    row = requests.submit(RequestKind.CUSTODY, sonia, asked, child=lea, by=by, now=START)
    db.session.commit()
    assert f"/admin/gardes/nouveau/?demarche={row.id}" in agent.text(f"demandes/detail/?id={row.id}")
