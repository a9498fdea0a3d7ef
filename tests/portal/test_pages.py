"""Every page of the public and the parents' space opens, says what it must, and reads well."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

import models
from extensions import db
from rules.vocabulary import Role
from tests import factories
from tests.portal.homes import calendar_url, martin, second_parent

PUBLIC = ("/", "/tarifs", "/accessibilite", "/mentions-legales", "/confidentialite")
PRIVATE = (
    "/espace/",
    "/espace/famille",
    "/espace/reservations",
    "/espace/tableau-de-bord",
    "/espace/factures",
)


@pytest.mark.parametrize("url", PUBLIC)
def test_public_pages_open_to_anybody(client: FlaskClient, url: str) -> None:
    page = client.get(url)
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert "– Villars</title>" in page.text


def test_health(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert answer.text.startswith("ok")


def test_prices_are_labelled_as_an_example(client: FlaskClient) -> None:
    page = client.get("/tarifs").text
    assert ">Exemple<" in page
    assert "De 600 à moins de 900" in page
    assert "3,80\u00a0€" in page
    assert "Jusqu’au mercredi 23 h 59 pour la semaine suivante" in page


@pytest.mark.parametrize("url", PRIVATE)
def test_private_pages_open_to_a_parent(client: FlaskClient, url: str) -> None:
    factories.sign_in(client, martin().claire)
    page = client.get(url)
    assert page.status_code == 200
    assert page.text.count("<h1") == 1


@pytest.mark.parametrize("url", PRIVATE)
def test_private_pages_send_strangers_to_sign_in(client: FlaskClient, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 303
    assert answer.location.startswith("/connexion?next=/espace")


@pytest.mark.parametrize("url", PRIVATE)
def test_staff_who_are_no_parent_are_told_so(client: FlaskClient, url: str) -> None:
    factories.sign_in(client, factories.staff(Role.EDUCATION))
    answer = client.get(url)
    assert answer.status_code == 403
    assert "Votre compte ne donne pas accès à cette page." in answer.text


def test_the_commune_can_replace_a_legal_text(client: FlaskClient) -> None:
    db.session.add(
        models.Page(
            slug="mentions-legales",
            title="Mentions de Villars",
            body="Texte **voté** <script>non</script>.",
            is_published=True,
            is_practical=False,
            updated_on=date(2026, 9, 1),
        )
    )
    db.session.commit()
    page = client.get("/mentions-legales").text
    assert "Mentions de Villars" in page
    assert "<strong>voté</strong>" in page
    assert "<script>non" not in page


def test_practical_pages(client: FlaskClient) -> None:
    for slug, published in (("cantine", True), ("brouillon", False)):
        db.session.add(
            models.Page(
                slug=slug,
                title=f"Page {slug}",
                body="Texte.",
                is_published=published,
                is_practical=True,
                updated_on=date(2026, 9, 1),
            )
        )
    db.session.commit()
    assert "Page cantine" in client.get("/").text
    assert "Page brouillon" not in client.get("/").text
    assert client.get("/infos-pratiques/cantine").status_code == 200
    assert client.get("/infos-pratiques/brouillon").status_code == 404


def _news(slug: str, first: date | None, last: date | None = None, **scope: object) -> None:
    db.session.add(
        models.News(
            slug=slug,
            title=f"Titre {slug}",
            summary="Résumé.",
            body="Corps.",
            first_day=first,
            last_day=last,
            **scope,
        )
    )
    db.session.commit()


def test_news_show_from_their_first_to_their_last_day(client: FlaskClient) -> None:
    _news("courante", date(2026, 9, 1))
    _news("brouillon", None)
    _news("future", date(2026, 9, 8))
    _news("passee", date(2026, 9, 1), date(2026, 9, 6))
    page = client.get("/").text
    shown = {slug for slug in ("courante", "brouillon", "future", "passee") if f"Titre {slug}" in page}
    assert shown == {"courante"}
    assert client.get("/actualites/courante").status_code == 200
    assert client.get("/actualites/brouillon").status_code == 404
    assert client.get("/actualites/passee").status_code == 404


def test_news_of_a_class_are_for_its_parents(client: FlaskClient, app: Flask) -> None:
    _news("cp", date(2026, 9, 1), school_class=factories.school_class("CP"))
    _news("ce2", date(2026, 9, 1), school_class=factories.school_class("CE2"))
    assert "Titre cp" not in client.get("/").text
    assert client.get("/actualites/cp").status_code == 404
    factories.sign_in(client, martin().claire)
    home = client.get("/espace/").text
    assert "Titre cp" in home
    assert "Titre ce2" not in home
    assert client.get("/actualites/cp").status_code == 200
    assert client.get("/actualites/ce2").status_code == 404


def test_home_says_what_is_coming(client: FlaskClient) -> None:
    home = martin()
    factories.booking(home.lea, date(2026, 9, 8))
    factories.sign_in(client, home.claire)
    page = client.get("/espace/").text
    assert "mardi 8 septembre" in page
    assert "Les repas de la semaine du 14 septembre se modifient jusqu’au" in page
    assert "mercredi 9 septembre à 23 h 59" in page
    assert "encore 2 jours et 14 heures" in page


def test_child_file_says_which_services_need_no_booking(client: FlaskClient) -> None:
    home = martin()
    db.session.add(
        models.Contact(
            child=home.lea,
            family=home.family,
            last_name="Roux",
            first_name="Odile",
            relation="grand-mère",
            phone="06 11 22 33 44",
            may_collect=True,
        )
    )
    factories.sign_in(client, home.claire)
    page = client.get(f"/espace/enfants/{home.lea.id}").text
    assert "École Jules Ferry" in page
    assert page.count("Sans réservation : il suffit de venir.") == 2
    assert page.count("Réserver ou modifier") == 1
    assert "Odile Roux" in page


def test_choosing_a_child_and_an_activity(client: FlaskClient) -> None:
    home = martin()
    factories.sign_in(client, home.claire)
    page = client.get("/espace/reservations").text
    assert "Commencer" in page
    assert "Garderie du matin" not in page
    answer = client.get(f"/espace/reservations?choix={home.lea.id}/cantine")
    assert answer.status_code == 303
    assert answer.location == f"/espace/enfants/{home.lea.id}/reservations/cantine"
    assert "Choisissez un enfant" in client.get("/espace/reservations?choix=999/cantine").text


def test_family_page_shows_the_household(client: FlaskClient) -> None:
    home = martin()
    second_parent(home)
    factories.sign_in(client, home.claire)
    page = client.get("/espace/famille").text
    for said in ("Claire Martin", "Paul Martin", "3 rue des Acacias", "Léa Martin"):
        assert said in page


def _count(app: Flask, client: FlaskClient, url: str) -> int:
    from sqlalchemy import event

    statements: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_: object) -> None:
        statements.append(statement)

    client.get(url)  # the first page also remembers that the CGU are accepted
    db.session.remove()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(url).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return sum(statement.lstrip().startswith("SELECT") for statement in statements)


def test_queries_are_few_and_do_not_grow(app: Flask, client: FlaskClient) -> None:
    home = martin()
    factories.sign_in(client, home.claire)
    urls = (*PRIVATE, f"/espace/enfants/{home.lea.id}", calendar_url(home.lea, "mois=2026-10"))
    lea_id, claire_id = home.lea.id, home.claire.id
    few = {url: _count(app, client, url) for url in urls}
    lea, claire = db.session.get_one(models.Child, lea_id), db.session.get_one(models.Guardian, claire_id)
    for name in ("Noé", "Zoé", "Eva"):
        factories.guardianship(claire, factories.child(claire.family, name, in_class="CE2"))
    for day in range(1, 28):
        factories.booking(lea, date(2026, 10, day))
    _news("cp", date(2026, 9, 1), school_class=factories.school_class("CP"))
    _news("ce2", date(2026, 9, 1), school_class=factories.school_class("CE2"))
    assert {url: _count(app, client, url) for url in urls} == few
    assert few.pop("/espace/") <= 14, few  # it gathers what is coming in every subject
    assert max(few.values()) <= 10, few
