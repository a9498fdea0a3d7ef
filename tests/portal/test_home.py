"""« Mon accueil » and its help page: the guide's subjects, what is coming, what is asked of me."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

import models
from extensions import db
from operations import requests
from operations.actors import agent
from portal.tiles import HEADINGS
from rules.request_vocabulary import RequestKind
from tests import factories
from tests.conftest import START
from tests.portal.homes import martin, partner

TILE = re.compile(r'<a class="tile" href="([^"]+)">')


def test_the_guide_s_subjects_are_seven_and_six() -> None:
    assert [(heading.title, len(heading.tiles)) for heading in HEADINGS] == [
        ("Mon tableau de bord", 7),
        ("Ma famille", 6),
    ]


def test_no_tile_is_a_dead_link(client: FlaskClient) -> None:
    home = martin()
    factories.guardianship(home.claire, factories.child(home.family, "Tom"))
    factories.sign_in(client, home.claire)
    urls = TILE.findall(client.get("/espace/").text)
    assert "/espace/coordonnees" in urls and "/espace/entourage" in urls
    for url in urls:
        assert client.get(url).status_code == 200, url


def test_an_only_child_s_file_is_one_click_away(client: FlaskClient) -> None:
    home = martin()
    factories.sign_in(client, home.claire)
    assert f"/espace/enfants/{home.lea.id}" in TILE.findall(client.get("/espace/").text)
    factories.guardianship(home.claire, factories.child(home.family, "Tom"))
    db.session.commit()
    assert "/espace/famille#enfants" in TILE.findall(client.get("/espace/").text)


def test_without_a_child_no_subject_about_children(client: FlaskClient) -> None:
    home = martin()
    factories.sign_in(client, partner(home))
    page = client.get("/espace/").text
    assert "Dossier enfant" not in page and "Mes coordonnées" in page and "Léa" not in page


def test_brothers_and_sisters_share_a_line(client: FlaskClient) -> None:
    home = martin()
    eva = factories.child(home.family, "Éva")
    factories.guardianship(home.claire, eva)
    for child in (home.lea, eva):
        factories.booking(child, date(2026, 9, 8))
    factories.sign_in(client, home.claire)
    line = re.search(r"mardi 8 septembre</strong> · ([^<]+)<", client.get("/espace/").text)
    assert line is not None and line[1] == "Cantine de Léa et d’Éva"


def test_what_is_asked_of_me_stands_first(app: Flask, client: FlaskClient) -> None:
    home = martin()
    asked = {"subject": "Le car", "question": "À quelle heure ?"}
    by = agent(factories.staff())
    request = requests.submit(RequestKind.QUESTION, home.claire, asked, by=by, now=START)
    factories.sign_in(client, home.claire)
    assert "attend votre réponse" not in client.get("/espace/").text
    requests.ask_more(db.session.get_one(models.Request, request.id), "Quel jour ?", by=by, now=START)
    db.session.commit()
    page = client.get("/espace/").text
    assert f"Répondre à la démarche {request.number}" in page
    assert "Vérifier et confirmer" in page
    home.claire.confirmed_at = START
    db.session.commit()
    assert "Vérifier et confirmer" not in client.get("/espace/").text


@pytest.mark.parametrize("children", [0, 1, 2])
def test_the_help_page_explains_each_icon_of_the_home_page(client: FlaskClient, children: int) -> None:
    family = factories.family()
    rows = [factories.child(family, f"Enfant {i}") for i in range(children)]
    factories.sign_in(client, factories.parent(family, *rows, email="claire@villars.example"))
    home, helped = client.get("/espace/").text, client.get("/espace/aide").text
    for url in TILE.findall(home):
        assert f'<h3><a href="{url}">' in helped


@pytest.mark.parametrize(
    ("url", "entry"),
    [
        ("/espace/famille", "Mon espace"),
        ("/espace/entourage", "Mon espace"),
        ("/espace/coordonnees/telephones", "Mon espace"),
        ("/espace/tableau-de-bord", "Historique"),
    ],
)
def test_the_menu_says_where_one_is(client: FlaskClient, url: str, entry: str) -> None:
    factories.sign_in(client, martin().claire)
    current = re.findall(r'aria-current="(?:page|true)">.*?<span>([^<]+)</span></a>', client.get(url).text)
    assert current == [entry]
