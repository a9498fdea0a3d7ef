"""« Justifier une absence »: what is offered, the two steps, the proof that may come later, absent today."""

from __future__ import annotations

import io
import re
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import models
from extensions import db
from operations import actors
from operations.claim_decisions import accept
from rules.instants import PARIS
from rules.vocabulary import ClaimState, EventEffect, Presence, ProofKind
from tests import factories
from tests.gateways import files
from tests.operations.sickness import event, policy
from tests.portal.homes import Household, martin, other_family, partner, post, second_parent
from tests.queries import count_queries

NEW = "/espace/absences/justifier"
TODAY = "/espace/absences/aujourdhui"
TUESDAY, FRIDAY, NEXT_MONDAY = date(2026, 9, 15), date(2026, 9, 18), date(2026, 9, 28)
NOW = datetime(2026, 9, 22, 9, 0, tzinfo=PARIS)  # a Tuesday


@pytest.fixture
def home(app: Flask) -> Household:
    app.extensions["clock"].set(NOW)
    policy()
    home = martin()
    for day in (TUESDAY, FRIDAY, NOW.date(), date(2026, 9, 24), NEXT_MONDAY, date(2026, 10, 5)):
        factories.booking(home.lea, day)
    return home


@pytest.fixture
def claire(app: Flask, home: Household) -> FlaskClient:
    return factories.sign_in(app.test_client(), home.claire)


def keys(*days: date) -> list[str]:
    return [f"{factories.activity().id}-{day.isoformat()}" for day in days]


def send(client: FlaskClient, home: Household, *days: date, step: str = "envoyer", **values: object):
    said = {
        "enfant": str(home.lea.id),
        "jour": keys(*days),
        "motif": "sickness",
        "nature": "certificate",
        "etape": step,
    }
    return post(client, NEW, **{**said, **values})


def certificate(name: str = "certificat.pdf") -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(files.pdf(name)), name)]


def claims() -> list[models.AbsenceClaim]:
    return list(db.session.scalars(sa.select(models.AbsenceClaim).order_by(models.AbsenceClaim.id)))


def offered(page: str) -> list[str]:
    return [value.split("-", 1)[1] for value in re.findall(r'name="jour" value="([^"]+)"', page)]


# -- what is offered ------------------------------------------------------------------------


def test_only_booked_days_that_can_no_longer_be_cancelled_are_offered(claire, home):
    page = claire.get(NEW).text
    assert offered(page) == ["2026-09-15", "2026-09-18", "2026-09-22", "2026-09-24"]
    assert "mercredi 30 septembre 2026" in page, "the fifteenth day after the 15th"


def test_the_fifteenth_day_is_open_to_its_end(app, claire, home):
    app.extensions["clock"].set(datetime(2026, 9, 30, 23, 59, 59, tzinfo=PARIS))
    assert "2026-09-15" in offered(claire.get(NEW).text)
    assert send(claire, home, TUESDAY, pieces=certificate()).status_code == 303


def test_too_late_says_the_date_it_was(app, claire, home):
    _noted_absent(home.lea, TUESDAY)
    app.extensions["clock"].set(datetime(2026, 10, 1, 0, 0, tzinfo=PARIS))
    page = claire.get(NEW).text
    assert "2026-09-15" not in offered(page)
    assert "Trop tard" in page and "était à justifier jusqu’au mercredi 30 septembre 2026" in page
    answer = send(claire, home, TUESDAY, pieces=certificate())
    assert answer.status_code == 422 and not claims()


def test_the_address_ticks_the_day_of_an_invoice_line(claire, home):
    page = claire.get(f"{NEW}?enfant={home.lea.id}&jour={keys(FRIDAY)[0]}&jour=999-2026-09-18").text
    assert re.findall(r'value="([^"]+)" checked', page) == keys(FRIDAY)


# -- the two steps ----------------------------------------------------------------------------


def test_nothing_ticked_is_said_on_the_fields(claire, home):
    answer = send(claire, home, motif="", step="justificatif")
    assert answer.status_code == 422
    assert "Cochez au moins un jour." in answer.text and "Dites pourquoi l’enfant est absent." in answer.text


def test_going_back_keeps_everything_the_file_included(claire, home):
    second = send(claire, home, TUESDAY, step="justificatif", precisions="Rendez-vous")
    assert second.status_code == 200 and "étape 2 sur 2" in second.text
    assert "À déduire" in second.text and "mercredi 30 septembre à 23 h 59" in second.text
    back = send(claire, home, TUESDAY, step="jours", precisions="Rendez-vous", pieces=certificate())
    assert re.findall(r'value="([^"]+)" checked', back.text) == [*keys(TUESDAY), "sickness"]
    assert "Rendez-vous</textarea>" in back.text and "certificat.pdf" in back.text
    (piece,) = re.findall(r'name="pieces" value="(\d+)"', back.text)
    again = send(claire, home, TUESDAY, step="justificatif", pieces=piece)
    assert f'name="pieces" value="{piece}" checked' in again.text


def test_sent_with_its_certificate_it_has_a_number_and_waits_for_the_service(claire, home):
    answer = send(claire, home, TUESDAY, FRIDAY, pieces=certificate())
    (claim,) = claims()
    assert (answer.status_code, answer.location) == (303, f"/espace/absences/{claim.id}")
    assert claim.proof is ProofKind.CERTIFICATE and [d.name for d in claim.documents] == ["certificat.pdf"]
    page = claire.get(answer.location).text
    assert claim.number in page and "Votre demande est complète" in page
    assert claim.number in claire.get("/espace/absences").text


def test_the_same_sending_twice_makes_one_claim(claire, home):
    first = send(claire, home, TUESDAY, pieces=certificate())
    second = send(claire, home, TUESDAY, pieces=certificate())
    assert (second.status_code, second.location) == (303, first.location)
    assert len(claims()) == 1
    db.session.expire_all()
    assert len(db.session.scalars(sa.select(models.Document)).all()) == 1


def test_a_reason_that_the_règlement_does_not_take_is_said_and_nothing_is_lost(claire, home):
    db.session.execute(sa.update(models.AbsencePolicy).values(reasons=None))
    row = db.session.scalars(sa.select(models.AbsencePolicy)).one()
    row.reasons = frozenset({"sickness"})
    db.session.commit()
    answer = send(claire, home, TUESDAY, motif="family_event", step="justificatif", precisions="Mariage")
    assert answer.status_code == 422 and "ne déduit pas les absences pour ce motif" in answer.text
    assert "Mariage</textarea>" in answer.text and 'family_event" checked' in answer.text


def test_a_document_of_another_nature_is_refused_where_it_is_said(claire, home):
    answer = send(claire, home, TUESDAY, nature="other", pieces=certificate())
    assert answer.status_code == 422 and "étape 2 sur 2" in answer.text
    assert "Il faut un justificatif" in answer.text and "certificat.pdf" in answer.text


# -- the proof comes later ---------------------------------------------------------------------------


def test_without_its_certificate_it_waits_and_says_until_when(app, claire, home):
    send(claire, home, TUESDAY)
    (claim,) = claims()
    assert claim.state is ClaimState.WAITING and claim.proof is ProofKind.NONE
    url = f"/espace/absences/{claim.id}"
    page = claire.get(url).text
    assert "attend son justificatif (certificat médical)" in page
    assert "jusqu’au <strong>mercredi 30 septembre à 23 h 59</strong>" in page
    app.extensions["clock"].set(datetime(2026, 9, 30, 23, 59, 59, tzinfo=PARIS))
    answer = post(claire, f"{url}/justificatif", nature="certificate", pieces=certificate())
    assert answer.status_code == 303
    accept(claim, by=actors.SYSTEM, now=datetime(2026, 10, 2, 9, tzinfo=PARIS))
    assert claim.state is ClaimState.ACCEPTED


def test_a_certificate_one_second_late_is_refused_and_kept_in_the_vault(app, claire, home):
    send(claire, home, TUESDAY)
    (claim,) = claims()
    app.extensions["clock"].set(datetime(2026, 10, 1, 0, 0, tzinfo=PARIS))
    answer = post(
        claire, f"/espace/absences/{claim.id}/justificatif", nature="certificate", pieces=certificate()
    )
    assert answer.status_code == 422
    assert "pouvait être justifiée jusqu’au mercredi 30 septembre à 23 h 59" in answer.text
    db.session.expire_all()
    assert claim.proof is ProofKind.NONE and not claim.documents
    assert db.session.scalars(sa.select(models.Document.name)).one() == "certificat.pdf"


def test_joining_nothing_is_refused(claire, home):
    send(claire, home, TUESDAY)
    answer = post(claire, f"/espace/absences/{claims()[0].id}/justificatif", nature="certificate")
    assert answer.status_code == 422 and "au moins un document" in answer.text


def test_a_claim_is_withdrawn_while_it_waits_then_no_more(claire, home):
    send(claire, home, TUESDAY, pieces=certificate())
    (claim,) = claims()
    url = f"/espace/absences/{claim.id}/retirer"
    for said in ("est retirée", "déjà tranchée"):
        assert post(claire, url).status_code == 303
        assert said in claire.get("/espace/absences").text
    assert "2026-09-15" in offered(claire.get(NEW).text)


# -- whose they are -----------------------------------------------------------------------------------


def test_the_household_follows_it_and_nobody_else(app, claire, home):
    send(claire, home, TUESDAY, pieces=certificate(), precisions="Otite")
    (claim,) = claims()
    url = f"/espace/absences/{claim.id}"
    paul = factories.sign_in(app.test_client(), second_parent(home))
    page = paul.get(url)
    assert page.status_code == 200 and "Claire Martin" in page.text and "certificat.pdf" in page.text
    for stranger in (other_family(), partner(home)):
        client = factories.sign_in(app.test_client(), stranger)
        assert client.get(url).status_code == 404
        assert post(client, f"{url}/retirer").status_code == 404
        assert claim.number not in client.get("/espace/absences").text
        assert client.get(f"{NEW}?enfant={home.lea.id}").status_code == 404


def test_under_alternation_each_parent_justifies_its_own_days(app, claire, home):
    other = factories.family("Haddad")
    factories.alternate(home.lea, home.claire.family, other, since=date(2026, 9, 1))
    for row in db.session.scalars(sa.select(models.Booking).filter_by(day=FRIDAY)):
        row.family_id = other.id
    karim = factories.parent(other, home.lea, first_name="Karim", email="karim@villars.example")
    db.session.commit()
    assert "2026-09-18" not in offered(claire.get(NEW).text)
    client = factories.sign_in(app.test_client(), karim)
    assert offered(client.get(NEW).text) == ["2026-09-18"]
    assert send(client, home, TUESDAY).status_code == 422


def test_separated_parents_without_alternation_share_the_calendar_and_not_their_claims(app, claire, home):
    other = factories.family("Haddad")
    karim = factories.parent(other, home.lea, first_name="Karim", email="karim@villars.example")
    client = factories.sign_in(app.test_client(), karim)
    assert "2026-09-15" in offered(client.get(NEW).text)
    send(client, home, TUESDAY, pieces=certificate(), precisions="Chez moi")
    send(claire, home, FRIDAY, pieces=certificate("claire.pdf"))
    his, hers = claims()
    assert client.get(f"/espace/absences/{hers.id}").status_code == 404
    for page in (f"/espace/absences/{his.id}", "/espace/absences", "/espace/tableau-de-bord"):
        text = claire.get(page).text
        assert his.number in text
        assert not any(word in text for word in ("Karim", "Haddad", "Chez moi", "certificat.pdf", "Maladie"))
    accept(his, by=actors.SYSTEM, now=NOW)
    mails = db.session.scalars(sa.select(models.Outbox.recipient).filter_by(kind="absence")).all()
    assert mails.count("karim@villars.example") == 2, "received, then decided"


def test_nothing_of_health_leaves_the_portal(claire, home):
    send(claire, home, TUESDAY, pieces=certificate(), precisions="Otite")
    said = [f"{m.subject} {m.body}" for m in db.session.scalars(sa.select(models.Outbox))]
    rows = db.session.scalars(sa.select(models.History))
    said += [f"{h.verb} {h.subject_name} {h.before} {h.after} {h.reason}" for h in rows]
    assert said and not any(
        word in text for text in said for word in ("Otite", "Maladie", "maladie", "sickness")
    )


# -- absent today ---------------------------------------------------------------------------------------


def test_absent_today_is_told_at_once_and_says_what_stays_due(claire, home):
    page = claire.get(TODAY).text
    assert "<strong>reste dû</strong>" in page and "mercredi 7 octobre 2026" in page
    answer = post(claire, TODAY, enfant=str(home.lea.id), etape="signaler")
    assert answer.status_code == 303
    told = db.session.scalars(sa.select(models.ToldAbsence)).all()
    assert {row.activity.slug for row in told} == {"cantine", "garderie-du-matin", "garderie-du-soir"}
    assert "Absence signalée mardi 22 septembre 2026 à 9 h" in claire.get(TODAY).text
    post(claire, TODAY, enfant=str(home.lea.id), etape="signaler")
    assert len(db.session.scalars(sa.select(models.ToldAbsence)).all()) == len(told)
    post(claire, TODAY, enfant=str(home.lea.id), etape="annuler")
    assert not db.session.scalars(sa.select(models.ToldAbsence)).all()


def test_a_parent_of_another_household_who_shares_the_calendar_takes_it_back(app, claire, home):
    karim = factories.parent(factories.family("Haddad"), home.lea, email="karim@villars.example")
    db.session.commit()
    post(claire, TODAY, enfant=str(home.lea.id), etape="signaler")
    other = factories.sign_in(app.test_client(), karim)
    post(other, TODAY, enfant=str(home.lea.id), etape="annuler")
    assert not db.session.scalars(sa.select(models.ToldAbsence)).all()
    post(other, TODAY, enfant=str(home.lea.id), etape="signaler")
    told = db.session.scalars(sa.select(models.ToldAbsence)).all()
    assert told and {row.family_id for row in told} == {home.family.id}  # whose day it is


def test_who_told_it_first_is_remembered_by_the_claim(claire, home, app):
    post(claire, TODAY, enfant=str(home.lea.id), etape="signaler")
    app.extensions["clock"].set(datetime(2026, 9, 25, 20, 0, tzinfo=PARIS))
    send(claire, home, NOW.date(), pieces=certificate())
    assert claims()[0].told_at == NOW


def test_another_parent_s_day_or_child_is_not_told(app, claire, home):
    other = factories.family("Haddad")
    factories.alternate(
        home.lea, other, home.claire.family, since=date(2026, 9, 1)
    )  # week 39 is odd: Claire's
    karim = factories.parent(other, home.lea, first_name="Karim", email="karim@villars.example")
    client = factories.sign_in(app.test_client(), karim)
    assert "Aucun de vos enfants" in client.get(TODAY).text
    post(client, TODAY, enfant=str(home.lea.id), etape="signaler")
    assert "chez l’autre parent" in client.get(TODAY).text
    stranger = factories.sign_in(app.test_client(), other_family())
    assert post(stranger, TODAY, enfant=str(home.lea.id), etape="signaler").status_code == 404
    assert not db.session.scalars(sa.select(models.ToldAbsence)).all()


def test_a_day_without_service_expects_nobody(claire, home):
    event(EventEffect.CLOSED, NOW.date())
    db.session.commit()
    answer = post(claire, TODAY, enfant=str(home.lea.id), etape="signaler")
    assert answer.status_code == 303
    assert "n’est attendu nulle part aujourd’hui" in claire.get(TODAY).text


def test_the_pages_ask_as_much_whatever_the_children(app, claire, home):
    def asked() -> int:
        with count_queries() as counted:
            assert claire.get("/espace/absences").status_code == 200
        return len(counted)

    asked()  # the règlement is read once
    one = asked()
    for name in ("Tom", "Nina"):
        child = factories.child(home.claire.family, name)
        factories.guardianship(home.claire, child)
        factories.booking(child, TUESDAY)
    db.session.commit()
    assert asked() == one


def _noted_absent(child: models.Child, day: date) -> None:
    place = child.schoolings[0].school_class
    sheet = models.AttendanceSheet(
        activity=factories.activity(),
        school_id=place.school_id,
        class_id=place.id,
        day=day,
        state="closed",
        no_child=False,
        opened_at=NOW,
        closed_at=NOW,
    )
    db.session.add(sheet)
    db.session.flush()
    row = models.Attendance(
        child_id=child.id,
        activity_id=sheet.activity_id,
        day=day,
        family_id=child.custodies[0].family_id,
        sheet_id=sheet.id,
        presence=Presence.ABSENT,
        recorded_at=NOW,
    )
    db.session.add(row)
    db.session.commit()
