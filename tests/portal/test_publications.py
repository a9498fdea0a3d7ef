"""The open pages: drafts for agents only, images described, documents that keep their address, menus."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import models
from app import richtext
from extensions import db
from operations import health as records
from operations.actors import parent
from rules.allergens import Allergen
from rules.health_vocabulary import Diet
from rules.publication_vocabulary import Content, Course, DocumentCategory
from rules.vocabulary import Role
from tests import factories, publications
from tests.gateways import files
from tests.portal.homes import Household, martin
from tests.queries import queries_of

MONDAY = date(2026, 9, 7)
TUESDAY, WEDNESDAY = date(2026, 9, 8), date(2026, 9, 9)
PARIS = ZoneInfo("Europe/Paris")
OPEN = ("/actualites", "/infos-pratiques", "/documents", "/menus", "/plan-du-site", "/etat-du-service")


def agent(client: FlaskClient) -> FlaskClient:
    return factories.sign_in(client, factories.staff(Role.EDUCATION))


def news(slug: str, first: date | None, **values: object) -> models.News:
    words = {"title": f"Titre {slug}", "summary": "Résumé.", "body": "Corps."}
    row = models.News(slug=slug, first_day=first, **words | values)
    db.session.add(row)
    db.session.commit()
    return row


def page(slug: str, **values: object) -> models.Page:
    row = models.Page(
        **{"slug": slug, "title": f"Page {slug}", "body": "Texte.", "is_published": True,
           "is_practical": True, "updated_on": MONDAY} | values
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    return row


@pytest.mark.parametrize("url", OPEN)
def test_open_pages_open_while_nothing_is_published(client: FlaskClient, url: str) -> None:
    assert client.get(url).status_code == 200


def test_every_open_page_leads_to_the_map_and_says_how_accessible_it_is(client: FlaskClient) -> None:
    for url in OPEN:
        text = client.get(url).text
        assert 'href="/plan-du-site"' in text
        assert "Accessibilité : partiellement conforme" in text


# -- news and pages -----------------------------------------------------------------------


def test_news_are_listed_by_pages(client: FlaskClient) -> None:
    for number in range(12):
        news(f"n{number}", MONDAY - timedelta(days=number))
    first, second = client.get("/actualites").text, client.get("/actualites?page=2").text
    assert first.count("Titre n") == 10 and "Plus anciennes" in first
    assert second.count("Titre n") == 2 and "Plus récentes" in second and "Plus anciennes" not in second


@pytest.mark.parametrize("number", ["0", "-3", "x", "99999999999999999999"])
def test_absurd_pages_of_news_are_a_page(client: FlaskClient, number: str) -> None:
    assert client.get(f"/actualites?page={number}").status_code == 200


@pytest.mark.parametrize(
    ("first", "said"), [(None, "Brouillon."), (TUESDAY, "Paraît le mardi 8 septembre 2026.")]
)
def test_a_draft_opens_to_agents_only_and_says_so(
    client: FlaskClient, app: Flask, first: date | None, said: str
) -> None:
    news("brouillon", first)
    assert client.get("/actualites/brouillon").status_code == 404
    assert (
        factories.sign_in(app.test_client(), martin().claire).get("/actualites/brouillon").status_code == 404
    )
    text = agent(client).get("/actualites/brouillon").text
    assert said in text and "Seuls les agents voient cette page." in text
    assert "Titre brouillon" not in client.get("/actualites").text


def test_a_published_news_item_has_no_band(client: FlaskClient) -> None:
    news("rentree", MONDAY)
    assert "Seuls les agents" not in agent(client).get("/actualites/rentree").text


def test_news_of_another_class_are_on_no_list(client: FlaskClient) -> None:
    news("cp", MONDAY, school_class=factories.school_class("CP"))
    news("ce2", MONDAY, school_class=factories.school_class("CE2"))
    factories.sign_in(client, martin().claire)
    text = client.get("/actualites").text
    assert "Titre cp" in text and "Titre ce2" not in text


@pytest.mark.parametrize(
    ("values", "seen"),
    [
        ({}, True),
        ({"first_day": TUESDAY}, False),
        ({"last_day": MONDAY}, True),
        ({"last_day": MONDAY - timedelta(days=1)}, False),
        ({"is_published": False}, False),
    ],
)
def test_a_page_shows_between_its_days(client: FlaskClient, values: dict[str, object], seen: bool) -> None:
    page("cantine", **values)
    assert (client.get("/infos-pratiques/cantine").status_code == 200) is seen
    assert ("Page cantine" in client.get("/infos-pratiques").text) is seen
    assert agent(client).get("/infos-pratiques/cantine").status_code == 200


def test_pages_are_in_their_order(client: FlaskClient) -> None:
    page("zebre", position=1)
    page("abeille", position=2)
    text = client.get("/infos-pratiques").text
    assert text.index("Page zebre") < text.index("Page abeille")


def test_a_draft_legal_page_leaves_the_proposed_text(client: FlaskClient) -> None:
    page("confidentialite", is_practical=False, is_published=False, body="Pas relu.")
    assert "mission d’intérêt public" in client.get("/confidentialite").text
    assert "Pas relu." in agent(client).get("/confidentialite").text


# -- images --------------------------------------------------------------------------------


def test_a_news_item_shows_its_image_small_then_large(client: FlaskClient, app: Flask) -> None:
    image = publications.picture(app)
    news("rentree", MONDAY, picture=image)
    small, large = image.sized.small, image.sized
    assert (small.width, small.height, large.width) == (480, 360, 1200)
    listed = client.get("/actualites").text
    assert f'src="{small.address}"' in listed
    assert 'width="480" height="360" alt="Enfants au self" loading="lazy"' in listed
    assert f'src="{large.address}"' in client.get("/actualites/rentree").text


def test_an_image_is_kept_for_a_year_under_each_of_its_two_sizes(client: FlaskClient, app: Flask) -> None:
    image = publications.picture(app)
    db.session.commit()
    for size in (image.sized, image.sized.small):
        answer = client.get(size.address)
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for wrong in (f"/images/{image.token}-99x99.webp", f"/images/{'0' * 32}-480x360.webp", "/images/a.webp"):
        assert client.get(wrong).status_code == 404


def test_a_decorative_image_is_not_announced(client: FlaskClient, app: Flask) -> None:
    news("rentree", MONDAY, picture=publications.picture(app, alternative=""))
    assert 'alt=""' in client.get("/actualites").text


def test_images_of_a_text_are_ours_and_their_place_is_kept() -> None:
    address = f"/images/{'a' * 32}-1200x800.webp"
    made = richtext(f"![Le self]({address})")
    assert 'width="1200" height="800" alt="Le self" loading="lazy"' in made
    assert f"/images/{'a' * 32}-480x320.webp 480w" in made
    assert richtext('![<b>"x](https://ailleurs.example/a.png)') == "<p>&lt;b&gt;&#34;x</p>\n"


def test_a_text_has_no_second_h1() -> None:
    assert richtext("# Titre") == "<h2>Titre</h2>\n"


# -- documents -------------------------------------------------------------------------------


def test_a_document_says_its_format_and_weight(client: FlaskClient, app: Flask) -> None:
    publications.town_document(app, "dossier", category=DocumentCategory.ENROLMENT, is_returned=True)
    db.session.commit()
    text = client.get("/documents").text
    assert "Inscription à l’école" in text
    assert "(PDF, 1\N{NO-BREAK SPACE}Ko)" in text
    assert "depuis votre espace" in text
    answer = client.get("/documents/dossier.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == 'inline; filename="dossier.pdf"'


def test_a_replaced_document_keeps_its_address_and_its_versions(client: FlaskClient, app: Flask) -> None:
    row = publications.town_document(app, "reglement")
    before, after = files.pdf("reglement"), files.pdf("nouveau")
    publications.replaced(app, row, after)
    db.session.commit()
    assert client.get("/documents/reglement.pdf").data == after
    assert client.get("/documents/reglement/1.pdf").data == before
    assert client.get("/documents/reglement/2.pdf").data == after
    assert client.get("/documents/reglement/3.pdf").status_code == 404


def test_a_document_already_fetched_is_not_sent_again(client: FlaskClient, app: Flask) -> None:
    publications.town_document(app, "reglement")
    db.session.commit()
    tag = client.get("/documents/reglement.pdf").headers["ETag"]
    assert client.get("/documents/reglement.pdf", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("first", [None, TUESDAY])
def test_a_document_not_on_show_is_for_agents(client: FlaskClient, app: Flask, first: date | None) -> None:
    publications.town_document(app, "reglement", first=first)
    db.session.commit()
    assert "Document reglement" not in client.get("/documents").text
    assert client.get("/documents/reglement.pdf").status_code == 404
    assert client.get("/documents/reglement/1.pdf").status_code == 404
    answer = agent(client).get("/documents/reglement.pdf")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")


def test_a_parent_finds_the_documents_in_the_space(client: FlaskClient, app: Flask) -> None:
    publications.town_document(app, "dossier", is_returned=True)
    factories.sign_in(client, martin().claire)
    assert "Document dossier" in client.get("/espace/documents-mairie").text


def test_a_form_to_return_and_the_tax_certificate_lead_to_their_pages(
    client: FlaskClient, app: Flask
) -> None:
    """Each link stands as soon as its page does, and never before: no dead link."""
    publications.town_document(app, "dossier", is_returned=True)
    publications.town_document(app, "reglement")
    factories.sign_in(client, martin().claire)
    text = client.get("/espace/documents-mairie").text
    pages = app.view_functions
    assert ("titre=Document+dossier" in text) is ("portal.send_form" in pages)
    assert "titre=Document+reglement" not in text
    assert ("/espace/factures#attestations" in text) is ("portal.tax_certificate" in pages)


# -- menus -----------------------------------------------------------------------------------


def meals() -> None:
    publications.menu(
        MONDAY,
        publications.dish("Rôti de porc", contents={Content.PORK}, allergens={Allergen.MUSTARD}),
        publications.dish("Gâteau", Course.DESSERT, allergens={Allergen.PEANUTS}),
        allergens_given=True,
    )
    publications.menu(TUESDAY, publications.dish("Lasagnes de légumes"), note="Repas d’automne")
    db.session.commit()


def test_a_week_of_menus(client: FlaskClient) -> None:
    meals()
    text = client.get("/menus").text
    assert "<h1>Menus de la semaine du 7 septembre 2026</h1>" in text
    assert "Rôti de porc" in text and "Allergènes : moutarde." in text and "Porc</span>" in text
    assert text.count("Menu végétarien") == 1
    assert "Repas d’automne" in text and "Allergènes non communiqués pour ce jour" in text
    assert text.count("Menu pas encore publié") == 2  # Thursday and Friday; Wednesday has no service
    assert "semaine=2026-W36" in text and "semaine=2026-W38" in text


def test_the_home_page_shows_the_next_meal(client: FlaskClient) -> None:
    meals()
    text = client.get("/").text
    assert "Au menu aujourd’hui" in text and "Rôti de porc" in text and "Lasagnes" not in text


@pytest.mark.parametrize("week", ["2026-W99", "hier", "9999-W53", "", "2026-W40"])
def test_a_week_without_menus_says_so(client: FlaskClient, week: str) -> None:
    text = client.get(f"/menus?semaine={week}").text
    assert "Le menu de cette semaine n’est pas encore publié." in text


def test_a_draft_menu_is_for_agents(client: FlaskClient) -> None:
    publications.menu(MONDAY, publications.dish("Secret"), published=False)
    db.session.commit()
    assert "Secret" not in client.get("/menus").text
    assert "Secret" not in client.get("/").text
    text = agent(client).get("/menus").text
    assert "Secret" in text and "Brouillon" in text


def test_a_closed_day_shows_no_menu(client: FlaskClient) -> None:
    publications.menu(WEDNESDAY, publications.dish("Pour personne"))
    db.session.commit()
    assert "Pour personne" not in client.get("/menus").text


def test_a_school_apart_has_its_own_menu(client: FlaskClient) -> None:
    school = db.session.scalars(sa.select(models.School)).first()
    assert school is not None
    publications.menu(MONDAY, publications.dish("Pour tous"))
    publications.menu(MONDAY, publications.dish("Chez nous"), school_id=school.id)
    db.session.commit()
    common, own = client.get("/menus").text, client.get(f"/menus?ecole={school.id}").text
    assert "Pour tous" in common and "Chez nous" not in common and school.name in common
    assert "Chez nous" in own and "Pour tous" not in own


def health(home: Household, child: models.Child, **values: Any) -> None:
    by, now = parent(home.claire.account), datetime(2026, 9, 1, tzinfo=PARIS)
    records.save(child, records.HealthFacts(**values), guardian=home.claire, seen=None, by=by, now=now)


def test_a_parent_reads_what_concerns_each_child(client: FlaskClient, app: Flask) -> None:
    meals()
    home = martin()
    tom = factories.child(home.family, "Tom", in_class="CE2")
    factories.guardianship(home.claire, tom)
    health(home, home.lea, allergens=frozenset({Allergen.PEANUTS}))
    health(home, tom, diets=frozenset({Diet.NO_PORK}))
    db.session.commit()
    assert "Léa" not in client.get("/menus").text
    text = factories.sign_in(app.test_client(), home.claire).get("/menus").text
    assert "Léa : arachides dans le dessert" in text
    assert "Tom : sans porc, un autre plat est prévu" in text
    assert "Léa : les allergènes de ce menu ne sont pas encore donnés" in text


def test_nobody_reads_the_health_of_another_child(client: FlaskClient) -> None:
    meals()
    home = martin()
    health(home, home.lea, allergens=frozenset({Allergen.PEANUTS}))
    other = factories.family("Durand")
    stranger = factories.parent(other, factories.child(other, "Zoé"), email="ines@villars.example")
    factories.sign_in(client, stranger)
    assert "Léa" not in client.get("/menus").text


# -- state of the service -----------------------------------------------------------------------


def interruption(announced: datetime, starts: datetime, ends: datetime) -> None:
    db.session.add(
        models.Interruption(what="Entretien", announced_at=announced, starts_at=starts, ends_at=ends)
    )
    db.session.commit()


def test_a_planned_interruption_is_told_on_every_page_until_its_end(client: FlaskClient, app: Flask) -> None:
    start = datetime(2026, 9, 8, 20, 0, tzinfo=PARIS)
    interruption(datetime(2026, 9, 7, 9, 0, tzinfo=PARIS), start, start + timedelta(hours=2))
    for url in ("/", "/connexion", "/menus"):
        assert "Entretien</strong>, le mardi 8 septembre 2026, de 20 h à 22 h." in client.get(url).text
    assert "Interruptions prévues" in client.get("/etat-du-service").text
    app.extensions["clock"].set(start + timedelta(hours=1))
    assert "Interruption en cours" in client.get("/etat-du-service").text
    app.extensions["clock"].set(start + timedelta(hours=2))
    assert "Entretien" not in client.get("/").text
    assert "Ces trois derniers mois" in client.get("/etat-du-service").text


def test_an_interruption_not_announced_is_not_told(client: FlaskClient) -> None:
    start = datetime(2026, 9, 18, 20, 0, tzinfo=PARIS)
    interruption(start - timedelta(days=2), start, start + timedelta(hours=2))
    assert "Entretien" not in client.get("/").text


# -- queries -----------------------------------------------------------------------------------


def test_queries_do_not_grow_with_what_is_published(client: FlaskClient, app: Flask) -> None:
    def grow(number: int) -> None:
        image = publications.picture(app, f"Image {number}")
        news(f"n{number}", MONDAY, picture=image, school_class=None)
        page(f"p{number}")
        publications.town_document(app, f"d{number}")
        day = MONDAY + timedelta(days=number)
        publications.menu(day, publications.dish("Plat"), publications.dish("Riz", Course.SIDE))
        db.session.commit()

    grow(0)
    few = counted(client)
    for number in (1, 3, 4):
        grow(number)
    assert counted(client) == few
    assert max(few.values()) <= 6, few


def counted(client: FlaskClient) -> dict[str, int]:
    return {url: len(queries_of(client, url)) for url in ("/", *OPEN)}
