"""The yearly enrolment, from the parent's form to the final enrolment."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import models
from extensions import db
from operations import documents, requests
from operations.actors import agent, parent
from rules.request_vocabulary import RequestState
from tests import enrolling, factories, vault
from tests.conftest import PARIS
from tests.gateways import files
from tests.portal.homes import Household, martin, other_family, post, second_parent

IN_MAY = datetime(2027, 5, 10, 10, 0, tzinfo=PARIS)
IN_JUNE = datetime(2027, 6, 15, 9, 0, tzinfo=PARIS)
EVE, RENTREE = date(2027, 8, 31), date(2027, 9, 1)


@pytest.fixture
def home(app: Flask) -> Household:
    app.extensions["clock"].set(IN_MAY)
    home = martin()
    enrolling.campaign()
    return home


@pytest.fixture
def claire(app: Flask, home: Household) -> FlaskClient:
    return factories.sign_in(app.test_client(), home.claire)


def url(home: Household) -> str:
    return f"/espace/enfants/{home.lea.id}/inscriptions"


def ids(*slugs: str) -> list[str]:
    return [str(factories.activity(slug).id) for slug in slugs]


def ask(client: FlaskClient, home: Household, *slugs: str, **values: object):
    return post(client, url(home), activites=ids(*slugs), **values)


def asked() -> models.Request:
    return db.session.scalars(sa.select(models.Request).order_by(models.Request.id.desc())).first()


def accept(now: datetime = IN_JUNE) -> None:
    requests.accept(asked(), by=agent(factories.staff()), now=now)
    db.session.commit()


def enrolments_of(home: Household) -> dict[str, list[tuple[date, date | None]]]:
    query = sa.select(models.Enrolment).filter_by(child_id=home.lea.id).order_by(models.Enrolment.first_day)
    found: dict[str, list[tuple[date, date | None]]] = {}
    for row in db.session.scalars(query):
        found.setdefault(row.activity.slug, []).append((row.first_day, row.last_day))
    return found


def provisional() -> list[models.Enrolment]:
    waiting = models.Enrolment.provisional_until.is_not(None)
    return list(db.session.scalars(sa.select(models.Enrolment).where(waiting).order_by(models.Enrolment.id)))


# -- when -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2027, 5, 2, 23, 59, 59, tzinfo=PARIS), "ouvrent le lundi 3 mai 2027"),
        (datetime(2027, 5, 3, 0, 0, 0, tzinfo=PARIS), "Envoyer la demande"),
        (datetime(2027, 7, 2, 23, 59, 59, tzinfo=PARIS), "Envoyer la demande"),
        (datetime(2027, 7, 3, 0, 0, 0, tzinfo=PARIS), "closes depuis le vendredi 2 juillet 2027"),
    ],
)
def test_open_from_the_first_day_to_the_end_of_the_last(app, claire, home, now, said):
    app.extensions["clock"].set(now)
    assert said in claire.get(url(home)).text


def test_a_second_too_late_nothing_is_asked(app, claire, home):
    app.extensions["clock"].set(datetime(2027, 7, 3, 0, 0, 0, tzinfo=PARIS))
    answer = ask(claire, home, "cantine")
    assert answer.status_code == 422 and "closes depuis" in answer.text and asked() is None


# -- asking ---------------------------------------------------------------------------


def test_the_form_starts_from_the_present_year(claire, home):
    page = claire.get(url(home)).text
    for each in ids("cantine", "garderie-du-matin", "garderie-du-soir"):
        assert f'name="activites" value="{each}" checked' in page


def test_what_is_asked_becomes_a_demarche_and_changes_nothing_yet(claire, home):
    before = enrolments_of(home)
    answer = ask(claire, home, "cantine", **{f"jours-{ids('cantine')[0]}": ["1", "2"]})
    assert answer.status_code == 303 and "/espace/demarches/" in answer.location
    page = claire.get(answer.location).text
    assert "2027-2028" in page and "lundi, mardi" in page and "Non inscrit" in page
    assert enrolments_of(home) == before
    assert "Votre demande est envoyée" in claire.get(url(home)).text


def test_the_same_page_sent_twice_is_one_demarche(claire, home):
    first, second = (ask(claire, home, "cantine") for _ in range(2))
    assert first.location == second.location
    assert db.session.scalar(sa.select(sa.func.count()).select_from(models.Request)) == 1


def test_the_règlement_of_what_is_chosen_is_accepted_and_kept(claire, home):
    version = enrolling.rules()
    answer = ask(claire, home, "cantine")
    assert answer.status_code == 422 and "Cochez pour accepter ce règlement" in answer.text
    assert db.session.scalars(sa.select(models.RulesAcceptance)).first() is None
    assert ask(claire, home, "garderie-du-matin").status_code == 303
    requests.withdraw(asked(), by=agent(factories.staff()), now=IN_MAY)
    db.session.commit()
    assert ask(claire, home, "cantine", **{f"reglement-{version.id}": "oui"}).status_code == 303
    row = db.session.scalars(sa.select(models.RulesAcceptance)).one()
    assert (row.rules_id, row.guardian_id, row.child_id) == (version.id, home.claire.id, home.lea.id)
    assert row.accepted_at == IN_MAY


def test_a_form_that_comes_back_has_lost_nothing(claire, home):
    version, need = enrolling.rules(), enrolling.insurance()
    canteen = ids("cantine")[0]
    sent = [(io.BytesIO(files.pdf()), "assurance.pdf")]
    answer = ask(
        claire, home, "cantine", **{f"jours-{canteen}": ["4"], f"piece-{need.id}": sent, "message": "Allo"}
    )
    assert answer.status_code == 422
    (row,) = db.session.scalars(sa.select(models.Document))
    page = answer.text
    assert f'name="piece-{need.id}" value="{row.id}" checked' in page
    assert f'name="jours-{canteen}" value="4" checked' in page and "Allo</textarea>" in page
    again = {f"reglement-{version.id}": "oui", f"piece-{need.id}": [str(row.id)]}
    assert ask(claire, home, "cantine", **again).status_code == 303
    assert asked().documents == [row] and row.expires_on == date(2028, 8, 31)


def test_nothing_chosen_and_what_does_not_exist_are_refused(claire, home):
    for row in home.lea.enrolments:
        row.last_day = date(2027, 5, 9)
    db.session.commit()
    assert "Choisissez au moins un service" in ask(claire, home).text
    assert post(claire, url(home), activites=["999"]).status_code == 422
    wrong = {f"jours-{ids('cantine')[0]}": ["7"]}
    assert ask(claire, home, "cantine", **wrong).status_code == 422
    assert asked() is None


# -- accepted ---------------------------------------------------------------------------


def test_accepted_what_goes_on_is_renewed_and_what_is_given_up_ends(claire, home):
    ask(claire, home, "cantine", "garderie-du-soir")
    accept()
    found = enrolments_of(home)
    began = found["garderie-du-matin"][0][0]
    assert found["garderie-du-matin"] == [(began, EVE)]
    assert found["cantine"] == [(began, EVE), (RENTREE, date(2028, 8, 31))]
    assert found["garderie-du-soir"] == [(began, EVE), (RENTREE, date(2028, 8, 31))]
    assert not provisional()


def test_nothing_booked_is_lost_by_a_renewal(claire, home):
    factories.booking(home.lea, date(2027, 6, 29))
    factories.booking(home.lea, date(2027, 9, 7))
    db.session.commit()
    ask(claire, home, "cantine")
    accept()
    states = db.session.scalars(sa.select(models.Booking.state)).all()
    assert [str(state) for state in states] == ["booked", "booked"]


def test_within_the_year_a_new_service_starts_at_once_and_none_ends(app, claire, home):
    year = db.session.scalars(sa.select(models.SchoolYear).order_by(models.SchoolYear.first_day)).first()
    enrolling.campaign(
        year, opens_on=date(2026, 6, 1), closes_on=year.last_day, documents_by=date(2026, 9, 30)
    )
    last = date(2027, 5, 9)
    next(e for e in home.lea.enrolments if e.activity.slug == "garderie-du-soir").last_day = last
    db.session.commit()
    answer = ask(claire, home, "garderie-du-soir", annee=year.name)
    assert answer.status_code == 303
    accept(IN_MAY)
    found = enrolments_of(home)
    assert found["garderie-du-soir"][-1] == (IN_MAY.date(), date(2027, 8, 31))
    assert found["cantine"][0][1] is None


def test_a_document_that_is_missing_makes_it_provisional_and_never_refused(app, claire, home):
    need = enrolling.insurance()
    ask(claire, home, "cantine")
    accept()
    (row,) = provisional()
    assert (row.first_day, row.provisional_for) == (RENTREE, "Assurance scolaire")
    assert row.provisional_until == date(2027, 8, 20)
    page = claire.get(f"/espace/enfants/{home.lea.id}").text
    assert "Inscription provisoire" in page and "rien n’est refusé" in page
    app.extensions["clock"].set(datetime(2027, 9, 2, 10, 0, tzinfo=PARIS))
    factories.booking(home.lea, date(2027, 9, 14))  # booking works meanwhile
    given = vault.document(home.claire, home.lea)
    given.expires_on = date(2028, 8, 31)
    documents.seen(given, by=agent(factories.staff()), now=IN_JUNE)
    db.session.commit()
    assert not provisional() and need.is_compulsory
    letter = db.session.scalars(sa.select(models.Outbox).filter_by(kind="enrolment-final")).one()
    assert "définitive" in letter.subject and letter.recipient == "claire@villars.example"


def test_given_but_not_seen_is_still_provisional_and_says_so(claire, home):
    enrolling.insurance()
    ask(claire, home, "cantine")
    accept()
    until = {"nature": "insurance", "enfant": str(home.lea.id), "valable_jusquau": "2028-08-31"}
    post(claire, "/espace/pieces", pieces=[(io.BytesIO(files.pdf()), "assurance.pdf")], **until)
    (row,) = provisional()
    assert row.provisional_for == "Assurance scolaire (à vérifier par le service)"


def test_who_accepts_has_seen_what_was_joined(claire, home):
    need = enrolling.insurance()
    sent = [(io.BytesIO(files.pdf()), "assurance.pdf")]
    ask(claire, home, "cantine", **{f"piece-{need.id}": sent})
    accept()
    assert asked().documents[0].seen_at == IN_JUNE and not provisional()


def test_what_was_seen_before_asks_for_nothing(claire, home):
    enrolling.insurance()
    given = vault.document(home.claire, home.lea)
    given.expires_on, given.seen_at = date(2028, 8, 31), IN_MAY
    db.session.commit()
    assert "Vous n’avez rien à joindre" in claire.get(url(home)).text
    ask(claire, home, "cantine")
    assert asked().documents == [given]
    accept()
    assert not provisional()


def test_a_document_taken_out_before_it_is_seen_is_missing_again(claire, home):
    enrolling.insurance()
    ask(claire, home, "cantine")
    accept()
    given = vault.document(home.claire, home.lea)
    documents.good_until(given, date(2028, 8, 31), by=parent(home.claire.account), now=IN_MAY)
    db.session.commit()
    assert "à vérifier" in provisional()[0].provisional_for
    assert post(claire, f"/espace/pieces/{given.id}/retirer").status_code == 303
    assert provisional()[0].provisional_for == "Assurance scolaire"


# -- two parents ------------------------------------------------------------------------


def test_the_other_parent_of_the_household_sees_it_is_asked(app, claire, home):
    ask(claire, home, "cantine")
    paul = factories.sign_in(app.test_client(), second_parent(home))
    page = paul.get(url(home)).text
    assert "Claire a déjà demandé" in page and "rien à refaire" in page


def test_the_other_household_sees_it_is_asked_and_nothing_more(app, claire, home):
    sonia = other_family()
    factories.guardianship(sonia, home.lea)
    factories.alternate(home.lea, home.family, sonia.family)
    need = enrolling.insurance()
    sent = [(io.BytesIO(files.pdf()), "contrat-martin.pdf")]
    ask(claire, home, "cantine", **{f"piece-{need.id}": sent})
    claires = asked()
    client = factories.sign_in(app.test_client(), sonia)
    page = client.get(url(home)).text
    assert "L’autre parent a déjà demandé" in page and "quelle que soit la semaine" in page
    assert not any(word in page for word in ("Claire", "contrat-martin", claires.number, "acacias"))
    assert "déposée, pas encore vue" in page  # what one has given about the child is not asked of the other
    assert client.get(f"/espace/demarches/{claires.number}").status_code == 404
    assert ask(client, home, "cantine", "garderie-du-soir").status_code == 303
    assert asked().documents == [] and asked().guardian_id == sonia.id


def test_accepting_both_demands_adds_up(app, claire, home):
    for row in home.lea.enrolments:
        row.last_day = date(2027, 7, 3)
    db.session.commit()
    ask(claire, home, "cantine", "garderie-du-matin")
    claires = asked()
    paul = factories.sign_in(app.test_client(), second_parent(home))
    ask(paul, home, "cantine", "garderie-du-soir")
    pauls = asked()
    by = agent(factories.staff())
    for each in (claires, pauls):
        requests.accept(each, by=by, now=IN_JUNE)
    db.session.commit()
    for slug in ("cantine", "garderie-du-matin", "garderie-du-soir"):
        assert enrolments_of(home)[slug][-1] == (RENTREE, date(2028, 8, 31))
    assert pauls.state is RequestState.ACCEPTED
