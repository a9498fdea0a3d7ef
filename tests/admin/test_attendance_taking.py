"""« Prendre les présences »: the day's sheets, the sheet itself, closing, correcting, who may."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import billing
from operations.actors import SYSTEM
from rules.instants import PARIS
from rules.vocabulary import Presence, Role, SheetState
from tests import factories
from tests.admin.agents import Agent, said
from tests.queries import queries_of

DAY = date(2026, 9, 7)
PAGE = "presences-du-jour/"


@pytest.fixture
def agent(app):
    return Agent(app, Role.CANTEEN)


def a_class(booked: int = 2, enrolled: int = 1) -> tuple[list[models.Child], list[models.Child]]:
    family = factories.family()
    with_booking = [factories.child(family, f"Réservé{n}") for n in range(booked)]
    for child in with_booking:
        factories.booking(child, DAY)
    others = [factories.child(family, f"Inscrit{n}") for n in range(enrolled)]
    db.session.commit()
    return with_booking, others


def opening(slug: str = "cantine", in_class: str | None = "CP", day: date = DAY) -> dict[str, object]:
    room = factories.school_class(in_class or "CP")
    sent = {"activite": factories.activity(slug).id, "ecole": room.school_id, "jour": day.isoformat()}
    return sent | ({"classe": room.id} if in_class else {})


def opened(agent: Agent, **options: object) -> str:
    """The path of the sheet, under /admin/."""
    answer = agent.post(f"{PAGE}ouvrir/", **opening(**options))
    assert answer.status_code == 303
    return answer.location.removeprefix("/admin/")


def ticked(page: str) -> set[int]:
    boxes = re.findall(r'name="present" value="(\d+)" checked', page)
    return {int(number) for number in boxes}


def sheet() -> models.AttendanceSheet:
    return db.session.scalars(sa.select(models.AttendanceSheet)).one()


def presences() -> dict[int, Presence]:
    row = models.Attendance
    return dict(db.session.execute(sa.select(row.child_id, row.presence)).all())


def test_the_day_lists_a_sheet_per_booked_class_and_per_school_of_garderie(agent):
    a_class()
    page = agent.text(PAGE)
    assert "2 réservés sur 3 inscrits" in page
    assert page.count("3 inscrits, sans réservation") == 2  # morning and evening
    assert page.count("À ouvrir") == 3
    assert "CE2" not in page


def test_a_day_without_service_says_why(agent):
    a_class()
    assert "Pas de service ce jour : Pas d’école le dimanche." in agent.text(f"{PAGE}?jour=2026-09-06")


def test_a_day_to_come_shows_its_numbers_and_opens_nothing(agent):
    child = a_class()[0][0]
    factories.booking(child, date(2026, 9, 8))
    db.session.commit()
    page = agent.text(f"{PAGE}?jour=2026-09-08")
    assert "1 réservé sur 3 inscrits" in page
    assert "Ouvrir<" not in page
    refused = agent.client.get(agent.post(f"{PAGE}ouvrir/", **opening(day=date(2026, 9, 8))).location)
    assert "ne peut pas encore être ouverte" in said(refused)


def test_a_late_day_can_still_be_opened(app, agent):
    a_class()
    app.extensions["clock"].set(app.extensions["clock"].now().replace(day=11))
    assert agent.get(opened(agent)).status_code == 200


def test_opening_twice_is_one_sheet(agent):
    a_class()
    assert opened(agent) == opened(agent)
    assert sheet().state is SheetState.OPEN
    assert "Continuer" in agent.text(PAGE)


def test_the_booked_are_ticked_when_the_sheet_opens(agent):
    booked, _ = a_class()
    assert ticked(agent.text(opened(agent))) == {child.id for child in booked}


def test_nobody_is_ticked_where_nothing_is_booked(agent):
    a_class()
    page = agent.text(opened(agent, slug="garderie-du-soir", in_class=None))
    assert "Garderie du soir, École Jules Ferry" in page
    assert not ticked(page)


def test_closing_records_the_present_the_absent_and_the_unbooked(agent):
    (there, missing), (came,) = a_class()
    answer = agent.post(opened(agent), present=[there.id, came.id], action="clore")
    assert answer.status_code == 303
    assert presences() == {there.id: Presence.PRESENT, missing.id: Presence.ABSENT, came.id: Presence.PRESENT}
    assert sheet().state is SheetState.CLOSED
    page = said(agent.client.get(answer.location))
    assert "feuille close, 2 présents" in page
    assert "2 présents</strong>" in page


def test_closing_twice_writes_nothing_more(agent):
    (there, _), _ = a_class()
    path = opened(agent)
    for _ in range(2):
        agent.post(path, present=[there.id], action="clore")
    assert len(presences()) == 2


def test_a_closed_sheet_is_corrected(agent):
    (there, missing), _ = a_class()
    path = opened(agent)
    agent.post(path, present=[there.id], action="clore")
    page = agent.text(path)
    assert "Enregistrer la correction" in page
    assert ticked(page) == {there.id}
    agent.post(path, present=[there.id, missing.id], action="clore")
    assert presences() == {there.id: Presence.PRESENT, missing.id: Presence.PRESENT}


def test_a_child_of_another_school_is_searched_ticked_and_recorded(agent):
    (there, _), _ = a_class()
    stranger = factories.child(factories.family("Ôtre"), "Zoé", in_class="PS", activities=())
    db.session.commit()
    path = opened(agent)
    page = said(agent.post(path, present=[there.id], action="chercher", nom="zoe otre"))
    assert f'value="{stranger.id}">' in page
    assert "PS, Maternelle des Lilas" in page
    assert ticked(page) == {there.id}, "what was ticked is kept"
    assert not presences(), "searching records nothing"
    agent.post(path, present=[there.id, stranger.id], action="clore")
    assert presences()[stranger.id] is Presence.PRESENT
    page = agent.text(path)
    assert "Ajoutés à cette feuille (1)" in page
    assert stranger.id in ticked(page)


def test_a_search_without_result_says_so(agent):
    a_class()
    page = said(agent.post(opened(agent), action="chercher", nom="Personne"))
    assert "Aucun autre enfant ne s’appelle « Personne »" in page


def test_no_child_today_is_asked_then_recorded(agent):
    (one, two), _ = a_class()
    path = f"{opened(agent)}aucun-enfant/"
    assert "Personne n’est venu" in said(agent.post(path))
    assert sheet().state is SheetState.OPEN
    agent.post(path, confirme="oui")
    assert (sheet().state, sheet().no_child) == (SheetState.CLOSED, True)
    assert presences() == {one.id: Presence.ABSENT, two.id: Presence.ABSENT}


def test_a_billed_day_is_refused_and_what_was_ticked_is_kept(agent):
    (there, missing), _ = a_class()
    path = opened(agent)
    agent.post(path, present=[there.id], action="clore")
    billed(missing)
    answer = agent.post(path, present=[there.id, missing.id], action="clore")
    assert answer.status_code == 422
    assert "Ce jour est déjà facturé" in said(answer)
    assert ticked(said(answer)) == {there.id, missing.id}
    assert presences()[missing.id] is Presence.ABSENT


def billed(child: models.Child) -> None:
    """Issue September, however little there is to pay."""
    factories.guardian(child.custodies[0].family, payer=True)
    db.session.get_one(models.Commune, 1).carry_over_below_cents = 0
    october = datetime(2026, 10, 1, 9, 0, tzinfo=PARIS)
    billing.prepare_month(date(2026, 9, 1), by=SYSTEM, now=october)
    billing.issue_month(date(2026, 9, 1), october.date(), by=SYSTEM, now=october)
    db.session.commit()


@pytest.mark.parametrize("values", [{"present": "abc"}, {"present": "-1"}, {"present": "9" * 12}])
def test_a_forged_tick_is_refused(agent, values):
    a_class()
    assert agent.post(opened(agent), action="clore", **values).status_code == 400


def test_forged_openings_are_refused(agent):
    sent = opening()
    other_school = factories.school_class("PS").school_id
    for wrong in ({"ecole": other_school}, {"classe": 9999}, {"activite": ""}, {"jour": "demain"}):
        assert agent.post(f"{PAGE}ouvrir/", **(sent | wrong)).status_code == 400
    assert agent.get(f"{PAGE}999/").status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ADMINISTRATOR, 200),
        (Role.EDUCATION, 200),
        (Role.CANTEEN, 200),
        (Role.FINANCE, 403),
        (Role.READER, 403),
    ],
)
def test_who_takes_attendance(app, role, status):
    agent = Agent(app, role)
    assert agent.get(PAGE).status_code == status
    assert agent.post(f"{PAGE}ouvrir/", **opening()).status_code == (303 if status == 200 else 403)


def test_without_its_token_a_form_is_refused(agent):
    path = opened(agent)
    assert agent.client.post(f"/admin/{path}", data={"action": "clore"}).status_code == 400
    assert sheet().state is SheetState.OPEN


def test_queries_do_not_grow_with_the_children(agent):
    a_class(2, 1)
    path = opened(agent)
    small = {each: len(queries_of(agent.client, f"/admin/{each}")) for each in (PAGE, path)}
    a_class(8, 6)
    for each, before in small.items():
        assert len(queries_of(agent.client, f"/admin/{each}")) == before, each
