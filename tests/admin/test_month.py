"""« Préparer le mois », « Émettre »: what is read, what is confirmed, what is refused, who may."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import models
from extensions import db
from rules.instants import PARIS
from rules.money import NBSP
from rules.vocabulary import Role
from tests import factories
from tests.admin.agents import TOKEN, Agent, said
from tests.queries import queries_of

OCTOBER_2 = datetime(2026, 10, 2, 9, 0, tzinfo=PARIS)
MEALS = [date(2026, 9, day) for day in (1, 3, 4, 7, 8)]  # 5 × 3,80 € = 19,00 €
PAGE = "facturation/"
MONTH = {"mois": "2026-09"}


@pytest.fixture
def agent(app):
    app.extensions["clock"].set(OCTOBER_2)
    return Agent(app, Role.FINANCE)


def a_family(name: str = "Martin", *, days=MEALS, payer: bool = True, email: bool = True) -> models.Family:
    family = factories.family(name, qf="712")
    child = factories.child(family)
    for day in days:
        factories.booking(child, day)
    address = f"{name.lower()}@villars.example" if email else None
    factories.guardian(family, payer=payer, email=address)
    db.session.commit()
    return family


def prepared(agent: Agent) -> str:
    answer = agent.post(f"{PAGE}preparer/", **MONTH)
    assert answer.status_code == 303
    return plain(agent.client.get(answer.location))


def confirmed(agent: Agent) -> dict[str, str]:
    """What the summary's form sends once confirmed."""
    page = agent.text(f"{PAGE}emettre/?mois=2026-09")
    seen = re.search(r'name="vu"[^>]* value="([^"]+)"', page)
    day = re.search(r'name="announced_on"[^>]* value="([^"]+)"', page)
    assert seen and day
    return {**MONTH, "vu": seen[1], "announced_on": day[1]}


def plain(response) -> str:
    return said(response).replace(NBSP, " ")


def count(table: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table))


def test_the_last_complete_month_is_offered(agent):
    page = agent.text(PAGE)
    assert 'value="2026-09" selected' in page
    assert "2026-10" not in page
    assert "n’est pas encore préparé" in page


def test_preparing_shows_drafts_totals_and_what_to_look_at(agent):
    a_family()
    a_family("Sans-Payeur", payer=False)
    page = prepared(agent)
    assert "2 factures en brouillon, 38,00 € en tout" in page
    assert "Famille sans payeur (1)" in page
    assert "Famille Sans-Payeur : aucun payeur n’est désigné" in page
    assert (
        "Cantine, CP, École Jules Ferry : aucune feuille de présence close les 1er, 3, 4, 7 et 8 septembre."
        in page
    )


def test_last_month_stands_beside_this_one(app, agent):
    a_family()
    prepared(agent)
    agent.post(f"{PAGE}emettre/", **confirmed(agent))
    child = db.session.scalars(sa.select(models.Child)).one()
    for day in (5, 6, 8, 9, 12, 13):
        factories.booking(child, date(2026, 10, day))
    db.session.commit()
    app.extensions["clock"].set(datetime(2026, 11, 2, 9, 0, tzinfo=PARIS))
    agent.post(f"{PAGE}preparer/", mois="2026-10")
    page = agent.text(f"{PAGE}?mois=2026-10").replace(NBSP, " ")
    assert "22,80 €" in page and "19,00 €" in page
    assert "+ 3,80 €" in page


def test_a_family_under_the_threshold_stands_apart(agent):
    a_family()
    a_family("Petit", days=MEALS[:1])
    page = prepared(agent)
    assert "1 facture en brouillon, 19,00 € en tout ; 1 famille sous le seuil" in page
    assert page.index("Brouillons</h2>") < page.index("Reportées au mois suivant") < page.index(">Petit<")


def test_a_family_set_aside_is_listed_with_its_reason(agent):
    a_family()
    aside = a_family("Haddad")
    db.session.add(
        models.Exclusion(month=date(2026, 9, 1), family=aside, reason="Litige", created_at=OCTOBER_2)
    )
    db.session.commit()
    page = prepared(agent)
    assert "1 facture en brouillon" in page
    assert "Litige" in page[page.index("Mises de côté</h2>") :]


def test_a_month_that_is_not_over_is_refused(agent):
    answer = agent.post(f"{PAGE}preparer/", mois="2026-10")
    assert "n’est pas terminé" in plain(agent.client.get(answer.location))
    assert count(models.Draft) == 0


@pytest.mark.parametrize("month", ["", "2026-13", "septembre", "2026-9", "2026-09-01"])
def test_a_forged_month_is_refused(agent, month):
    assert agent.post(f"{PAGE}preparer/", mois=month).status_code == 400
    assert agent.get(f"{PAGE}emis/?mois={month}").status_code == 400


def test_issuing_numbers_mails_and_says_what_to_print(agent):
    a_family()
    a_family("Papier", email=False)
    prepared(agent)
    summary = agent.text(f"{PAGE}emettre/?mois=2026-09").replace(NBSP, " ")
    assert "Émettre 2 factures (38,00 €)" in summary
    answer = agent.post(f"{PAGE}emettre/", **confirmed(agent))
    assert answer.status_code == 303
    page = plain(agent.client.get(answer.location))
    assert "Numéros F2026-000001 à F2026-000002" in page
    assert "Annoncées le vendredi 2 octobre 2026, à payer au plus tard le vendredi 23 octobre 2026" in page
    assert "Courriels : 1 à envoyer" in page
    paper = db.session.scalars(sa.select(models.Invoice).filter_by(payer_name="Mme Claire Papier")).one()
    assert f"/admin/factures-imprimees/{paper.number}.pdf" in page
    assert count(models.Draft) == 0


def test_a_second_click_issues_nothing_more(agent):
    a_family()
    prepared(agent)
    sent = confirmed(agent)
    agent.post(f"{PAGE}emettre/", **sent)
    again = agent.post(f"{PAGE}emettre/", **sent)
    assert again.location == "/admin/facturation/emis/?mois=2026-09"
    assert "est déjà émis" in plain(agent.client.get(again.location))
    assert (count(models.Invoice), count(models.Outbox)) == (1, 1)


def test_two_clicks_at_the_same_instant_issue_once(app, agent):
    a_family()
    prepared(agent)
    sent = confirmed(agent)
    token = TOKEN.search(agent.get("").text)[1]
    db.session.rollback()

    def click(client: FlaskClient) -> int:
        return client.post(f"/admin/{PAGE}emettre/", data={**sent, "csrf_token": token}).status_code

    clients = [same_session(app, agent.client) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(click, clients))
    assert statuses[0] == 303 and statuses[1] in (303, 422)
    assert (count(models.Invoice), count(models.Outbox), count(models.Draft)) == (1, 1, 0)


def same_session(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another window of the same browser."""
    window = app.test_client()
    with client.session_transaction() as known, window.session_transaction() as session:
        session.update(known)
    return window


def test_a_change_since_the_preparation_is_refused_by_name(agent):
    family = a_family()
    prepared(agent)
    sent = confirmed(agent)
    child = family.guardians and db.session.scalars(sa.select(models.Child)).one()
    factories.booking(child, date(2026, 9, 10))
    db.session.commit()
    answer = agent.post(f"{PAGE}emettre/", **(sent | {"announced_on": "2026-10-05"}))
    assert answer.status_code == 422
    assert "le mois de septembre 2026 a changé pour Famille Martin" in plain(answer)
    assert 'value="2026-10-05"' in plain(answer), "what was typed is kept"
    assert count(models.Invoice) == 0


def test_a_preparation_made_meanwhile_by_a_colleague_is_refused(app, agent):
    a_family()
    prepared(agent)
    sent = confirmed(agent)
    app.extensions["clock"].set(OCTOBER_2 + timedelta(minutes=5))
    prepared(agent)
    answer = agent.post(f"{PAGE}emettre/", **sent)
    assert answer.status_code == 422
    assert "préparé de nouveau depuis l’affichage de ce résumé" in plain(answer)
    assert count(models.Invoice) == 0


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2026-10-01", "La date d’annonce ne peut pas être passée."),
        ("", "Donnez la date d’annonce."),
        ("32/13/2026", "Cette date n’existe pas."),
    ],
)
def test_a_wrong_date_is_told_beside_its_field(agent, day, sentence):
    a_family()
    prepared(agent)
    answer = agent.post(f"{PAGE}emettre/", **(confirmed(agent) | {"announced_on": day}))
    assert answer.status_code == 422
    assert re.search(rf'id="announced_on-erreur">{sentence}', plain(answer))
    assert count(models.Invoice) == 0


def test_a_family_without_payer_stops_the_issue(agent):
    a_family("Sans-Payeur", payer=False)
    prepared(agent)
    answer = agent.post(f"{PAGE}emettre/", **confirmed(agent))
    assert "Aucun payeur n’est désigné pour Famille Sans-Payeur" in plain(answer)


def test_nothing_is_issued_without_a_preparation_nor_under_the_threshold(agent):
    answer = agent.get(f"{PAGE}emettre/?mois=2026-09", follow_redirects=True)
    assert "préparez d’abord le mois" in plain(answer)
    a_family("Petit", days=MEALS[:1])
    assert "Émettre…" not in prepared(agent)
    answer = agent.post(f"{PAGE}emettre/", **MONTH)
    assert "il n’y a rien à émettre" in plain(agent.client.get(answer.location))


def test_the_pdf_is_served_and_kept(agent):
    a_family("Papier", email=False)
    prepared(agent)
    agent.post(f"{PAGE}emettre/", **confirmed(agent))
    for _ in range(2):
        answer = agent.get("factures-imprimees/F2026-000001.pdf")
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert answer.data.startswith(b"%PDF")
    assert count(models.InvoicePdf) == 1
    assert "F2026-000001 (PDF)" in agent.text("factures-imprimees/?mois=2026-09")
    assert agent.get("factures-imprimees/F2026-000009.pdf").status_code == 404


@pytest.mark.parametrize(
    ("role", "reads", "issues", "prints"),
    [
        (Role.ADMINISTRATOR, True, True, True),
        (Role.FINANCE, True, True, True),
        (Role.EDUCATION, True, False, True),
        (Role.READER, False, False, True),
        (Role.CANTEEN, False, False, False),
    ],
)
def test_who_reads_who_issues_who_prints(agent, app, role, reads, issues, prints):
    a_family()
    prepared(agent)
    sent = confirmed(agent)
    other = Agent(app, role)
    page = other.get(PAGE)
    assert page.status_code == (200 if reads else 403)
    assert ("Émettre…" in said(page)) is issues
    assert other.get(f"{PAGE}emettre/?mois=2026-09").status_code == (200 if issues else 403)
    assert other.post(f"{PAGE}preparer/", **MONTH).status_code == (303 if issues else 403)
    assert other.get("factures-imprimees/").status_code == (200 if prints else 403)
    answer = other.post(f"{PAGE}emettre/", **sent)
    assert (answer.status_code == 403) is not issues
    assert (count(models.Invoice) == 1) is issues


def test_without_its_token_the_month_is_not_issued(agent):
    a_family()
    prepared(agent)
    assert agent.client.post(f"/admin/{PAGE}emettre/", data=confirmed(agent)).status_code == 400
    assert count(models.Invoice) == 0


def test_queries_do_not_grow_with_the_families(agent):
    a_family()
    prepared(agent)
    pages = [f"/admin/{PAGE}?mois=2026-09", f"/admin/{PAGE}emettre/?mois=2026-09"]
    before = [len(queries_of(agent.client, page)) for page in pages]
    for number in range(6):
        a_family(f"Autre{number}", payer=bool(number % 2))
    prepared(agent)
    assert [len(queries_of(agent.client, page)) for page in pages] == before


def test_the_first_page_and_the_invoice_lead_here(agent):
    a_family()
    prepared(agent)
    agent.post(f"{PAGE}emettre/", **confirmed(agent))
    assert f'href="/admin/{PAGE}">Préparer le mois' in agent.text("")
    invoice = db.session.scalars(sa.select(models.Invoice)).one()
    page = agent.text(f"factures/detail/?id={invoice.id}")
    assert f"/admin/factures-imprimees/{invoice.number}.pdf" in page
