"""Two parents who change the same children at the same instant, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

import models
from extensions import db
from rules.vocabulary import BookingState
from tests import factories
from tests.operations.test_concurrency import TOKEN, at_once, count, sound
from tests.portal.homes import FRI, MON, THU, TUE, Household, martin, second_parent

URL = "/espace/reservations/cantine?semaine=2026-W38"


def household() -> tuple[Household, models.Guardian, models.Child]:
    """Claire and Paul, with Léa and Noé booked on Tuesday."""
    home = martin()
    paul = second_parent(home)
    noe = factories.child(home.family, "Noé")
    for adult in (home.claire, paul):
        factories.guardianship(adult, noe)
    for child in (home.lea, noe):
        factories.booking(child, TUE)
    db.session.commit()
    return home, paul, noe


def sending(
    app: Flask, who: models.Guardian, ticks: dict[int, tuple[list[date], list[date]]]
) -> Callable[[], TestResponse]:
    """Everybody's form is open before anybody sends it."""
    client = factories.sign_in(app.test_client(), who)
    token = TOKEN.search(client.get(URL).text)
    assert token is not None
    data: dict[str, object] = {"csrf_token": token[1], "etape": "enregistrer"}
    for child_id, (jour, vu) in ticks.items():
        data |= {f"jour-{child_id}": [str(d) for d in jour], f"vu-{child_id}": [str(d) for d in vu]}
    return lambda: client.post(URL, data=data)


def booked() -> dict[int, set[date]]:
    found: dict[int, set[date]] = {}
    for row in db.session.scalars(sa.select(models.Booking).filter_by(state=BookingState.BOOKED)):
        found.setdefault(row.child_id, set()).add(row.day)
    db.session.rollback()
    return found


def test_each_parent_gets_what_they_changed_and_nothing_is_lost(app: Flask) -> None:
    home, paul, noe = household()
    lea_id, noe_id = home.lea.id, noe.id
    hers = {lea_id: ([MON, TUE], [TUE]), noe_id: ([TUE, FRI], [TUE])}
    his = {noe_id: ([THU], [TUE]), lea_id: ([TUE, THU], [TUE])}  # the other way round: they must not cross
    answers = at_once(app, sending(app, home.claire, hers), sending(app, paul, his))
    assert [each.status_code for each in answers] == [303, 303]
    assert booked() == {lea_id: {MON, TUE, THU}, noe_id: {THU, FRI}}
    assert count(models.Receipt) == 4
    assert sound()


def test_the_same_form_twice_at_once_is_saved_once(app: Flask) -> None:
    home, _paul, noe = household()
    ticks = {home.lea.id: ([MON, TUE], [TUE]), noe.id: ([], [TUE])}
    lea_id = home.lea.id
    works = [sending(app, home.claire, ticks) for _ in range(2)]
    answers = at_once(app, *works)
    assert [each.status_code for each in answers] == [303, 303]
    assert booked() == {lea_id: {MON, TUE}}
    assert count(models.Receipt) == 2
    assert sound()


def test_two_parents_take_the_same_receipts_back_once(app: Flask) -> None:
    home, paul, noe = household()
    lea_id, noe_id = home.lea.id, noe.id
    sending(app, home.claire, {lea_id: ([MON, TUE], [TUE]), noe_id: ([MON, TUE], [TUE])})()
    ids = sorted(db.session.scalars(sa.select(models.Receipt.id)))

    def taking_back(who: models.Guardian) -> Callable[[], TestResponse]:
        client = factories.sign_in(app.test_client(), who)
        token = TOKEN.search(client.get(URL).text)
        assert token is not None
        data = {"csrf_token": token[1], "avec": str(ids[1])}
        return lambda: client.post(f"/espace/recus/{ids[0]}/annuler", data=data)

    answers = at_once(app, taking_back(home.claire), taking_back(paul))
    assert [each.status_code for each in answers] == [303, 303]
    assert booked() == {lea_id: {TUE}, noe_id: {TUE}}
    assert count(models.Receipt) == 4
    assert sound()
