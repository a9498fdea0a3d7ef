"""Lists: search without case or accents, filters, order, exports without formulas."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

import models
from admin.families import FamilyView
from extensions import db
from rules.vocabulary import Role
from tests import factories
from tests.admin.agents import Agent


@pytest.fixture
def agent(app):
    return Agent(app)


def family_of_eloise() -> models.Family:
    family = factories.family("N’Guyen-Œuf")
    child = factories.child(family, "Éloïse", last_name="N’Guyen-Œuf")
    adult = factories.parent(family, child, first_name="Zoé", email="zoe@villars.example")
    adult.mobile_phone = "06 12 34 56 78"
    factories.family("Martin")
    db.session.flush()
    return family


@pytest.mark.parametrize(
    "typed",
    ["éloïse", "ELOÏSE", "eloise", "n'guyen", "OEUF eloise", "zoé nguyen"[:3], "0612345678", "06.12.34.56.78",
     "ZOE@villars.example", "guyen zoe"],
)  # fmt: skip
def test_a_family_is_found_by_anything_it_is_known_by(agent, typed):
    family_of_eloise()
    page = agent.text(f"familles/?search={typed}")
    assert "N’Guyen-Œuf" in page
    assert "Famille Martin" not in page


def test_every_word_must_match(agent):
    family_of_eloise()
    assert "Rien ne correspond" in agent.text("familles/?search=eloise martin")


def test_signs_that_mean_something_to_like_are_only_signs(agent):
    family_of_eloise()
    assert "Rien ne correspond" in agent.text("adultes/?search=100%25_")


def test_a_family_is_found_by_its_invoice_number(agent):
    assert agent.get("familles/?search=F2026-000123").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["page=-1", "page=99999999999", "sort=-4", "sort=99", "page_size=3", "flt_archivee=peut-etre",
     "flt_inconnu=1", "desc=x", "search=" + "a" * 500],
)  # fmt: skip
def test_whatever_the_address_says_the_list_answers(agent, query):
    assert agent.get(f"familles/?{query}").status_code == 200


def test_filters_are_kept_from_page_to_page_and_by_the_sort(agent):
    for number in range(30):
        factories.family(f"Famille {number:02d}")
    page = agent.text("familles/?flt_archivee=non&search=famille")
    assert "Page suivante" in page
    assert "search=famille&page_size=25&flt_archivee=non" in page.replace("page=1&", "")


def test_a_list_opens_on_what_matters_and_everything_can_be_asked(agent):
    child = factories.child(factories.family())
    factories.booking(child, date(2026, 9, 3))
    factories.booking(child, date(2026, 9, 14))
    opened, everything = agent.text("reservations/"), agent.text("reservations/?flt_depuis=&flt_etat=")
    assert "14/09/2026" in opened
    assert "03/09/2026" not in opened
    assert "03/09/2026" in everything


def test_values_are_french(agent):
    family = factories.family("Martin", qf="1250.50")
    factories.parent(family, factories.child(family), payer=True, email="a@villars.example")
    quotients, adults = agent.text("quotients/"), agent.text("adultes/")
    assert "1\u00a0250,50" in quotients
    assert "01/09/2026" in quotients
    assert "Attestation CAF" in quotients
    assert "Oui" in adults
    assert "Actif" in adults


def test_the_menu_shows_only_what_may_be_opened(app):
    menu = Agent(app, Role.CANTEEN).text("")
    assert "/admin/enfants/" in menu
    assert "/admin/paiements/" not in menu
    assert "/admin/comptes/" not in menu


# -- exports --------------------------------------------------------------------------


def test_csv_opens_in_a_french_spreadsheet_and_holds_no_formula(agent):
    factories.family('=HYPERLINK("http://ailleurs";"clic")', qf="622.50")
    factories.family("@SUM(A1)")
    answer = agent.get("familles/export/csv/")
    text = answer.data.decode("utf-8")
    assert text.startswith("\ufeffNom;Adultes;Enfants;Ville;Quotient\r\n")
    assert "'=HYPERLINK" in text
    assert "'@SUM(A1)" in text
    assert ";622,50\r\n" in text
    assert "familles-2026-09-07.csv" in answer.headers["Content-Disposition"]


def test_xlsx_has_dates_and_numbers_and_no_formula(agent):
    family = factories.family("=1+1", qf="622.50")
    factories.parent(family, factories.child(family), email="a@villars.example")
    rows = _sheet(agent.get("quotients/export/xlsx/").data)
    assert rows[0][:3] == ("Famille", "Quotient", "Date d’effet")
    assert rows[1][0] == "'=1+1"
    assert float(rows[1][1]) == 622.5
    assert rows[1][2].date() == date(2026, 9, 1)


def test_an_export_follows_the_filters(agent):
    family_of_eloise()
    text = agent.get("familles/export/csv/?search=eloise").data.decode()
    assert "Guyen" in text
    assert "Martin" not in text


def test_a_list_too_long_is_not_exported_by_halves(agent, monkeypatch):
    monkeypatch.setattr(FamilyView, "export_max_rows", 1)
    factories.family("Un")
    factories.family("Deux")
    answer = agent.get("familles/export/csv/", follow_redirects=True)
    assert "filtrez-la" in answer.text


def _sheet(data: bytes) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows = list(book.active.iter_rows(values_only=True))
    book.close()
    return rows


# -- look-ups --------------------------------------------------------------------------


def test_a_look_up_tells_namesakes_apart(agent):
    family = family_of_eloise()
    [found] = agent.get("adultes/recherche/?name=family&query=eloise n'guyen").json or [None]
    assert found is None or found[0] == family.id
    [[number, label]] = agent.get("adultes/recherche/?name=family&query=zoe").json
    assert (number, label) == (family.id, "N’Guyen-Œuf – Zoé N’Guyen-Œuf – 3 rue des Acacias")


@pytest.mark.parametrize("query", ["offset=-5", "limit=9999", "offset=x", "query=%00"])
def test_a_look_up_survives_anything(agent, query):
    assert agent.get(f"adultes/recherche/?name=family&{query}").status_code == 200


def test_an_unknown_look_up_is_not_found(agent):
    assert agent.get("adultes/recherche/?name=password&query=a").status_code == 404
