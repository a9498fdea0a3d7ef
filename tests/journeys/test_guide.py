"""What the parents' guide of Villars promises, each promise to its end: the parent asks, an agent decides,
the letter arrives, and the parent's page has changed. By HTTP, as a browser without scripts.

The first sign-in, the periodic bookings and the month's invoice are in test_first_month.
"""

from __future__ import annotations

import io
import re
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask

import jobs
import models
from extensions import db
from tests import enrolling, factories
from tests.conftest import PARIS
from tests.gateways import files
from tests.journeys.walker import Form, Walker
from tests.operations.sickness import policy
from tests.portal.homes import FRI, MON, THU, TUE, Household, invoice, martin, second_parent

TILES = (
    "Historique de mes démarches", "Mes pièces justificatives", "Mes coordonnées", "Documents de la mairie",
    "Prélèvement", "Quotient familial", "Factures", "Dossier enfant et inscription", "Réservations",
    "Justifier une absence", "Simulateur", "Santé", "Situation et entourage",
)  # fmt: skip
IBAN = "FR14 2004 1010 0505 0001 3M02 606"  # a published example
EVENING = datetime(2026, 9, 15, 17, 0, tzinfo=PARIS)


@pytest.fixture
def home(app: Flask) -> Household:
    household = martin()
    second_parent(household)
    db.session.get_one(models.Commune, 1).ics = "FR72ZZZ123456"
    db.session.commit()
    return household


@pytest.fixture
def parent(app: Flask, home: Household) -> Walker:
    walker = Walker(app, "192.0.2.20")
    factories.sign_in(walker.client, home.claire)
    return walker


@pytest.fixture
def agent(app: Flask) -> Walker:
    walker = Walker(app, "192.0.2.10")
    factories.sign_in(walker.client, factories.staff())
    return walker


def paper(name: str = "photo.jpg") -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(files.image()), name)]


def here(walker: Walker) -> str:
    assert walker.page is not None
    return walker.page.request.path


def asked(parent: Walker, form: Form, **values: object) -> str:
    """Send a démarche; its number."""
    parent.send(form, **values)
    assert here(parent).startswith("/espace/demarches/D"), parent.text
    return here(parent).rsplit("/", 1)[1]


def sent_to(app: Flask, recipient: str, words: str) -> str:
    """The last letter to that address that says this."""
    jobs.drain_outbox(app.extensions["clock"].now())
    found = [
        m for m in app.extensions["mail"].sent if m.recipient == recipient and words in m.subject + m.body
    ]
    assert found, f"no letter to {recipient} says « {words} »"
    return found[-1].body


def accepted(app: Flask, agent: Walker, parent: Walker, number: str, **values: str) -> None:
    """An agent accepts it; the parent is written to, and reads the decision on its page."""
    agent.open(f"/admin/demandes/detail/?id={int(number[-6:])}")
    agent.send(next(f for f in agent.forms() if f.action.split("?")[0].endswith("/accepter/")), **values)
    sent_to(app, "claire@villars.example", f"{number}")
    assert "Acceptée" in parent.open(f"/espace/demarches/{number}").text


def test_thirteen_tiles_each_leading_somewhere(parent: Walker) -> None:
    page = parent.open("/espace/").text
    tiles = dict(re.findall(r'<a class="tile" href="([^"]+)"[^>]*>.*?<strong[^>]*>([^<]+)<', page, re.S))
    assert sorted(tiles.values()) == sorted(TILES)
    for url in tiles:
        assert parent.open(url).status_code == 200, url


def test_telephone_at_once_mail_by_a_link_address_by_the_service(
    app: Flask, parent: Walker, agent: Walker
) -> None:
    parent.open("/espace/coordonnees/telephones")
    parent.send(parent.form("mobile_phone"), mobile_phone="06 39 98 00 42")
    assert "06 39 98 00 42" in parent.text.replace("\u00a0", " ")
    parent.open("/espace/coordonnees/adresse")
    form = parent.form("street", "pieces")
    moved = {"street": "14 rue du Pré", "postcode": "42390", "city": "Villars", "since": "2026-09-08"}
    number = asked(parent, form, **moved, pieces=paper())
    accepted(app, agent, parent, number, **{"valeur-resident": "oui"})
    assert "14 rue du Pré" in parent.open("/espace/coordonnees").text
    assert "vue par le service" in parent.open("/espace/pieces").text.lower()


def test_an_absence_in_two_steps_with_a_photo(
    app: Flask, home: Household, parent: Walker, agent: Walker
) -> None:
    policy()
    for day in (MON, TUE):
        factories.booking(home.lea, day)
    app.extensions["clock"].set(EVENING)
    parent.open("/espace/absences")
    parent.open(f"/espace/absences/justifier?enfant={home.lea.id}")
    parent.send(
        parent.form("jour", "motif"), jour=f"{factories.activity().id}-{MON}", motif="sickness", etape="2"
    )
    parent.send(parent.form("pieces"), pieces=paper(), etape="envoyer")
    claim = db.session.scalars(sa.select(models.AbsenceClaim)).one()
    assert here(parent) == f"/espace/absences/{claim.id}"
    agent.open(f"/admin/absences/detail/?id={claim.id}")
    agent.send(
        next(f for f in agent.forms() if f.action.split("?")[0].endswith("/accepter/")), confirme="oui"
    )
    sent_to(app, "claire@villars.example", "est acceptée")
    sent_to(app, "paul@villars.example", "est acceptée")
    page = parent.open(f"/espace/absences/{claim.id}").text
    assert "Déduit" in page and "Acceptée" in page
    assert "Pas encore vue" not in parent.open("/espace/pieces").text


def test_direct_debit_in_four_steps_until_it_is_in_force(app: Flask, parent: Walker, agent: Walker) -> None:
    parent.open("/espace/prelevement/coordonnees-bancaires")
    parent.send(parent.form("iban"), iban=IBAN, titulaire="moi")
    assert here(parent) == "/espace/prelevement/mandat"
    parent.send(
        next(f for f in parent.forms() if f.method == "post" and not f.action.endswith("deconnexion"))
    )
    mandate = db.session.scalars(sa.select(models.Mandate)).one()
    assert parent.open(f"/espace/prelevement/{mandate.rum}.pdf").mimetype == "application/pdf"
    parent.open("/espace/prelevement/mandat-signe")
    parent.send(parent.form("retour", "pieces"), retour="portal", pieces=paper("mandat.jpg"))
    assert here(parent) == "/espace/prelevement/transmission"
    parent.send(
        next(f for f in parent.forms() if f.method == "post" and not f.action.endswith("deconnexion"))
    )
    assert "Reçu, à vérifier" in parent.text
    agent.open(f"/admin/mandats/modifier/?id={mandate.id}")
    agent.send(agent.form("signed_on"), signed_on="2026-09-01")
    sent_to(app, "claire@villars.example", "est en vigueur")
    assert "En vigueur" in parent.open("/espace/prelevement").text
    assert "Pas encore vue" not in parent.open("/espace/pieces").text


def test_a_quotient_deposited_changes_the_price(
    app: Flask, home: Household, parent: Walker, agent: Walker
) -> None:
    parent.open("/espace/quotient-familial")
    before = meal_price(parent.text)
    form = parent.form("value", "source")
    number = asked(parent, form, value="380", source="caf", period="2026-09", pieces=paper(), etape="envoyer")
    accepted(app, agent, parent, number)
    assert "Ce quotient" in sent_to(app, "claire@villars.example", "acceptée")
    after = meal_price(parent.open("/espace/quotient-familial").text)
    assert before != after


def meal_price(page: str) -> str:
    found = re.search(r"(\d+,\d\d)[\s\u00a0]€ le repas", page)
    assert found, page
    return found[1]


def test_invoices_are_read_downloaded_and_paid(home: Household, parent: Walker) -> None:
    number = invoice(home.family, home.claire, home.lea)
    assert number in parent.open("/espace/factures").text
    assert "Payer cette facture" in parent.open(f"/espace/factures/{number}").text
    assert parent.open(f"/espace/factures/{number}.pdf").data.startswith(b"%PDF")
    page = parent.open(f"/espace/factures/{number}/payer").text
    assert "PayFiP" in page and "buraliste" in page
    assert "Attestation fiscale" in parent.open("/espace/documents-mairie").text


def test_several_children_reserved_on_one_page(home: Household, parent: Walker) -> None:
    hugo = factories.child(home.family, "Hugo")
    factories.guardianship(home.claire, hugo)
    db.session.commit()
    parent.open("/espace/reservations/cantine?semaine=2026-W38")
    names = f"jour-{home.lea.id}", f"jour-{hugo.id}"
    parent.send(parent.form(*names), **{names[0]: [str(THU)], names[1]: [str(FRI)]}, etape="enregistrer")
    assert "/espace/recus" in here(parent), parent.text
    rows = db.session.scalars(sa.select(models.Booking))
    assert {(row.child_id, row.day) for row in rows} == {(home.lea.id, THU), (hugo.id, FRI)}


def test_enrolment_health_and_a_completed_form(
    app: Flask, home: Household, parent: Walker, agent: Walker
) -> None:
    year = db.session.scalars(sa.select(models.SchoolYear)).first()
    enrolling.campaign(year, opens_on=year.first_day, closes_on=year.last_day, documents_by=year.last_day)
    db.session.commit()
    parent.open(f"/espace/enfants/{home.lea.id}/inscriptions")
    form = parent.form("activites")
    accepted(app, agent, parent, asked(parent, form, activites=form.boxes["activites"]))
    parent.open(f"/espace/enfants/{home.lea.id}/sante")
    parent.send(parent.form("allergies", "vu"), allergies=["nuts"], pai="non")
    assert "enregistrée et confirmée" in parent.text
    parent.open("/espace/demarches/nouvelle/formulaire?titre=Autorisation+de+rentrer+seul")
    accepted(app, agent, parent, asked(parent, parent.form("titre", "pieces"), enfant="", pieces=paper()))


def test_a_new_member_and_a_new_situation(app: Flask, parent: Walker, agent: Walker) -> None:
    parent.open("/espace/demarches/nouvelle/nouveau-membre?qui=enfant")
    told = {"prenom": "Zoé", "nom": "Martin", "naissance": "2026-08-30", "lien": "mother"}
    told |= dict.fromkeys(("ecole", "niveau", "autre", "lien_autre"), "")  # the first choice of each list
    accepted(app, agent, parent, asked(parent, parent.form("prenom", "naissance"), **told, pieces=paper()))
    assert "Zoé Martin" in parent.open("/espace/famille").text
    parent.open("/espace/situation")
    form = parent.form("about", "since")
    said = {"about": form.boxes["about"][2], "since": "2026-09-01", "occupation": "Infirmière"}
    accepted(app, agent, parent, asked(parent, form, **said))
    assert "Infirmière" in parent.open("/espace/situation").text


def test_a_contact_is_on_the_evening_list(app: Flask, home: Household, parent: Walker, agent: Walker) -> None:
    app.extensions["clock"].set(EVENING)
    parent.open(f"/espace/entourage/contacts/nouveau?enfant={home.lea.id}")
    form = parent.form("first_name", "may_collect")
    parent.send(form, first_name="Rose", last_name="Fontaine", phone="06 39 98 77 11", may_collect="y")
    assert "Rose Fontaine" in parent.text
    agent.open(f"/admin/presences-du-jour/?jour={EVENING.date()}")
    evening = str(factories.activity("garderie-du-soir").id)
    agent.send(next(f for f in agent.forms() if f.fields.get("activite") == [evening]))
    assert "Rose Fontaine" in agent.text


def test_messages_calendar_and_my_data(parent: Walker) -> None:
    parent.open("/espace/notifications")
    parent.send(parent.form("messages"), messages=[])
    assert "enregistré" in parent.text
    parent.open("/espace/agenda")
    parent.send(
        next(f for f in parent.forms() if f.method == "post" and not f.action.endswith("deconnexion"))
    )
    feed = re.search(r"/espace/agenda/[\w-]+\.ics", parent.text)
    assert feed and parent.open(feed[0]).text.startswith("BEGIN:VCALENDAR")
    parent.open("/espace/mes-donnees")
    assert "Télécharger mes données" in parent.text


def test_the_public_space_needs_no_account(app: Flask) -> None:
    visitor = Walker(app)
    assert "https://www.villars.fr" in visitor.open("/").text
    for url in ("/actualites", "/infos-pratiques", "/menus", "/tarifs", "/simulateur", "/documents"):
        assert visitor.open(url).status_code == 200, url
    assert "/connexion" in visitor.open("/espace/").request.path
