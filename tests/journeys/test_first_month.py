"""The first month, from an empty town to a paid-for PDF: the story of the product as a test.

Everything goes through HTTP as a browser without scripts would do it, on both engines; the total
is worked out here, from the habits of the family and the printed grid, and never from the portal.
"""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask
from pypdf import PdfReader

import jobs
import models
from extensions import db
from rules.vocabulary import Role
from tests import factories
from tests.journeys.walker import Walker

PARIS = ZoneInfo("Europe/Paris")
PARENT, PASSWORD = "nadia.durand@villars.example", "Soleil-de-Villars-26"
FAMILY = """numero_famille;adresse;code_postal;commune;resp1_civilite;resp1_nom;resp1_prenom;resp1_lien;\
resp1_courriel;resp1_payeur;quotient;quotient_effet;quotient_origine;enfant_nom;enfant_prenom;\
enfant_naissance;ecole;classe;niveau;services;depuis
77;12 rue de l’Église;42390;Villars;Mme;Durand;Nadia;mère;{parent};oui;712,50;01/09/2026;CAF;Durand;Aïcha;\
04/05/2020;École Jules Ferry;CP;CP;Cantine, Garderie du soir;01/09/2026
77;12 rue de l’Église;42390;Villars;Mme;Durand;Nadia;mère;{parent};oui;712,50;01/09/2026;CAF;Durand;Bilal;\
11/11/2017;École Jules Ferry;CE2;CE2;Cantine, Garderie du soir;01/09/2026
"""

# The Toussaint holidays start on Saturday 17 October; there is no school on Wednesdays.
AICHA = [date(2026, 10, d) for d in (1, 2, 5, 6, 8, 9, 12, 13, 15, 16)]  # every school day
BILAL = [date(2026, 10, d) for d in (1, 6, 8, 13, 15)]  # Tuesdays and Thursdays
CANCELLED, TOO_LATE = date(2026, 10, 16), date(2026, 10, 15)
NO_SHOW = UNBOOKED = date(2026, 10, 5)
EVENING = date(2026, 10, 6)
MEAL, UNBOOKED_MEAL, EVENING_SESSION = 380, 580, 120  # a quotient of 712,50 is in the band from 600 to 900


def expected_total() -> int:
    """Aïcha's meals but the one cancelled, the missed one included, Bilal's, his extra one, one evening."""
    aicha = (len(AICHA) - 1) * MEAL
    bilal = len(BILAL) * MEAL + UNBOOKED_MEAL
    return aicha + bilal + EVENING_SESSION


def test_the_first_month(app: Flask, tmp_path: Path) -> None:
    agent, parent = Walker(app, "192.0.2.10"), Walker(app, "192.0.2.20")
    factories.sign_in(agent.client, factories.staff(Role.ADMINISTRATOR))
    staff_import_and_activate(app, agent, tmp_path)
    first_sign_in(app, parent)
    children = {child.first_name: child.id for child in db.session.query(models.Child)}
    book_a_period(parent, children["Aïcha"], ["1", "2", "4", "5"], AICHA)
    book_a_period(parent, children["Bilal"], ["2", "4"], BILAL)
    change_before_and_after_the_cutoff(app, parent, children["Aïcha"])
    take_attendance(app, agent, children)
    number = prepare_and_issue(app, agent)
    parent_reads_the_invoice(app, parent, number)


def at(app: Flask, *moment: int) -> None:
    app.extensions["clock"].set(datetime(*moment, tzinfo=PARIS))


def mails(app: Flask) -> list:
    """Send what waits, and return the parent's letters."""
    jobs.drain_outbox(app.extensions["clock"].now())
    return [mail for mail in app.extensions["mail"].sent if mail.recipient == PARENT]


def staff_import_and_activate(app: Flask, agent: Walker, folder: Path) -> None:
    source = folder / "familles.csv"
    source.write_text(FAMILY.format(parent=PARENT), encoding="cp1252")
    result = app.test_cli_runner().invoke(args=["import-families", str(source)])
    assert result.exit_code == 0, result.output
    agent.open("/admin/activation/")
    assert "Nadia Durand" in agent.text
    form = agent.form("rowid", "vu")
    agent.send(form, rowid=form.boxes["rowid"], confirme="oui")


def first_sign_in(app: Flask, parent: Walker) -> None:
    [letter] = mails(app)
    provisional = re.search(r"[Mm]ot de passe provisoire[^:]*:\s*(\S+)", letter.body)
    assert provisional, letter.body
    parent.open("/espace/")
    parent.send(parent.form("email", "password"), email=PARENT, password=provisional[1])
    assert parent.page.request.path == "/espace/mot-de-passe"
    form = parent.form("new_password", "new_password_confirm")
    sent = {"new_password": PASSWORD, "new_password_confirm": PASSWORD}
    if "password" in form.fields:
        sent["password"] = provisional[1]
    parent.send(form, **sent)
    assert parent.page.request.path == "/espace/cgu"
    form = next(f for f in parent.forms() if f.boxes)
    parent.send(form, **form.boxes)
    assert parent.page.request.path == "/espace/"
    assert "Aïcha" in parent.text
    assert "Bilal" in parent.text


def book_a_period(parent: Walker, child_id: int, weekdays: list[str], days: list[date]) -> None:
    parent.open(f"/espace/enfants/{child_id}/reservations/cantine/periode")
    parent.send(
        parent.form("jours", "du"), jours=weekdays, semaines="1", du="2026-10-01", jusquau="2026-10-31"
    )
    form = parent.form("jour")
    assert form.fields["jour"] == [day.isoformat() for day in days]
    parent.send(form)
    assert parent.page.request.path.startswith("/espace/recus/")
    assert "R2026-" in parent.text


def change_before_and_after_the_cutoff(app: Flask, parent: Walker, child_id: int) -> None:
    calendar = f"/espace/enfants/{child_id}/reservations/cantine?mois=2026-10"
    at(app, 2026, 10, 7, 23, 59, 59)
    parent.open(calendar)
    form = parent.form("vu")
    stale = dict(form.fields)
    parent.send(form, jour=without(form.fields["jour"], CANCELLED), etape="enregistrer")
    assert parent.page.request.path.startswith("/espace/recus/")
    at(app, 2026, 10, 8, 0, 0, 0)
    parent.open(calendar)
    form = parent.form("csrf_token")
    form.action, form.fields = calendar, stale | {"csrf_token": form.fields["csrf_token"]}
    kept = without(without(stale["jour"], CANCELLED), TOO_LATE)
    parent.send(form, expect=422, jour=kept, etape="enregistrer")
    assert "mercredi 7 octobre à 23 h 59" in parent.text


def without(days: list[str], day: date) -> list[str]:
    return [each for each in days if each != day.isoformat()]


def take_attendance(app: Flask, agent: Walker, children: dict[str, int]) -> None:
    at(app, 2026, 10, 5, 12, 30)
    close_sheet(agent, "cantine", "CP", NO_SHOW, set())
    close_sheet(agent, "cantine", "CE2", UNBOOKED, {children["Bilal"]})
    at(app, 2026, 10, 6, 18, 0)
    close_sheet(agent, "garderie-du-soir", None, EVENING, {children["Aïcha"]})


def close_sheet(agent: Walker, slug: str, room: str | None, day: date, present: set[int]) -> None:
    agent.open(f"/admin/presences-du-jour/?jour={day.isoformat()}")
    school_class = factories.school_class(room or "CP")
    wanted = {"activite": str(factories.activity(slug).id), "ecole": str(school_class.school_id)}
    if room:
        wanted["classe"] = str(school_class.id)
    form = next(f for f in agent.forms() if wanted.items() <= {k: v[0] for k, v in f.fields.items()}.items())
    agent.send(form)
    form = agent.form("present")
    agent.send(form, present=[str(child) for child in present], action="clore")


def prepare_and_issue(app: Flask, agent: Walker) -> str:
    at(app, 2026, 10, 31, 23, 59, 59)
    agent.open("/admin/facturation/?mois=2026-10")
    at(app, 2026, 11, 2, 9, 0)
    agent.open("/admin/facturation/?mois=2026-10")
    prepare = next(f for f in agent.forms() if f.action.endswith("/preparer/"))
    agent.send(prepare)
    agent.open("/admin/facturation/emettre/?mois=2026-10")
    agent.send(agent.form("announced_on"), announced_on="2026-11-02", confirme="oui")
    [invoice] = db.session.query(models.Invoice)
    assert invoice.total_cents == expected_total()
    return invoice.number


def parent_reads_the_invoice(app: Flask, parent: Walker, number: str) -> None:
    letter = mails(app)[-1]
    assert f"/espace/factures/{number}" in letter.body
    parent.open("/espace/factures")
    if "/connexion" in parent.page.request.path:  # a month later the session is over
        parent.send(parent.form("email", "password"), email=PARENT, password=PASSWORD)
        parent.open("/espace/factures")
    assert number in parent.text
    parent.open(f"/espace/factures/{number}")
    page = parent.text.replace("\u00a0", " ")
    assert "60,20 €" in page
    for words in ("Absence non justifiée", "Présent sans réservation", "Garderie du soir", "712,50"):
        assert words in page, words
    printed = parent.open(f"/espace/factures/{number}.pdf")
    assert printed.mimetype == "application/pdf"
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(printed.data)).pages)
    assert number in text
    assert "60,20" in text.replace("\u00a0", " ")
    assert "Nadia Durand" in text


def test_the_sum_of_the_story_is_the_one_printed() -> None:
    assert expected_total() == 6020


def test_the_same_file_twice_changes_nothing(app: Flask, tmp_path: Path) -> None:
    source = tmp_path / "familles.csv"
    source.write_text(FAMILY.format(parent=PARENT), encoding="utf-8")
    app.test_cli_runner().invoke(args=["import-families", str(source)])
    before = [(row.id, row.verb) for row in db.session.query(models.History)]
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["import-families", str(source)])
    assert result.exit_code == 0
    assert [(row.id, row.verb) for row in db.session.query(models.History)] == before
    assert db.session.query(models.Child).count() == 2
