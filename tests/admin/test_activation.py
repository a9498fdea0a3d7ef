"""« Activer les comptes »: who is listed, in which state, what is sent, once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

import jobs
import models
from extensions import db
from rules.vocabulary import Role
from tests import factories
from tests.admin.agents import Agent, said
from tests.queries import queries_of

PAGE = "activation/"


@pytest.fixture
def agent(app):
    return Agent(app, Role.EDUCATION)


def an_adult(name: str = "Martin", *, in_class: str = "CP", email: bool = True) -> models.Guardian:
    family = factories.family(name)
    address = f"{name.lower()}@villars.example" if email else None
    adult = factories.guardian(family, email=address, payer=True)
    factories.guardianship(adult, factories.child(family, f"Enfant{name}", in_class=in_class))
    db.session.commit()
    return adult


def send(agent: Agent, *adults: models.Guardian, **data: object):
    shown = re.search(r'name="vu" value="([^"]+)"', agent.text(PAGE))
    sent = {"rowid": [adult.id for adult in adults], "vu": shown[1] if shown else "", "confirme": "oui"}
    return agent.post(f"{PAGE}envoyer/", **(sent | data))


def after(agent: Agent, answer) -> str:
    assert answer.status_code == 303
    return said(agent.client.get(answer.location))


def mails() -> list[models.Outbox]:
    return list(db.session.scalars(sa.select(models.Outbox).order_by(models.Outbox.id)))


def test_adults_with_an_email_and_no_active_account_are_listed(agent):
    an_adult("Martin")
    an_adult("Papier", email=False)
    factories.parent(factories.family("Active"), email="active@villars.example")
    db.session.commit()
    page = agent.text(PAGE)
    assert "martin@villars.example" in page
    assert "EnfantMartin (CP)" in page
    assert "Pas encore envoyé" in page
    assert "Papier" not in page and "active@villars.example" not in page
    assert "personne ici ne le voit ni ne le choisit" in page


def test_a_batch_is_sent_and_no_password_shows(app, agent):
    one, two = an_adult("Martin"), an_adult("Haddad")
    page = after(agent, send(agent, one, two))
    assert "2 mots de passe provisoires partent par courriel" in page
    assert page.count('badge accent">Envoyé') == 2
    assert "expire le lundi 21 septembre 2026 à 10 h" in page
    jobs.drain_outbox(app.extensions["clock"].now())
    passwords = [re.search(r"provisoire : (\S+)", mail.body)[1] for mail in app.extensions["mail"].sent]
    assert len(set(passwords)) == 2
    assert not any(password in agent.text(PAGE) for password in passwords)


def test_sending_is_asked_first(agent):
    adult = an_adult()
    assert "Envoyer un mot de passe provisoire" in said(send(agent, adult, confirme=""))
    assert not mails()


def test_a_second_click_sends_nothing_more(agent):
    adult = an_adult()
    shown = re.search(r'name="vu" value="([^"]+)"', agent.text(PAGE))[1]
    send(agent, adult, vu=shown)
    page = after(agent, send(agent, adult, vu=shown))
    assert "1 compte déjà servi" in page
    assert len(mails()) == 1


def test_sending_again_later_replaces_the_first(app, agent):
    adult = an_adult()
    send(agent, adult)
    app.extensions["clock"].advance(timedelta(days=20))
    assert "Expiré" in agent.text(PAGE)
    send(agent, adult)
    assert len(mails()) == 2
    assert "Expiré" not in re.sub(r"<option.*?</option>", "", agent.text(PAGE))


def test_an_active_account_is_left_alone(agent):
    adult = factories.parent(factories.family("Active"), email="active@villars.example")
    an_adult()
    db.session.commit()
    assert "1 compte déjà servi" in after(agent, send(agent, adult))
    assert not mails()


def test_a_shared_email_is_refused_by_name_and_the_others_leave(agent):
    first, second = an_adult("Martin"), an_adult("Haddad")
    holder = factories.account(email="haddad@villars.example", name="Karim Haddad")
    first.account, first.email = holder, "autre@villars.example"
    holder.must_change_password = True
    db.session.commit()
    third = an_adult("Roux")
    page = after(agent, send(agent, second, third))
    assert "1 mot de passe provisoire part par courriel" in page
    assert "L’adresse haddad@villars.example est déjà celle de Claire Martin" in page


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ("classe=CP", {"Martin"}),
        ("classe=PS", {"Haddad"}),
        ("ecole=PS", {"Haddad"}),
        ("etat=not_sent", {"Haddad"}),
        ("etat=sent", {"Martin"}),
        ("etat=expired", set()),
        ("nom=HADDÂD", {"Haddad"}),
        ("", {"Martin", "Haddad"}),
    ],
)
def test_filters(agent, asked, listed):
    adult = an_adult("Martin")
    an_adult("Haddad", in_class="PS")
    send(agent, adult)
    for name in ("CP", "PS"):
        room = factories.school_class(name)
        asked = asked.replace(f"classe={name}", f"classe={room.id}")
        asked = asked.replace(f"ecole={name}", f"ecole={room.school_id}")
    page = agent.text(f"{PAGE}?{asked}")
    assert {name for name in ("Martin", "Haddad") if f"Enfant{name}" in page} == listed


def test_a_family_shows_all_its_adults_with_their_state(agent):
    family = an_adult().family
    factories.parent(family, first_name="Paul", email="paul@villars.example")
    db.session.commit()
    page = agent.text(f"{PAGE}?famille={family.id}")
    assert '<span class="badge good">Actif' in page
    assert page.count('name="rowid"') == 1


def test_the_family_page_activates_its_adults(agent):
    family = an_adult().family
    page = agent.text(f"familles/detail/?id={family.id}")
    assert "Activer les comptes<" in page
    answer = agent.post("familles/activer/", id=family.id, confirme="oui")
    assert "part par courriel à martin@villars.example" in said(agent.client.get(answer.location))
    assert len(mails()) == 1


@pytest.mark.parametrize(
    "wrong", [{"rowid": "abc"}, {"rowid": ["1"] * 51}, {"vu": "hier"}, {"vu": "2026-09-07"}]
)
def test_forged_values_are_refused(agent, wrong):
    assert send(agent, an_adult(), **wrong).status_code == 400
    assert not mails()


def test_nobody_ticked_is_said(agent):
    an_adult()
    assert "Cochez au moins un adulte" in after(agent, send(agent))


@pytest.mark.parametrize("role", [Role.FINANCE, Role.CANTEEN, Role.READER])
def test_others_do_not_enter(app, role):
    agent = Agent(app, role)
    assert agent.get(PAGE).status_code == 403
    assert agent.post(f"{PAGE}envoyer/").status_code == 403


def test_without_its_token_nothing_is_sent(agent):
    adult = an_adult()
    data = {"rowid": adult.id, "vu": "2026-09-07T10:00:00+02:00", "confirme": "oui"}
    assert agent.client.post(f"/admin/{PAGE}envoyer/", data=data).status_code == 400
    assert not mails()


def test_queries_do_not_grow_with_the_adults(agent):
    an_adult()
    before = len(queries_of(agent.client, f"/admin/{PAGE}"))
    for number in range(5):
        an_adult(f"Autre{number}")
    send(agent, *db.session.scalars(sa.select(models.Guardian).limit(3)))
    assert len(queries_of(agent.client, f"/admin/{PAGE}")) == before
