"""What agents publish: images, documents, pages and weeks of menus, refused where they would mislead."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

import models
from extensions import db
from operations.menus import own_menus
from rules.allergens import Allergen
from rules.publication_vocabulary import Content
from rules.vocabulary import Role
from tests import publications
from tests.admin.agents import Agent, said
from tests.gateways import files

MONDAY = date(2026, 9, 14)
WEEK = "menus-de-la-semaine/"
TEXT = "Lundi ; Plat ; Rôti de porc ; moutarde ; porc\nMardi ; Plat ; Lasagnes ; gluten, lait"


@pytest.fixture
def agent(app: Flask) -> Agent:
    return Agent(app, Role.EDUCATION)


def sent(content: bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


# -- images --------------------------------------------------------------------------------


def test_an_image_is_sent_described_and_served(agent: Agent) -> None:
    answer = agent.post(
        "images/nouveau/",
        name="Le self",
        alternative="Enfants au self",
        file=sent(publications.image_file(), "IMG_0042.HEIC.jpg"),
    )
    assert answer.status_code == 302, said(answer)
    row = db.session.scalars(sa.select(models.Picture)).one()
    assert (row.width, row.height, row.alternative) == (1200, 900, "Enfants au self")
    assert agent.client.get(row.sized.small.address).status_code == 200
    assert f"![Enfants au self]({row.sized.address})" in agent.text("images/")


@pytest.mark.parametrize(
    ("values", "content", "message"),
    [
        ({}, publications.image_file(), "Décrivez ce que montre l’image"),
        ({"alternative": "Le self"}, b"<svg xmlns='http://www.w3.org/2000/svg'/>", "ne peut pas être lue"),
        ({"alternative": "Le self"}, b"", "Ce fichier est vide."),
    ],
)
def test_an_image_not_described_or_not_one_is_refused(
    agent: Agent, values: dict[str, str], content: bytes, message: str
) -> None:
    answer = agent.post("images/nouveau/", name="Le self", file=sent(content, "self.jpg"), **values)
    assert answer.status_code == 422
    assert message in said(answer)
    assert 'value="Le self"' in said(answer)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(models.Picture)) == 0


def test_a_decorative_image_needs_no_words(agent: Agent) -> None:
    file = sent(publications.image_file(), "a.jpg")
    assert agent.post("images/nouveau/", name="Frise", is_decorative="y", file=file).status_code == 302
    assert db.session.scalars(sa.select(models.Picture)).one().alternative == ""


def test_an_image_in_use_stays(agent: Agent, app: Flask) -> None:
    image = publications.picture(app)
    db.session.add(
        models.Page(
            slug="cantine", title="La cantine", body=f"![Le self]({image.sized.address})",
            is_published=True, is_practical=True, updated_on=MONDAY,
        )
    )  # fmt: skip
    db.session.commit()
    agent.delete("images", image.id)
    page = agent.get("images/")
    assert "Cette image sert encore : La cantine." in said(page)
    assert db.session.get(models.Picture, image.id) is not None


# -- texts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("![Le self](https://ailleurs.example/self.png)", "n’est pas dans « Images »"),
        (f"![Le self](/images/{'0' * 32}-10x10.webp)", "n’est pas dans « Images »"),
        ("![]({address})", "n’a pas de description"),
    ],
)
def test_an_image_of_a_text_is_ours_and_described(agent: Agent, app: Flask, body: str, message: str) -> None:
    image = publications.picture(app)
    db.session.commit()
    text = body.replace("{address}", image.sized.address)
    answer = agent.post("pages/nouveau/", title="La cantine", body=text, is_practical="y", position="1")
    assert answer.status_code == 422
    assert message in said(answer) and text in said(answer)


def test_a_legal_page_is_written_over_the_text_proposed(agent: Agent) -> None:
    assert "montre le texte proposé" in agent.text("pages/")
    form = agent.text("pages/nouveau/?modele=confidentialite")
    assert 'value="confidentialite"' in form and "mission d’intérêt public" in form
    assert "Commune de Villars" not in form or "{{" not in form


# -- documents ---------------------------------------------------------------------------------


def document(agent: Agent, content: bytes, **values: str) -> Any:
    given = {"title": "Règlement", "category": "rules", "position": "0", "first_day": "2026-09-01"} | values
    return agent.post("documents-en-ligne/nouveau/", file=sent(content, "reglement.pdf"), **given)


def test_a_document_is_put_online_then_replaced(agent: Agent) -> None:
    assert document(agent, files.pdf("un")).status_code == 302
    row = db.session.scalars(sa.select(models.TownDocument)).one()
    assert row.slug == "reglement"
    assert agent.client.get("/documents/reglement.pdf").data == files.pdf("un")
    answer = agent.post(
        f"documents-en-ligne/modifier/?id={row.id}",
        title="Règlement 2027", category="rules", position="0", first_day="2026-09-01", slug="reglement",
        file=sent(files.pdf("deux"), "autre.pdf"),
    )  # fmt: skip
    assert answer.status_code == 302, said(answer)
    assert agent.client.get("/documents/reglement.pdf").data == files.pdf("deux")
    assert agent.client.get("/documents/reglement/1.pdf").data == files.pdf("un")
    assert "/documents/reglement/1.pdf" in agent.text(f"documents-en-ligne/detail/?id={row.id}")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Choisissez le fichier PDF."),
        (publications.image_file((20, 20)), "n’est pas un PDF"),
        (b"%PDF-1.7 coup", "incomplet"),
    ],
)
def test_what_is_not_a_pdf_is_refused_and_nothing_is_kept(agent: Agent, content: bytes, message: str) -> None:
    answer = document(agent, content)
    assert answer.status_code == 422
    assert message in said(answer) and 'value="Règlement"' in said(answer)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(models.TownDocument)) == 0


def test_the_same_file_again_is_told(agent: Agent) -> None:
    document(agent, files.pdf("un"))
    row = db.session.scalars(sa.select(models.TownDocument)).one()
    answer = agent.post(
        f"documents-en-ligne/modifier/?id={row.id}",
        title="Règlement", category="rules", position="0", file=sent(files.pdf("un"), "a.pdf"),
    )  # fmt: skip
    assert answer.status_code == 422 and "exactement le fichier déjà en ligne" in said(answer)


# -- menus ---------------------------------------------------------------------------------------


def week(agent: Agent, text: str = TEXT, faire: str = "enregistrer", **values: object) -> Any:
    return agent.post(WEEK, day=MONDAY.isoformat(), text=text, faire=faire, **values)


def written() -> dict[date, list[str]]:
    return {row.day: [dish.name for dish in row.dishes] for row in own_menus(MONDAY, None)}


def test_a_week_is_read_then_saved(agent: Agent) -> None:
    page = said(week(agent, faire="lire"))
    assert "La semaine, telle qu’elle est lue" in page and "Pas de menu le 17 septembre" in page
    assert written() == {}
    assert week(agent, is_published="y", allergens_given="y").status_code == 303
    assert written() == {MONDAY: ["Rôti de porc"], date(2026, 9, 15): ["Lasagnes"]}
    row = own_menus(MONDAY, None)[0]
    assert row.is_published and row.allergens_given
    assert (row.dishes[0].allergens, row.dishes[0].contents) == ({Allergen.MUSTARD}, {Content.PORK})
    assert "Lundi ; Plat ; Rôti de porc ; moutarde ; porc" in agent.text(f"{WEEK}?day=2026-09-16")
    history = db.session.scalars(sa.select(models.History).filter_by(subject="menu")).one()
    assert history.after == {"14/09/2026": "Rôti de porc", "15/09/2026": "Lasagnes"}


def test_saving_again_replaces_the_week(agent: Agent) -> None:
    week(agent)
    week(agent, "Lundi ; Plat ; Omelette")
    assert written() == {MONDAY: ["Omelette"]}


def test_mistakes_are_told_line_by_line_and_what_was_typed_comes_back(agent: Agent) -> None:
    text = "Lundi ; Plat ; Riz\nMardi ; Soupe ; Potage\nJeudi ; Plat ; Blé ; gluttin"
    answer = week(agent, text)
    assert answer.status_code == 422
    page = said(answer)
    assert "Ligne 2 : « Soupe » n’est pas une partie du repas" in page
    assert "Ligne 3 : « gluttin » n’est ni un allergène" in page
    assert text in page.replace("\r", "") and written() == {}


def test_a_workbook_is_shown_before_it_is_saved(agent: Agent) -> None:
    book = openpyxl.Workbook()
    book.active.append(["", "Lundi", "Mardi"])
    book.active.append(["Plat", "Poulet (volaille)", "Riz"])
    file = io.BytesIO()
    book.save(file)
    page = week(agent, "", file=sent(file.getvalue(), "menus.xlsx"))
    assert page.status_code == 200 and written() == {}
    assert "Plat;Poulet (volaille);Riz" in said(page)
    assert week(agent, "Jour;Lundi;Mardi\nPlat;Poulet (volaille);Riz").status_code == 303
    assert written()[MONDAY] == ["Poulet"]


@pytest.mark.parametrize("content", [b"PK\x03\x04 abime", b"\xd0\xcf\x11\xe0 ancien", b"\x00\x01"])
def test_a_file_that_cannot_be_read_is_refused(agent: Agent, content: bytes) -> None:
    answer = week(agent, "", file=sent(content, "menus.xlsx"))
    assert answer.status_code == 422 and "file-erreur" in said(answer)


def test_a_week_is_copied_from_another(agent: Agent) -> None:
    week(agent)
    page = agent.post(WEEK, day="2026-09-21", copied="2026-09-18", faire="copier")
    assert "Mardi ; Plat ; Lasagnes ; gluten, lait" in said(page)
    nothing = agent.post(WEEK, day="2026-09-21", copied="2026-08-03", faire="copier")
    assert nothing.status_code == 422 and "Cette semaine-là n’a pas de menu." in said(nothing)


def test_a_week_without_a_vegetarian_menu_is_told(agent: Agent) -> None:
    days = ("Lundi", "Mardi", "Jeudi", "Vendredi")
    text = "\n".join(f"{day} ; Plat ; Poulet ; ; volaille" for day in days)
    assert "Aucun menu végétarien cette semaine" in said(week(agent, text, faire="lire"))
    less = text.replace("Lundi ; Plat ; Poulet ; ; volaille", "Lundi ; Plat ; Riz")
    assert "Aucun menu végétarien" not in said(week(agent, less, faire="lire"))


@pytest.mark.parametrize("query", ["day=hier", "day=0001-01-01", "school=x", "day=2026-09-14&school=999"])
def test_absurd_weeks_open(agent: Agent, query: str) -> None:
    assert agent.get(f"{WEEK}?{query}").status_code == 200


# -- interruptions ---------------------------------------------------------------------------------


def test_an_interruption_is_announced_before_it_starts(agent: Agent) -> None:
    values = {"what": "Entretien", "starts_at": "2026-09-08T20:00", "ends_at": "2026-09-08T22:00"}
    late = agent.post("interruptions/nouveau/", announced_at="2026-09-08T21:00", **values)
    assert late.status_code == 422 and "s’annonce avant de commencer" in said(late)
    assert agent.post("interruptions/nouveau/", announced_at="2026-09-07T08:00", **values).status_code == 302
    assert "de 20 h à 22 h" in said(agent.client.get("/"))
