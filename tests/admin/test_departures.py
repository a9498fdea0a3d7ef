"""A child leaves: the two screens that say so cancel what can be, and tell the agent what stays due."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

import models
from extensions import db
from rules.vocabulary import BookingState, Level
from tests import factories
from tests.admin.agents import Agent, said
from tests.town import FIRST_DAY

KEPT, OPEN = date(2026, 9, 10), date(2026, 9, 14)
CANCELLED = "Jours annulés, avec un reçu à la famille : le 14 septembre."
STAYS = "Hors délai, ces jours restent réservés et dus : le 10 septembre."


@pytest.fixture
def agent(app) -> Agent:
    return Agent(app)


@pytest.fixture
def lea(app) -> models.Child:
    child = factories.child(factories.family())
    for day in (KEPT, OPEN):
        factories.booking(child, day)
    db.session.commit()
    return child


def identity(child: models.Child, **changed: str) -> dict[str, str]:
    known = {"last_name": "Martin", "first_name": "Léa", "birth_date": child.birth_date.isoformat()}
    return known | changed


def states() -> dict[date, BookingState]:
    db.session.expire_all()
    return {row.day: row.state for row in db.session.scalars(sa.select(models.Booking))}


def ends(child: models.Child) -> set[date | None]:
    db.session.expire_all()
    return {row.last_day for row in (*child.schoolings, *child.enrolments)}


def test_leaving_cancels_what_is_open_and_says_what_stays_due(agent, lea):
    path = f"enfants/modifier/?id={lea.id}"
    answer = agent.post(path, **identity(lea, first_name="Léa-Rose", left_on="2026-09-08"))
    assert answer.status_code == 302, said(answer)
    assert states() == {KEPT: BookingState.BOOKED, OPEN: BookingState.CANCELLED}
    assert (ends(lea), lea.first_name, lea.left_on) == ({date(2026, 9, 8)}, "Léa-Rose", date(2026, 9, 8))
    page = agent.text(f"enfants/detail/?id={lea.id}")
    assert CANCELLED in page
    assert STAYS in page


def test_the_other_facts_of_a_child_change_alone(agent, lea):
    answer = agent.post(f"enfants/modifier/?id={lea.id}", **identity(lea, first_name="Lia", left_on=""))
    assert answer.status_code == 302, said(answer)
    assert (ends(lea), lea.first_name) == ({None}, "Lia")
    assert set(states().values()) == {BookingState.BOOKED}


def test_an_absurd_departure_is_refused_beside_its_field(agent, lea):
    answer = agent.post(f"enfants/modifier/?id={lea.id}", **identity(lea, left_on="2006-09-08"))
    assert answer.status_code == 422
    assert "corrigez la date" in said(answer)
    assert ends(lea) == {None}


def test_a_departure_taken_back_says_what_stays_ended(agent, lea):
    agent.post(f"enfants/modifier/?id={lea.id}", **identity(lea, left_on="2026-09-08"))
    agent.post(f"enfants/modifier/?id={lea.id}", **identity(lea, left_on=""))
    assert "restent finies" in agent.text(f"enfants/detail/?id={lea.id}")
    db.session.expire_all()
    assert lea.left_on is None


def test_the_end_of_a_class_cancels_too(agent, lea):
    row = lea.schoolings[0].id
    answer = agent.post(f"scolarites/modifier/?id={row}", level="ce1", last_day="2026-09-08")
    assert answer.status_code == 302, said(answer)
    assert states() == {KEPT: BookingState.BOOKED, OPEN: BookingState.CANCELLED}
    page = agent.text("scolarites/")
    assert CANCELLED in page
    assert STAYS in page
    ended = db.session.get(models.Schooling, row)
    assert (ended.level, ended.last_day) == (Level.CE1, date(2026, 9, 8))


def test_a_class_is_not_pushed_over_the_next(agent, lea):
    lea.schoolings[0].last_day = date(2026, 11, 1)
    following = models.Schooling(
        school_class=factories.school_class("CE2"), level=Level.CE2, first_day=date(2026, 11, 2)
    )
    lea.schoolings.append(following)
    db.session.commit()
    row = next(each.id for each in lea.schoolings if each.first_day == FIRST_DAY)
    for typed in ("2026-12-18", ""):
        answer = agent.post(f"scolarites/modifier/?id={row}", level="cp", last_day=typed)
        assert answer.status_code == 422
        assert "Une autre scolarité commence le lundi 2 novembre 2026" in said(answer)
    db.session.expire_all()
    assert db.session.get(models.Schooling, row).last_day == date(2026, 11, 1)
