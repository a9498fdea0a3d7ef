"""« Nouvelle famille »: everything in one screen, errors beside their field, the same child warned about."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

import models
from extensions import db
from rules.vocabulary import CustodyKind, Level, QuotientSource, Relation, Role
from tests import factories
from tests.admin.agents import Agent, said
from tests.queries import queries_of

PAGE = "nouvelle-famille/"
ADULT = {
    "adults-0-civility": "mme",
    "adults-0-last_name": "Nguyen-Œuf",
    "adults-0-first_name": "Éloïse",
    "adults-0-email": "Eloise@Villars.example",
    "adults-0-mobile_phone": "06 12 34 56 78",
    "adults-0-relation": "mother",
    "adults-0-responsible": "y",
    "payer": "0",
}
HOME = {
    "street": "4 rue du Puits",
    "postcode": "42390",
    "city": "Villars",
    "first_day": "2026-09-14",
    "resident": "oui",
    "residence_reason": "Adresse",
}
CHILD = {
    "children-0-first_name": "Tom",
    "children-0-birth_date": "2019-04-03",
    "children-0-level": "cp",
    "children-0-custody": "single",
    "children-0-changeover_weekday": "1",
    "children-0-starts": "ici",
}
WHOLE = {**ADULT, **HOME, **CHILD}


@pytest.fixture
def agent(app):
    return Agent(app, Role.EDUCATION)


def whole(**changes: object) -> dict[str, object]:
    room = factories.school_class("CP").id
    meals = [factories.activity("cantine").id, factories.activity("garderie-du-soir").id]
    return {**WHOLE, "children-0-class_id": room, "children-0-activity_ids": meals, **changes}


def families() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(models.Family))


def the_family(name: str = "Nguyen-Œuf") -> models.Family:
    return db.session.scalars(sa.select(models.Family).filter_by(name=name)).one()


def the_child(first_name: str = "Tom") -> models.Child:
    return db.session.scalars(sa.select(models.Child).filter_by(first_name=first_name)).one()


def error_of(page: str, field: str) -> str:
    found = re.search(rf'id="{field}-erreur">(.*?)</p>', page)
    return found[1].strip() if found else ""


def test_the_page_offers_two_adults_and_four_children_without_javascript(agent):
    page = agent.text(PAGE)
    assert page.count('-last_name"') >= 6
    assert "<summary>Enfant 4</summary>" in page
    assert 'value="42390"' in page and 'value="2026-09-07"' in page


def test_a_family_is_created_whole_and_its_accounts_are_next(agent):
    sent = whole(value="712,50", source="caf", document="Attestation CAF")
    answer = agent.post(PAGE, **sent)
    assert answer.status_code == 303
    family, child = the_family(), the_child()
    [adult] = family.guardians
    assert (adult.full_name, adult.email, adult.is_payer) == (
        "Éloïse Nguyen-Œuf",
        "eloise@villars.example",
        True,
    )
    assert family.address_lines == ["4 rue du Puits", "42390 Villars"]
    [quotient], [residence] = family.quotients, family.residences
    assert (quotient.value, quotient.source) == (Decimal("712.50"), QuotientSource.CAF)
    assert (quotient.effective_on, quotient.received_on) == (date(2026, 9, 14), date(2026, 9, 7))
    assert (residence.resident, residence.first_day) == (True, date(2026, 9, 14))
    assert child.last_name == "Nguyen-Œuf"
    [schooling], [custody], [link] = child.schoolings, child.custodies, child.guardianships
    assert (schooling.school_class.name, schooling.level) == ("CP", Level.CP)
    assert (custody.kind, custody.family) == (CustodyKind.SINGLE, family)
    assert (link.guardian, link.relation, link.can_book) == (adult, Relation.MOTHER, True)
    assert {row.activity.slug for row in child.enrolments} == {"cantine", "garderie-du-soir"}
    page = said(agent.client.get(answer.location))
    assert "La famille Nguyen-Œuf est créée" in page
    assert "Activer les comptes<" in page


def test_blank_blocks_are_ignored_and_the_second_adult_may_pay(agent):
    second = {
        "adults-1-civility": "m",
        "adults-1-last_name": "Durand",
        "adults-1-first_name": "Paul",
        "payer": "1",
    }
    agent.post(PAGE, **whole(**second))
    payers = {adult.first_name: adult.is_payer for adult in the_family().guardians}
    assert payers == {"Éloïse": False, "Paul": True}
    assert len(the_child().guardianships) == 1, "a partner who does not see the children"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(models.Child)) == 1


@pytest.mark.parametrize(
    ("kind", "starts", "anchor", "ours_first"),
    [("parity", "ici", "", True), ("parity", "la-bas", "", False), ("fortnight", "ici", "2026-09-14", True)],
)
def test_custody_shared_with_a_family_that_exists(agent, kind, starts, anchor, ours_first):
    other = factories.family("Haddad")
    db.session.commit()
    shared = {
        "children-0-custody": kind,
        "children-0-other_family": other.id,
        "children-0-starts": starts,
        "children-0-anchor_day": anchor,
    }
    assert agent.post(PAGE, **whole(**shared)).status_code == 303
    [custody] = the_child().custodies
    expected = (the_family(), other) if ours_first else (other, the_family())
    assert (custody.family, custody.other_family) == expected
    assert custody.anchor_day == (date(2026, 9, 14) if anchor else None)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"adults-0-first_name": ""}, "adults-0-first_name", "Indiquez le prénom."),
        ({"adults-0-civility": ""}, "adults-0-civility", "Choisissez la civilité."),
        ({"adults-0-relation": ""}, "adults-0-relation", "Choisissez le lien avec les enfants."),
        ({"adults-0-email": "eloise"}, "adults-0-email", "« eloise » n’est pas une adresse"),
        ({"adults-0-email": "prise@villars.example"}, "adults-0-email", "est déjà celle de Sonia Bernard"),
        ({"adults-0-mobile_phone": "06"}, "adults-0-mobile_phone", "« 06 » n’est pas un numéro"),
        ({"adults-0-last_name": "N" * 81}, "adults-0-last_name", "80 caractères au plus."),
        ({"payer": "1"}, "payer", "Cet adulte n’est pas renseigné."),
        ({"payer": "   "}, "payer", "N'est pas un choix valide"),
        ({"street": ""}, "street", "Indiquez le numéro et la rue."),
        ({"postcode": "4239"}, "postcode", "doit avoir cinq chiffres"),
        ({"first_day": ""}, "first_day", "Donnez la date d’arrivée."),
        ({"residence_reason": " "}, "residence_reason", "Donnez la raison"),
        ({"value": "beaucoup"}, "value", "« beaucoup » n’est pas un nombre"),
        ({"value": "-5"}, "value", "Un quotient est un nombre positif"),
        ({"children-0-birth_date": ""}, "children-0-birth_date", "Indiquez la date de naissance."),
        ({"children-0-birth_date": "31/02/2019"}, "children-0-birth_date", "Cette date n’existe pas."),
        ({"children-0-birth_date": "2030-01-01"}, "children-0-birth_date", "ne peut pas être à venir"),
        ({"children-0-level": ""}, "children-0-level", "La classe et le niveau vont ensemble."),
        ({"children-0-custody": "parity"}, "children-0-other_family", "Choisissez l’autre famille"),
        (
            {"children-0-custody": "fortnight", "children-0-other_family": "<Bernard>"},
            "children-0-anchor_day",
            "Donnez un jour de la première semaine",
        ),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_what_was_typed_stays(agent, changes, field, sentence):
    other = factories.guardian(factories.family("Bernard"), "Sonia", email="prise@villars.example").family
    db.session.commit()
    before = families()
    told = {name: other.id if value == "<Bernard>" else value for name, value in changes.items()}
    answer = agent.post(PAGE, **whole(**told))
    page = said(answer)
    assert answer.status_code == 422
    assert sentence in error_of(page, field), page[page.find("alert") :][:600]
    assert "Rien n’est encore enregistré" in page
    assert 'value="4 rue du Puits"' in page or "street" in changes
    assert families() == before


def test_two_adults_never_share_an_email(agent):
    second = {
        "adults-1-civility": "m",
        "adults-1-last_name": "Durand",
        "adults-1-first_name": "Paul",
        "adults-1-email": "eloise@villars.example",
    }
    page = said(agent.post(PAGE, **whole(**second)))
    assert "est déjà celle de Éloïse Nguyen-Œuf" in error_of(page, "adults-1-email")
    assert families() == 0


def test_nobody_is_no_family(agent):
    page = said(agent.post(PAGE, **HOME, payer="0"))
    assert "Indiquez au moins un adulte." in error_of(page, "adults-0-last_name")


def test_the_same_child_is_warned_about_before_anything_is_written(agent):
    known = factories.child(factories.family("Martin"), "TOM", last_name="Nguyen Oeuf", born=date(2019, 4, 3))
    db.session.commit()
    answer = agent.post(PAGE, **whole())
    page = said(answer)
    assert answer.status_code == 422
    assert f"/admin/enfants/detail/?id={known.id}" in page and "famille Martin" in page
    assert families() == 1
    assert agent.post(PAGE, **whole(another="y")).status_code == 303
    assert families() == 2


def test_a_second_click_creates_nothing_more(agent):
    for email in ("eloise@villars.example", ""):
        agent.post(PAGE, **whole(**{"adults-0-email": email}))
    assert families() == 1


def test_the_other_family_is_looked_up(agent):
    other = factories.family("Haddad")
    factories.guardian(other, "Karim")
    db.session.commit()
    answer = agent.get(f"{PAGE}recherche/?name=famille&query=hàddad")
    assert answer.json == [[other.id, "Haddad – Karim Haddad – 3 rue des Acacias"]]
    assert agent.get(f"{PAGE}recherche/?name=autre&query=h").status_code == 404


@pytest.mark.parametrize("role", [Role.FINANCE, Role.CANTEEN, Role.READER])
def test_others_do_not_enter(app, role):
    agent = Agent(app, role)
    assert agent.get(PAGE).status_code == 403
    assert agent.get(f"{PAGE}recherche/?name=famille&query=a").status_code == 403
    assert agent.post(PAGE, **whole()).status_code == 403
    assert families() == 0


def test_without_its_token_nothing_is_created(agent):
    assert agent.client.post(f"/admin/{PAGE}", data=whole()).status_code == 400
    assert families() == 0


def test_the_button_of_the_list_leads_here(agent):
    assert agent.get("familles/nouveau/").location == f"/admin/{PAGE}"


def test_queries_do_not_grow_with_the_families(agent):
    before = len(queries_of(agent.client, f"/admin/{PAGE}"))
    for number in range(4):
        factories.child(factories.family(f"Autre{number}"))
    db.session.commit()
    assert len(queries_of(agent.client, f"/admin/{PAGE}")) == before
