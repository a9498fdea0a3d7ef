"""Several children on one page: one save for all or nothing, copies, periods."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import jobs
import models
from extensions import db
from rules.vocabulary import BookingState
from tests import factories
from tests.portal.homes import (
    FIRST_REFUSED,
    FRI,
    LAST_SECOND,
    MON,
    THU,
    TUE,
    WEDNESDAY,
    Household,
    martin,
    other_family,
    post,
    second_parent,
)
from tests.queries import count_queries

URL = "/espace/reservations/cantine"
WEEK = f"{URL}?semaine=2026-W38"


@pytest.fixture
def home(client: FlaskClient) -> Household:
    household = martin()
    factories.sign_in(client, household.claire)
    return household


@pytest.fixture
def noe(home: Household) -> models.Child:
    child = factories.child(home.family, "Noé", in_class="CE2", born=date(2020, 3, 1))
    factories.guardianship(home.claire, child)
    db.session.commit()
    return child


def booked(of: models.Child) -> set[date]:
    db.session.expire_all()
    row = models.Booking
    query = sa.select(row.day).where(row.child_id == of.id, row.state == BookingState.BOOKED)
    return set(db.session.scalars(query))


def receipts() -> int:
    return db.session.scalar(sa.select(sa.func.count(models.Receipt.id))) or 0


def ticked(page: str, of: models.Child) -> dict[str, bool]:
    found = re.findall(rf'<input type="checkbox" name="jour-{of.id}" value="([\d-]+)"([^>]*)>', page)
    return {day: " checked" in rest for day, rest in found}


def send(client: FlaskClient, url: str = WEEK, *, etape: str = "enregistrer", **days: object):
    return post(client, url, etape=etape, **{name.replace("_", "-"): value for name, value in days.items()})


def fields(of: models.Child, jour: list[date], vu: list[date] | None = None) -> dict[str, object]:
    return {f"jour_{of.id}": jour, f"vu_{of.id}": vu or []}


# -- one page, one save -------------------------------------------------------------------


def test_each_child_has_its_boxes_named_for_a_screen_reader(client, home, noe):
    factories.booking(home.lea, TUE)
    page = client.get(WEEK).text
    assert ticked(page, home.lea) == {str(MON): False, str(TUE): True, str(THU): False, str(FRI): False}
    assert ticked(page, noe) == {str(MON): False, str(TUE): False, str(THU): False, str(FRI): False}
    assert re.findall(r'name="vu-(\d+)" value="([\d-]+)"', page) == [(str(home.lea.id), str(TUE))]
    said = re.sub(r"<[^>]+>", "", page)
    assert "Réserver la cantine de Léa, mardi 15 septembre" in said
    assert "Réserver la cantine de Noé, mardi 15 septembre" in said


def test_one_save_changes_all_the_children_and_one_mail_says_it(app, client, home, noe):
    factories.booking(noe, TUE)
    answer = send(client, **fields(home.lea, [MON, TUE]), **fields(noe, [THU], [TUE]))
    assert answer.status_code == 303
    assert (booked(home.lea), booked(noe)) == ({MON, TUE}, {THU})
    page = client.get(answer.location).text
    assert "Voici vos 2 reçus" in page
    assert "Cantine de Léa" in page and "Cantine de Noé" in page
    jobs.drain_outbox(app.extensions["clock"].now())
    [mail] = app.extensions["mail"].sent
    assert mail.subject == "Vos 2 reçus : Cantine de Léa et de Noé"
    assert "mardi 15 septembre 2026 : annulé" in mail.body


@pytest.mark.parametrize(("late", "status"), [(-1, 303), (0, 422), (1, 422)])
def test_the_cutoff_is_the_same_second_for_all(app, client, home, noe, late, status):
    app.extensions["clock"].set(FIRST_REFUSED + timedelta(seconds=late))
    answer = send(client, **fields(home.lea, [MON]), **fields(noe, [TUE]))
    assert answer.status_code == status
    assert (booked(home.lea), booked(noe)) == (({MON}, {TUE}) if status == 303 else (set(), set()))
    assert receipts() == (2 if status == 303 else 0)


def test_one_day_refused_saves_nothing_and_keeps_what_was_ticked(client, home, noe):
    answer = send(client, **fields(home.lea, [MON]), **fields(noe, [TUE, WEDNESDAY]))
    assert answer.status_code == 422
    assert "Noé : " in answer.text and "Pas d’école le mercredi" in answer.text
    assert "Rien n’a été enregistré" in answer.text
    assert ticked(answer.text, home.lea)[str(MON)] and ticked(answer.text, noe)[str(TUE)]
    assert (booked(home.lea), booked(noe), receipts()) == (set(), set(), 0)


def test_a_child_of_another_family_is_not_found_and_nothing_is_saved(client, home, noe):
    stranger = other_family().guardianships[0].child_id
    for name in (f"jour-{stranger}", f"vu-{stranger}", "jour", "jour-987654"):
        answer = send(client, **fields(home.lea, [MON]), **{name.replace("-", "_"): [TUE]})
        assert answer.status_code == 404, name
    assert (booked(home.lea), receipts()) == (set(), 0)
    alone = f"/espace/enfants/{home.lea.id}/reservations/cantine?semaine=2026-W38"
    assert send(client, alone, jour=[MON], **fields(noe, [MON])).status_code == 404
    assert receipts() == 0


def test_sending_twice_gives_one_receipt_each(client, home, noe):
    for _ in range(2):
        answer = send(client, **fields(home.lea, [MON]), **fields(noe, [MON]))
        assert answer.status_code == 303
    assert receipts() == 2
    assert "tout est déjà comme vous le demandez" in client.get(answer.location).text


def test_a_stale_page_overwrites_no_other_parent(app, client, home, noe):
    paul = second_parent(home)
    factories.guardianship(paul, noe)
    for child in (home.lea, noe):
        factories.booking(child, TUE)
    db.session.commit()
    his = factories.sign_in(app.test_client(), paul)
    assert send(his, **fields(home.lea, [], [TUE]), **fields(noe, [TUE, FRI], [TUE])).status_code == 303
    answer = send(client, **fields(home.lea, [MON, TUE], [TUE]), **fields(noe, [TUE], [TUE]))
    assert (booked(home.lea), booked(noe)) == ({MON}, {TUE, FRI})
    page = client.get(answer.location).text
    assert "pour Léa, le 15 septembre ; pour Noé, le 18 septembre : changé par l’autre parent" in page


def test_the_last_place_goes_to_one_and_the_other_waits(client, home, noe):
    from tests.operations.lines import places

    places(1, weekdays={1})
    answer = send(client, **fields(home.lea, [MON]), **fields(noe, [MON]))
    assert booked(home.lea) | booked(noe) == {MON}
    assert "En liste d’attente, 1re" in client.get(answer.location).text


def test_seeing_the_change_prices_all_the_children(client, home, noe):
    page = send(client, etape="voir", **fields(home.lea, [MON, TUE]), **fields(noe, [THU]))
    assert page.status_code == 200
    assert "Cantine de Léa Martin" in page.text and "Cantine de Noé Martin" in page.text
    assert "+ 11,40\u00a0€" in page.text
    assert receipts() == 0
    assert re.findall(r'name="jour-(\d+)" value', page.text) == [str(home.lea.id)] * 2 + [str(noe.id)]


def test_questions_to_the_database_do_not_grow_with_the_children(client, home, noe):
    client.get(WEEK)
    with count_queries() as two:
        client.get(WEEK)
    for name in ("Zoé", "Ali", "Eva"):
        factories.guardianship(home.claire, factories.child(home.family, name))
    db.session.commit()
    with count_queries() as five:
        client.get(f"{URL}?mois=2026-10")
    assert len(five) == len(two)


# -- choosing -----------------------------------------------------------------------------


def test_all_my_children_are_chosen_at_once(client, home, noe):
    page = client.get("/espace/reservations").text
    assert "Tous mes enfants" in page
    assert client.get("/espace/reservations?choix=tous/cantine").location == URL
    assert client.get("/espace/reservations?choix=tous/etude").status_code == 200


def test_with_one_child_there_is_nothing_to_choose_together(client, home):
    assert "Tous mes enfants" not in client.get("/espace/reservations").text
    page = client.get(f"/espace/enfants/{home.lea.id}/reservations/cantine").text
    assert "Mêmes jours" not in page and "Ensemble" not in page


# -- copies: ticked, not saved ---------------------------------------------------------------


def test_last_week_is_ticked_for_each_child_and_not_saved(client, home, noe):
    for day in (date(2026, 9, 7), date(2026, 9, 10)):
        factories.booking(home.lea, day)
    factories.booking(noe, date(2026, 9, 4))
    page = send(client, etape="semaine").text
    assert ticked(page, home.lea) == {str(MON): True, str(TUE): False, str(THU): True, str(FRI): False}
    assert ticked(page, noe)[str(FRI)] is True
    assert "Léa : comme la semaine du 7 septembre (lundi et jeudi)." in page
    assert "Noé : comme la semaine du 31 août (vendredi)." in page
    assert receipts() == 0


def test_last_week_says_what_it_could_not_tick(client, home, noe):
    factories.booking(home.lea, date(2026, 9, 8))
    db.session.add(models.Closure(name="Grève", first_day=TUE, last_day=TUE, effect="closed"))
    db.session.commit()
    page = send(client, etape="semaine").text
    assert "Léa, impossible le 15 septembre : Grève." in page
    assert "Noé : rien de réservé dans les mois d’avant" in page


def test_a_week_all_closed_says_so(client, home, noe):
    page = send(client, f"{URL}?semaine=2026-W37", etape="semaine").text
    assert "Aucun jour ne se modifie à l’écran" in page


def test_the_days_of_one_are_copied_to_the_others(client, home, noe):
    page = send(client, etape=f"copier-{home.lea.id}", **fields(home.lea, [MON, THU])).text
    assert ticked(page, noe) == {str(MON): True, str(TUE): False, str(THU): True, str(FRI): False}
    assert "Noé : coché les 14 et 17 septembre, comme Léa." in page
    assert send(client, etape="copier-987654").status_code == 404
    assert receipts() == 0


def test_from_its_own_page_a_child_is_copied_onto_the_common_one(client, home, noe):
    alone = f"/espace/enfants/{home.lea.id}/reservations/cantine?semaine=2026-W38"
    factories.booking(noe, FRI)
    page = send(client, alone, etape="copier", jour=[MON]).text
    assert ticked(page, home.lea)[str(MON)] and ticked(page, noe)[str(MON)]
    assert ticked(page, noe)[str(FRI)], "a copy cancels nothing"
    assert f'action="{WEEK}"' in page


# -- periods ------------------------------------------------------------------------------


def test_a_period_for_several_says_for_each_what_is_impossible(client, home, noe):
    factories.booking(home.lea, MON)
    school = models.Closure(
        name="Sortie", first_day=THU, last_day=THU, effect="closed", class_id=noe.schoolings[0].class_id
    )
    db.session.add(school)
    db.session.commit()
    ids = f"enfants={home.lea.id}&enfants={noe.id}"
    query = f"{ids}&jours=1&jours=4&semaines=1&du=2026-09-14&jusquau=2026-09-18"
    page = client.get(f"{URL}/periode?{query}").text
    assert "1 jour à réserver pour Léa" in page and "1 jour à réserver pour Noé" in page
    assert "Sortie</strong> : le 17 septembre." in page
    days = re.findall(r'name="(jour-\d+)" value="([\d-]+)"', page)
    assert days == [(f"jour-{home.lea.id}", str(THU)), (f"jour-{noe.id}", str(MON))]
    answer = send(client, f"{URL}/periode", **{name.replace("-", "_"): [day] for name, day in days})
    assert answer.status_code == 303
    assert (booked(home.lea), booked(noe)) == ({MON, THU}, {MON})


def test_a_period_for_nobody_or_for_a_stranger_is_refused(client, home, noe):
    stranger = other_family().guardianships[0].child_id
    db.session.commit()
    base = f"{URL}/periode?jours=1&semaines=1&du=2026-09-14"
    assert "Choisissez au moins un enfant" in client.get(base).text
    assert client.get(f"{base}&enfants={stranger}").status_code == 422
    assert (
        send(client, f"{URL}/periode", **fields(home.lea, [MON]), **{f"jour_{stranger}": [MON]}).status_code
        == 404
    )
    assert receipts() == 0


def test_the_last_second_books_a_period_for_all(app: Flask, client, home, noe):
    app.extensions["clock"].set(LAST_SECOND)
    answer = send(client, f"{URL}/periode", **fields(home.lea, [MON]), **fields(noe, [MON]))
    assert answer.status_code == 303
    app.extensions["clock"].set(FIRST_REFUSED)
    answer = send(client, f"{URL}/periode", **fields(home.lea, [TUE]), **fields(noe, [TUE]))
    assert answer.status_code == 422
    assert (booked(home.lea), booked(noe)) == ({MON}, {MON})
