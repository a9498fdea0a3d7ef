"""The hours on the sheet's page: the fields, what is kept of a refusal, what the grid shows."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

import models
from extensions import db
from rules.vocabulary import Presence, PriceUnit, Role, SheetState
from tests import factories
from tests.admin.agents import Agent, said
from tests.admin.test_attendance_taking import DAY, a_class, opened, sheet, ticked
from tests.operations.test_attendance_hours import EVENING, timed_evening
from tests.operations.test_month_engine import grid, row
from tests.queries import queries_of


@pytest.fixture
def agent(app):
    timed_evening()
    return Agent(app, Role.CANTEEN)


def evening(agent: Agent) -> str:
    return opened(agent, slug=EVENING, in_class=None)


def fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="time" id="[^"]+" name="([^"]+)" value="([^"]*)"', page))


def seen() -> dict[int, tuple[Presence, datetime | None]]:
    row = models.Attendance
    found = db.session.execute(sa.select(row.child_id, row.presence, row.left_at))
    return {child_id: (presence, left_at) for child_id, presence, left_at in found}


def test_an_evening_asks_when_each_child_left(agent):
    (one, two), (three,) = a_class()
    page = agent.text(evening(agent))
    assert fields(page) == {f"leaves-{child.id}": "" for child in (one, two, three)}
    assert f'Départ<span class="visually-hidden"> : {one.first_name} {one.last_name}</span>' in page
    assert "Une heure notée vaut présence." in page


def test_an_activity_without_an_end_asks_both_hours(agent):
    grid("garderie-du-matin", row(1, 230, unit=PriceUnit.HOUR))
    (one, *_), _ = a_class()
    page = agent.text(opened(agent, slug="garderie-du-matin", in_class=None))
    assert {f"arrives-{one.id}", f"leaves-{one.id}"} <= fields(page).keys()


def test_a_canteen_asks_for_no_hour_and_ignores_one(agent):
    (one, _), _ = a_class()
    path = opened(agent)
    assert fields(agent.text(path)) == {}
    agent.post(path, present=[one.id], action="clore", **{f"leaves-{one.id}": "n’importe quoi"})
    assert seen()[one.id] == (Presence.PRESENT, None)


def test_hours_are_saved_with_the_presence_and_shown_again(agent):
    (one, two), (three,) = a_class()
    path = evening(agent)
    sent = {f"leaves-{one.id}": "17:45", f"leaves-{two.id}": "", f"leaves-{three.id}": "18h05"}
    answer = agent.post(path, present=[one.id, two.id], action="clore", **sent)
    assert answer.status_code == 303
    assert "feuille close, 3 présents" in said(agent.client.get(answer.location))
    assert seen() == {
        one.id: (Presence.PRESENT, datetime(2026, 9, 7, 15, 45, tzinfo=UTC)),
        two.id: (Presence.PRESENT, None),
        three.id: (Presence.PRESENT, datetime(2026, 9, 7, 16, 5, tzinfo=UTC)),
    }
    page = agent.text(path)
    assert fields(page)[f"leaves-{three.id}"] == "18:05"
    assert ticked(page) == {one.id, two.id, three.id}
    agent.post(path, present=[one.id], action="clore", **dict.fromkeys(sent, ""))
    assert seen() == {one.id: (Presence.PRESENT, None)}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("05:45", "5 h 45 est loin des heures de"),
        ("16:00", "l’activité n’a pas commencé (16 h 30)"),
        ("25:00", "« 25:00 » n’est pas une heure. Exemple : 17:45."),
        ("bientôt", "« bientôt » n’est pas une heure"),
    ],
)
def test_an_impossible_hour_is_said_on_its_field_and_what_was_typed_is_kept(agent, typed, words):
    (one, two), _ = a_class()
    path = evening(agent)
    sent = {f"leaves-{one.id}": "17:45", f"leaves-{two.id}": typed}
    answer = agent.post(path, action="clore", **sent)
    page = said(answer).replace("\u00a0", " ")
    assert answer.status_code == 422
    field = re.search(rf'<input[^>]*id="leaves-{two.id}"[^>]*>\s*<p[^>]*>([^<]*)</p>', page)
    assert field is not None and words in field[1]
    assert page.count('aria-invalid="true"') == 1
    assert fields(page).items() >= sent.items()
    assert ticked(page) == {one.id, two.id}
    assert seen() == {}
    assert sheet().state is SheetState.OPEN


def test_searching_keeps_the_hours_typed(agent):
    (one, _), _ = a_class()
    stranger = factories.child(factories.family("Ôtre"), "Zoé", in_class="PS", activities=())
    db.session.commit()
    path = evening(agent)
    page = said(agent.post(path, action="chercher", nom="zoe", **{f"leaves-{one.id}": "17:45"}))
    assert (fields(page)[f"leaves-{one.id}"], ticked(page)) == ("17:45", {one.id})
    agent.post(path, action="clore", **{f"leaves-{stranger.id}": "17:50"})
    assert fields(agent.text(path))[f"leaves-{stranger.id}"] == "17:50"


def test_a_forged_hour_of_nobody_is_refused(agent):
    a_class()
    answer = agent.post(evening(agent), action="clore", **{"leaves-999999": "17:45"})
    assert answer.status_code == 422
    assert "n’existe plus" in said(answer)


def test_a_reader_writes_no_hour(app, agent):
    (one, _), _ = a_class()
    path = evening(agent)
    answer = Agent(app, Role.READER).post(path, action="clore", **{f"leaves-{one.id}": "17:45"})
    assert answer.status_code == 403
    assert seen() == {}


def test_now_is_offered_today_only(app, agent):
    a_class()
    path = evening(agent)
    clock = app.extensions["clock"]
    clock.set(clock.now().replace(day=DAY.day))
    assert f'data-now="{clock.now().isoformat()}"' in agent.text(path)
    clock.set(clock.now().replace(day=DAY.day + 1))
    assert "data-now" not in agent.text(path)


def test_the_grids_show_the_hours(app, agent):
    (one, _), _ = a_class()
    agent.post(evening(agent), action="clore", **{f"leaves-{one.id}": "17:45"})
    reader = Agent(app, Role.EDUCATION)
    assert "17 h 45" in reader.text("presences/")
    assert "17 h 45" in reader.text(f"feuilles/detail/?id={sheet().id}")


def test_queries_do_not_grow_with_the_hours(agent):
    (one, two), _ = a_class()
    path = evening(agent)
    agent.post(path, action="clore", **{f"leaves-{one.id}": "17:45", f"leaves-{two.id}": "17:50"})
    before = len(queries_of(agent.client, f"/admin/{path}"))
    (others, _) = a_class(8, 6)
    agent.post(path, action="clore", **{f"leaves-{child.id}": "17:45" for child in others})
    assert len(queries_of(agent.client, f"/admin/{path}")) == before
