"""What the calendar lacks is said to staff; the official calendar fills it without touching what is there."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import school_years
from rules.instants import PARIS
from rules.vocabulary import HolidayKind, Role
from tests import factories
from tests.admin.agents import Agent, said

MAY = datetime(2027, 5, 10, 9, tzinfo=PARIS)
LACKING = "L’année scolaire 2027-2028 n’a pas de vacances"
NO_NEXT = "L’année scolaire suivante n’est pas encore dans le calendrier."


@pytest.fixture
def agent(app):
    return Agent(app)


def coming() -> models.SchoolYear:
    year = models.SchoolYear(name="2027-2028", first_day=date(2027, 9, 1), last_day=date(2028, 7, 3))
    db.session.add(year)
    db.session.commit()
    return year


def holidays() -> set[tuple[HolidayKind, date, date]]:
    return {(row.kind, row.first_day, row.last_day) for row in db.session.scalars(sa.select(models.Holiday))}


def test_nothing_is_said_of_a_year_that_is_ready(app, agent):
    assert school_years.warnings(date(2026, 9, 7)) == []
    assert NO_NEXT not in agent.text("")


def test_the_next_year_is_asked_for_from_the_spring(app, agent):
    app.extensions["clock"].set(MAY)
    for page in ("", "annees-scolaires/", "vacances/"):
        assert NO_NEXT in agent.text(page), page
    coming()
    for page in ("", "annees-scolaires/", "vacances/"):
        text = agent.text(page)
        assert LACKING in text, page
        assert NO_NEXT not in text, page


def test_the_official_calendar_fills_what_is_missing(app, agent):
    year, before = coming(), holidays()
    own = models.Holiday(
        kind=HolidayKind.SCHOOL, name="Toussaint", first_day=date(2027, 10, 22), last_day=date(2027, 11, 8)
    )
    db.session.add(own)
    db.session.commit()
    answer = agent.post("annees-scolaires/vacances-officielles/", id=year.id)
    assert answer.status_code == 302
    after = holidays()
    assert after > before
    assert (HolidayKind.SCHOOL, date(2027, 10, 22), date(2027, 11, 8)) in after
    assert (HolidayKind.SCHOOL, date(2027, 10, 23), date(2027, 11, 7)) not in after
    assert (HolidayKind.SCHOOL, date(2028, 7, 4), date(2028, 8, 31)) in after
    assert (HolidayKind.PUBLIC, date(2027, 11, 11), date(2027, 11, 11)) in after
    assert LACKING not in agent.text("annees-scolaires/")
    verb = db.session.scalars(sa.select(models.History.verb).order_by(models.History.id.desc())).first()
    assert verb == "Calendrier officiel ajouté"
    again = agent.client.get(agent.post("annees-scolaires/vacances-officielles/", id=year.id).location)
    assert "déjà dans le calendrier" in said(again)
    assert holidays() == after


def test_beyond_the_official_calendar_it_says_so_and_adds_nothing(app, agent):
    year = models.SchoolYear(name="2028-2029", first_day=date(2028, 9, 1), last_day=date(2029, 7, 6))
    db.session.add(year)
    db.session.commit()
    before = holidays()
    answer = agent.client.get(agent.post("annees-scolaires/vacances-officielles/", id=year.id).location)
    assert "saisissez les vacances à la main" in said(answer)
    assert holidays() == before


def test_only_editors_fill_the_calendar(app):
    reader = Agent(app, Role.READER)
    answer = reader.post("annees-scolaires/vacances-officielles/", id=coming().id)
    assert answer.status_code == 403
    assert factories.activity("cantine")


def test_a_weekly_pattern_says_when_it_applies(agent):
    data = {"weekdays": ["1", "2", "3"], "period": "holidays", "first_day": "2026-09-01",
            "activity": factories.activity("cantine").id}  # fmt: skip
    assert agent.post("semaines-types/nouveau/", **data).status_code == 302
    assert "Vacances scolaires" in agent.text("semaines-types/")
    page = agent.text("apercu-dates-limites/?du=2026-10-19")
    assert "Mardi 20 octobre" in page


def test_a_new_activity_starts_from_a_blank_page(agent):
    assert 'name="childcare_share"' in agent.text("activites/nouveau/")


def test_an_activity_ends_after_it_has_started(agent):
    row = factories.activity("cantine")
    data = {
        "service": row.service_id, "name": row.name, "noun": row.noun, "unit": "meal", "position": "1",
        "starts_at_minute": "11:30", "ends_at_minute": "11:00", "grace_days": "0", "is_open": "1",
        "childcare_share": "0",
    }  # fmt: skip
    answer = agent.post(f"activites/modifier/?id={row.id}", **data)
    assert answer.status_code == 422
    assert 'id="ends_at_minute-erreur"' in answer.text
    data |= {"ends_at_minute": "13:30", "grace_days": "3"}
    assert agent.post(f"activites/modifier/?id={row.id}", **data).status_code == 302
    db.session.expire_all()
    assert (row.ends_at_minute, row.grace_days) == (810, 3)
