import sqlalchemy as sa

import models
from extensions import db
from rules.vocabulary import Role
from tests.signin.visitor import PASSWORD, Visitor, an_account, now


def publish(app, name: str) -> None:
    db.session.add(models.CguVersion(name=name, body="Nouvelle règle.", published_at=now(app)))
    db.session.commit()


def acceptances() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count(models.CguAcceptance.id)))


def signed_in(app, email: str) -> Visitor:
    visitor = Visitor(app)
    assert visitor.sign_in(email, PASSWORD).status_code == 302
    return visitor


def test_without_the_tick_the_server_refuses(app):
    parent = signed_in(app, an_account(app, cgu=False))
    answer = parent.accept_cgu(accepte="")
    assert answer.status_code == 422 and "Cochez la case" in answer.text
    assert acceptances() == 0 and parent.get("/espace/").location == "/espace/cgu?next=/espace/"


def test_a_new_version_asks_again_even_in_an_open_session(app):
    parent = signed_in(app, an_account(app))
    assert parent.get("/espace/cgu").status_code == 200
    assert "Vous avez accepté cette version." in parent.get("/espace/cgu").text
    assert parent.get("/connexion/choix").location == "/espace/"
    publish(app, "Version 2")
    assert parent.get("/connexion/choix").location == "/espace/cgu"
    assert "Nouvelle règle." in parent.get("/espace/cgu").text
    assert parent.accept_cgu(next="/espace/factures").location == "/espace/factures"
    assert parent.get("/connexion/choix").location == "/espace/"
    assert acceptances() == 2


def test_a_version_published_meanwhile_is_shown_not_accepted_unread(app):
    parent = signed_in(app, an_account(app, cgu=False))
    older = db.session.scalars(sa.select(models.CguVersion.id)).one()
    publish(app, "Version 2")
    answer = parent.accept_cgu(version=str(older))
    assert answer.status_code == 422 and "nouvelle version" in answer.text
    assert acceptances() == 0


def test_the_next_page_is_kept_inside_the_portal(app):
    parent = signed_in(app, an_account(app, cgu=False))
    assert parent.accept_cgu(next="//mechant.example/").location == "/connexion/choix"


def test_an_agent_without_family_is_not_asked_for_the_staff_side(app):
    agent = signed_in(app, an_account(app, roles=[Role.EDUCATION], guardian=False, cgu=False))
    assert agent.get("/connexion/choix").location == "/admin/"
    assert agent.get("/espace/").location == "/espace/cgu?next=/espace/"


def test_an_agent_who_is_a_parent_accepts_then_chooses_a_side(app):
    agent = signed_in(app, an_account(app, roles=[Role.EDUCATION], cgu=False))
    assert agent.get("/admin/").location == "/espace/cgu?next=/admin/"
    agent.accept_cgu()
    page = agent.get("/connexion/choix").text
    assert 'href="/espace/"' in page and 'href="/admin/"' in page


def test_what_one_person_accepted_is_not_remembered_for_the_next(app):
    first = an_account(app)
    second = an_account(app, email="paul.martin@villars.example", cgu=False)
    shared = signed_in(app, first)
    assert shared.get("/connexion/choix").location == "/espace/"
    shared.post("/deconnexion", "/espace/cgu")
    shared.sign_in(second, PASSWORD)
    assert shared.get("/connexion/choix").location == "/espace/cgu"
