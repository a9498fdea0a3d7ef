"""Plain grids: the history in the same transaction, refusals in French, deletions asked first."""

from __future__ import annotations

import gettext
from datetime import date

import pytest
import sqlalchemy as sa

import models
from config import ROOT
from extensions import db
from operations import history
from rules.vocabulary import MailState, Role
from tests import factories
from tests.admin.agents import TOKEN, Agent, said


@pytest.fixture
def agent(app):
    return Agent(app)


def journal() -> list[models.History]:
    return list(db.session.scalars(sa.select(models.History).order_by(models.History.id)))


FAMILY = {
    "name": "Petit",
    "street": "2 rue du Four",
    "postcode": "42390",
    "city": "Villars",
    "country": "France",
}
SCHOOL = FAMILY | {"name": "École du Bois", "kind": "nursery"}


def test_creating_editing_and_deleting_leave_their_history(agent):
    assert agent.post("ecoles/nouveau/", **SCHOOL).status_code == 302
    row = db.session.scalars(sa.select(models.School).filter_by(name="École du Bois")).one()
    assert (
        agent.post(f"ecoles/modifier/?id={row.id}", **SCHOOL | {"phone": "04 77 00 00 00"}).status_code == 302
    )
    created, modified = journal()[-2:]
    assert (created.verb, created.subject_name, created.by_id) == (
        "Création",
        "École du Bois",
        agent.account_id,
    )
    assert created.after["city"] == "Villars"
    assert (modified.verb, modified.before, modified.after) == (
        "Modification",
        {"phone": ""},
        {"phone": "04 77 00 00 00"},
    )
    page = agent.text(f"historique/detail/?id={modified.id}")
    assert "Téléphone" in page
    assert "04 77 00 00 00" in page


def test_saving_without_a_change_writes_nothing(agent):
    agent.post("ecoles/nouveau/", **SCHOOL)
    row = db.session.scalars(sa.select(models.School).filter_by(name="École du Bois")).one()
    before = len(journal())
    agent.post(f"ecoles/modifier/?id={row.id}", **SCHOOL)
    assert len(journal()) == before


def test_no_history_no_change(agent, monkeypatch):
    """The history row is in the transaction of the change: when it fails, nothing has changed."""
    row = factories.family("Martin")
    number = row.id

    def broken(*_args: object, **_options: object) -> None:
        raise RuntimeError("no journal")

    monkeypatch.setattr(history, "record", broken)
    assert agent.post(f"familles/modifier/?id={number}", **FAMILY).status_code == 500
    assert db.session.get_one(models.Family, number).name == "Martin"


def test_a_deletion_is_asked_first_even_without_script(agent):
    family = factories.family()
    contact = models.Contact(
        child=factories.child(family), family=family, last_name="Roux", first_name="Anne", phone="0477000000",
        may_collect=True, call_order=1,
    )  # fmt: skip
    db.session.add(contact)
    db.session.flush()
    number = contact.id
    asked = agent.post("contacts/supprimer/", id=number)
    assert asked.status_code == 200
    assert "Supprimer définitivement" in said(asked)
    assert db.session.get(models.Contact, number) is not None
    assert agent.delete("contacts", number).status_code == 302
    assert db.session.get(models.Contact, number) is None
    assert journal()[-1].verb == "Suppression"
    assert journal()[-1].before["last_name"] == "Roux"


def test_what_others_refer_to_is_not_deleted_and_the_sentence_says_why(agent):
    school_class = factories.school_class()
    factories.child(factories.family())
    answer = agent.client.post(
        "/admin/classes/supprimer/", data=_with_token(agent, id=school_class.id), follow_redirects=True
    )
    assert "lié à d’autres" in said(answer)
    assert db.session.get(models.SchoolClass, school_class.id) is not None


def _with_token(agent: Agent, **data: object) -> dict[str, object]:
    return {"csrf_token": TOKEN.search(agent.get("").text)[1], "confirme": "oui", **data}


@pytest.mark.parametrize(
    ("path", "data", "sentence"),
    [
        ("ecoles/nouveau/", SCHOOL | {"name": "École Jules Ferry"}, "Ce nom est déjà pris."),
        ("annees-scolaires/nouveau/", {"name": "2030", "first_day": "2030-09-01", "last_day": "2030-08-01"},
         "L’année scolaire finit après avoir commencé."),
        ("fermetures/nouveau/", {"name": "Grève", "first_day": "2026-10-02", "last_day": "2026-10-01",
                                 "effect": "closed"}, "Le dernier jour ne peut pas précéder le premier."),
    ],
)  # fmt: skip
def test_a_constraint_speaks_french_beside_its_field(agent, path, data, sentence):
    answer = agent.post(path, **data)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert "field-error" in answer.text


def test_a_missing_field_is_named_and_what_was_typed_stays(agent):
    answer = agent.post("ecoles/nouveau/", **SCHOOL | {"street": "   "})
    assert answer.status_code == 422
    page = said(answer)
    assert "Ce champ est obligatoire." in page
    assert 'value="École du Bois"' in page


def test_an_address_comes_from_the_title_and_a_page_is_dated(agent):
    agent.post("pages/nouveau/", title="La garderie du soir", body="Texte", position="1")
    row = db.session.scalars(sa.select(models.Page).filter_by(title="La garderie du soir")).one()
    assert (row.slug, row.updated_on) == ("la-garderie-du-soir", date(2026, 9, 7))


def test_a_published_version_of_the_cgu_does_not_change(agent):
    [row] = db.session.scalars(sa.select(models.CguVersion))
    data = {"name": "Version 1", "body": "Autre chose"}
    assert agent.post(f"cgu/modifier/?id={row.id}", **data).status_code == 403
    assert agent.delete("cgu", row.id).status_code == 403
    assert (
        agent.post("cgu/nouveau/", name="V2", body="Texte", published_at="2026-09-07T09:00").status_code
        == 422
    )
    assert (
        agent.post("cgu/nouveau/", name="V2", body="Texte", published_at="2026-09-08T08:00").status_code
        == 302
    )
    draft = db.session.scalars(sa.select(models.CguVersion).filter_by(name="V2")).one()
    assert agent.post(f"cgu/modifier/?id={draft.id}", name="V2", body="Mieux").status_code == 302


def test_the_commune_is_one_row_that_its_administrator_edits(app):
    assert Agent(app).get("commune/").location.endswith("/admin/commune/detail/?id=1")
    assert Agent(app, Role.EDUCATION).get("commune/modifier/?id=1").status_code == 403
    page = Agent(app).text("commune/modifier/?id=1")
    assert 'value="15,00"' in page


# -- mails --------------------------------------------------------------------------------


def mail(**options: object) -> models.Outbox:
    row = models.Outbox(
        **{
            "kind": "test", "idempotency_key": "k", "recipient": "a@villars.example", "subject": "Bonjour",
            "body": "Votre mot de passe : [[secret]]", "state": MailState.FAILED, "attempts": 8,
            "next_try_at": factories.CREATED, "created_at": factories.CREATED,
        }
        | options
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def test_a_mail_is_shown_without_its_secret_and_goes_again_only_whole(agent):
    secret = mail().id
    page = agent.text(f"courriels/detail/?id={secret}")
    assert "••••••" in page
    assert "[[secret]]" not in page
    agent.post("courriels/reessayer/", id=secret)
    assert db.session.get_one(models.Outbox, secret).state is MailState.FAILED
    plain = mail(idempotency_key="l", body="Bonjour").id
    agent.post("courriels/reessayer/", id=plain)
    assert db.session.get_one(models.Outbox, plain).state is MailState.DUE
    assert journal()[-1].verb == "Nouvel essai d’envoi"


def test_the_history_reads_in_french_whatever_wrote_it(agent):
    family = factories.family("Martin")
    data = {"family": family.id, "value": "622,50", "source": "caf", "effective_on": "2026-09-01"}
    agent.post("quotients/nouveau/", **data, received_on="2026-09-05")
    agent.post("ecoles/nouveau/", **SCHOOL)
    quotient, school = journal()[-2:]
    said_of_quotient = agent.text(f"historique/detail/?id={quotient.id}")
    assert "Attestation CAF" in said_of_quotient
    assert "05/09/2026" in said_of_quotient
    assert "Maternelle" in agent.text(f"historique/detail/?id={school.id}")


def test_our_catalogue_fills_the_holes_of_the_one_shipped(app):
    """libraries.md, T13: compiled and read, with its source beside it."""
    folder = ROOT / "admin" / "translations" / "fr" / "LC_MESSAGES"
    with (folder / "admin.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    source = (folder / "admin.po").read_text(encoding="utf-8")
    for english in ("Failed to create record.", "Failed to save record."):
        assert catalogue.gettext(english) != english
        assert english in source
    assert app.extensions["admin"][0].translations_path == str(folder.parent.parent)


@pytest.mark.parametrize("typed", ["0001-01-01", "9999-12-31"])
def test_a_year_that_is_a_slip_is_refused_on_its_field(agent, typed):
    """Days are counted from what is typed: before the first of all days, or after the last, there is none."""
    child = factories.child(factories.family())
    answer = agent.post(f"scolarites/modifier/?id={child.schoolings[0].id}", last_day=typed)
    assert answer.status_code == 422
    assert "Cette année ne convient pas" in said(answer)
    assert f'value="{typed}"' in said(answer)


@pytest.mark.parametrize(
    ("path", "data", "sentence"),
    [
        ("categories/nouveau/", {"family": "²", "name": "X"}, "Choisissez dans la liste"),
        ("quotients/nouveau/", {"value": "1E2147483647"}, "« 1E2147483647 » est trop grand."),
        ("quotients/nouveau/", {"value": "1E-2147483647"}, "2 décimales au plus"),
        ("quotients/nouveau/", {"value": "NaN"}, "« NaN » n’est pas un nombre"),
        ("dates-limites/nouveau/", {"weekday_rows-50-weeks": "2"}, "Ce champ est obligatoire."),
        ("dates-limites/nouveau/", {"weekday_rows-0-weeks": "deux", "weekday_rows-1-weekday": "9"},
         "Choix"),
    ],
)  # fmt: skip
def test_what_a_browser_never_sends_is_refused_all_the_same(agent, path, data, sentence):
    answer = agent.post(path, **data)
    assert answer.status_code == 422
    assert sentence in said(answer)


def test_a_row_that_no_number_names_is_not_found(agent):
    assert agent.get("familles/detail/?id=²").status_code == 404
