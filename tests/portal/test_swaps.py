"""« Garde alternée » as a parent reads it: whose week it is, and swaps of days with the other parent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import models
from extensions import db
from rules.custody_vocabulary import SwapState
from rules.vocabulary import BookingState, Relation
from tests import factories
from tests.portal.homes import boxes, calendar_url, martin, other_family, partner, post

HERS, HIS = "2026-09-14/2026-09-20", "2026-09-21/2026-09-27"
TUESDAY = date(2026, 9, 15)


@dataclass
class Two:
    """Claire and Karim, signed in, and Léa between them: even weeks her mother's."""

    lea: models.Child
    claire: FlaskClient
    karim: FlaskClient
    urls: str

    def propose(self, **fields: object) -> int:
        answer = post(self.claire, self.urls, **fields)
        assert answer.status_code == 303, answer.text
        return int(answer.location.rsplit("/", 1)[1])

    def answer(self, who: FlaskClient, swap: int, step: str) -> object:
        return post(who, f"{self.urls}/{swap}", etape=step)


@pytest.fixture
def two(app: Flask) -> Two:
    home = martin()
    his = factories.family("Haddad", qf="1500")
    karim = factories.parent(his, first_name="Karim", email="karim@villars.example", payer=True)
    factories.guardianship(karim, home.lea, relation=Relation.FATHER)
    factories.alternate(home.lea, home.family, his)
    claire = factories.sign_in(app.test_client(), home.claire)
    urls = f"/espace/enfants/{home.lea.id}/echanges"
    return Two(home.lea, claire, factories.sign_in(app.test_client(), karim), urls)


def test_each_reads_whose_week_it_is(two):
    hers, his = two.claire.get(two.urls).text, two.karim.get(two.urls).text
    assert "Léa est chez l’autre parent aujourd’hui" in hers  # 7 September, week 37
    assert "Léa est chez vous aujourd’hui" in his
    for page in (hers, his):
        assert "prochain changement <strong>lundi 14 septembre 2026</strong>" in page
    for who in (two.claire, two.karim):
        assert "Échanger des jours" in who.get(f"/espace/enfants/{two.lea.id}").text


def test_a_swap_from_proposal_to_both_calendars(two):
    post(two.claire, calendar_url(two.lea), jour=[TUESDAY], etape="enregistrer")
    swap = two.propose(laisse=HERS, demande=HIS)
    told = two.karim.get(two.urls).text
    assert "L’autre parent vous propose un échange" in told
    page = two.karim.get(f"{two.urls}/{swap}").text
    assert "Accepter l’échange" in page and "Martin" not in page
    assert "mardi 15 septembre" not in page  # what the other has booked is not told before it moves
    assert "seront annulées" in two.claire.get(f"{two.urls}/{swap}").text
    assert two.answer(two.karim, swap, "accepter").status_code == 303
    assert boxes(two.karim.get(calendar_url(two.lea)).text)[str(TUESDAY)] is False
    assert boxes(two.claire.get(calendar_url(two.lea)).text) == {}
    assert db.session.scalars(sa.select(models.Booking.state)).one() is BookingState.CANCELLED
    assert "par les deux parents" in two.claire.get("/espace/tableau-de-bord").text


def test_both_answer_at_once_and_one_is_told_why(two):
    swap = two.propose(laisse=HERS)
    assert two.answer(two.claire, swap, "retirer").status_code == 303
    late = two.answer(two.karim, swap, "accepter")
    assert late.status_code == 422
    assert "Cette proposition a été retirée" in late.text


def test_the_same_proposal_sent_twice_is_one(two):
    assert two.propose(laisse=HERS) == two.propose(laisse=HERS)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(models.CustodySwap)) == 1


def test_a_few_days_rather_than_a_week(two):
    two.propose(laisse_du="2026-09-15", laisse_au="16/09/2026")
    row = db.session.scalars(sa.select(models.CustodySwap)).one()
    assert (row.first_day, row.last_day) == (date(2026, 9, 15), date(2026, 9, 16))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Choisissez les jours que vous laissez"),
        ({"laisse": HERS, "laisse_du": "2026-09-15", "laisse_au": "2026-09-16"}, "pas les deux"),
        ({"demande_du": "2026-09-22"}, "le premier et le dernier jour"),
        ({"laisse_du": "2026-09-22", "laisse_au": "2026-09-22"}, "n’est pas un de vos jours"),
        ({"laisse_du": "31/02/2026", "laisse_au": "2026-09-22"}, "n’existe pas"),
    ],
)
def test_what_cannot_be_proposed_comes_back_as_typed(two, fields, sentence):
    answer = post(two.claire, two.urls, **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    for typed in fields.values():
        assert str(typed) in answer.text


def test_the_page_says_which_days_are_past_their_cut_off(app, two):
    swap = two.propose(laisse=HERS)
    app.extensions["clock"].advance(timedelta(days=3))
    page = two.karim.get(f"{two.urls}/{swap}").text
    assert "Le délai est dépassé pour" in page
    assert "14, 15, 17 et 18 septembre" in page


def test_who_has_no_shared_days_has_no_such_page(app, two):
    stranger = factories.sign_in(app.test_client(), other_family())
    assert stranger.get(two.urls).status_code == 404
    swap = two.propose(laisse=HERS)
    assert stranger.get(f"{two.urls}/{swap}").status_code == 404
    assert post(stranger, f"{two.urls}/{swap}", etape="accepter").status_code == 404
    assert two.karim.get(f"{two.urls}/{swap + 1}").status_code == 404
    assert two.karim.get(f"{two.urls}/{2**40}").status_code == 404
    assert db.session.scalars(sa.select(models.CustodySwap.state)).one() is SwapState.PROPOSED


def test_parents_of_one_family_have_no_such_page(app):
    home = martin()
    marc = factories.sign_in(app.test_client(), partner(home))
    claire = factories.sign_in(app.test_client(), home.claire)
    for who in (claire, marc):
        assert who.get(f"/espace/enfants/{home.lea.id}/echanges").status_code == 404


def test_the_home_page_and_the_history_lead_to_the_proposal(app, two):
    app.extensions["clock"].advance(timedelta(days=7))  # 14 September: the alternation is there
    swap = two.propose(demande="2026-09-21/2026-09-27")
    url = f"{two.urls}/{swap}"
    assert url in two.karim.get("/espace/").text
    assert url not in two.claire.get("/espace/").text
    history = two.karim.get("/espace/tableau-de-bord").text
    assert url in history and "proposé par l’autre parent" in history
    assert "proposé par votre foyer" in two.claire.get("/espace/tableau-de-bord").text


def test_the_calendar_says_whose_week_it_is(two):
    week = calendar_url(two.lea)
    assert "Votre semaine" in two.claire.get(week).text
    page = two.karim.get(week).text
    assert "Semaine de l’autre parent" in page and "Votre semaine" not in page


def test_a_calendar_in_common_says_nothing_of_weeks(app):
    home = martin()
    claire = factories.sign_in(app.test_client(), home.claire)
    assert "Votre semaine" not in claire.get(calendar_url(home.lea)).text
