"""Health on the staff's side: what is needed on the day's list, the whole file recorded at each opening."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import actors, health, told_absences
from operations.children import facts_of
from operations.health import HealthFacts, Insurance
from rules.allergens import Allergen
from rules.health_vocabulary import Diet
from rules.instants import PARIS
from rules.vocabulary import Role
from tests import factories
from tests.portal.homes import Household, martin

NOW = datetime(2026, 9, 8, 8, 12, tzinfo=PARIS)  # a Tuesday
FACTS = HealthFacts(
    allergens=frozenset({Allergen.PEANUTS}),
    diets=frozenset({Diet.NO_PORK}),
    has_pai=True,
    care="Stylo auto-injecteur",
    doctor_name="Dr Roche",
)
EVERYWHERE = ("Arachides", "arachides", "Stylo", "Roche", "Sans porc")


@pytest.fixture
def home(app) -> Household:
    app.extensions["clock"].set(NOW)
    home = martin()
    by, insured = actors.parent(home.claire.account), Insurance(insurer="MAE")
    health.save(home.lea, FACTS, insurance=insured, guardian=home.claire, seen=None, by=by, now=NOW)
    factories.booking(home.lea, NOW.date())
    db.session.commit()
    return home


def agent(app, role: Role):
    return factories.sign_in(app.test_client(), factories.staff(role))


def openings() -> list[str]:
    row = models.History
    return list(db.session.scalars(sa.select(row.by_name).filter_by(verb=health.OPENED).order_by(row.id)))


def test_each_opening_of_a_whole_file_is_written_and_read_by_administrators(app, home):
    url = f"/admin/sante/{home.lea.id}/"
    assert url in agent(app, Role.EDUCATION).get(f"/admin/enfants/detail/?id={home.lea.id}").text
    page = agent(app, Role.EDUCATION).get(url).text
    assert "Arachides" in page and "Dr Roche" in page and "MAE" in page and "Qui l’a ouverte" not in page
    assert openings() == ["Agent Service Éducation"]
    page = agent(app, Role.ADMINISTRATOR).get(url).text
    assert "mardi 8 septembre 2026 à 8 h 12 : Agent Service Éducation" in page
    assert len(openings()) == 2


@pytest.mark.parametrize("role", [Role.CANTEEN, Role.FINANCE, Role.READER])
def test_the_whole_file_is_for_the_education_service(app, home, role):
    client = agent(app, role)
    assert client.get(f"/admin/sante/{home.lea.id}/").status_code == 403
    assert openings() == []
    child = client.get(f"/admin/enfants/detail/?id={home.lea.id}")
    assert child.status_code == 200
    assert not any(word in child.text for word in (*EVERYWHERE, "Ouvrir la fiche santé"))


def test_the_day_s_list_says_what_is_needed_and_who_is_told_absent(app, home):
    client = agent(app, Role.CANTEEN)
    day = client.get("/admin/presences-du-jour/").text
    assert "PAI : 1" in day and "Allergie : 1" in day and "Sans porc : 1" in day
    sheet = _open_sheet(app, home, client)
    page = client.get(sheet).text
    assert "Allergie : arachides" in page and "Sans porc" in page and "Stylo auto-injecteur" in page
    assert "Roche" not in page and "MAE" not in page
    assert re.search(rf'value="{home.lea.id}" checked', page)
    told_absences.tell(
        home.lea,
        facts_of([home.lea.id])[home.lea.id],
        home.family.id,
        by=actors.parent(home.claire.account),
        now=NOW,
    )
    db.session.commit()
    page = client.get(sheet).text
    assert "Absence signalée à 8 h 12" in page
    assert not re.search(rf'value="{home.lea.id}" checked', page)
    day = client.get("/admin/presences-du-jour/").text
    assert "1 absence signalée" in day and "Sans porc" not in day


def test_no_export_and_no_list_says_anything_of_health(app, home):
    client = agent(app, Role.ADMINISTRATOR)
    for url in (
        "/admin/enfants/",
        "/admin/enfants/export/csv/",
        "/admin/historique/",
        "/admin/historique/export/csv/",
    ):
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert not any(word in answer.text for word in EVERYWHERE), url


def _open_sheet(app, home: Household, client) -> str:
    place = home.lea.schoolings[0].school_class
    with app.test_request_context():
        from operations.attendance import open_sheet

        sheet = open_sheet(
            factories.activity().id, place, place.school, NOW.date(), by=actors.SYSTEM, now=NOW
        )
        db.session.commit()
        return f"/admin/presences-du-jour/{sheet.id}/"


def test_the_file_of_nobody_is_empty_and_does_not_exist_for_an_unknown_child(app, home):
    tom = factories.child(home.family, "Tom", born=date(2020, 1, 1))
    db.session.commit()
    client = agent(app, Role.EDUCATION)
    assert "Aucun parent n’a rempli cette fiche" in client.get(f"/admin/sante/{tom.id}/").text
    assert client.get("/admin/sante/999999/").status_code == 404
