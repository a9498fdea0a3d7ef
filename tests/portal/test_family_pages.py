"""« Mon espace » and « Entourage »: who sees whom, what is confirmed, whom to call, who may collect."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask.testing import FlaskClient

import models
from extensions import db
from rules.vocabulary import Role
from tests import factories
from tests.admin.agents import Agent
from tests.conftest import START
from tests.portal.homes import martin, other_family, partner, post, second_parent

EVENING = "garderie-du-soir"


def contacts() -> list[models.Contact]:
    db.session.expire_all()
    order = models.Contact.call_order, models.Contact.id
    return list(db.session.scalars(sa.select(models.Contact).order_by(*order)))


def test_the_members_lead_to_their_files(client: FlaskClient) -> None:
    home = martin()
    paul = second_parent(home)
    home.claire.occupation, paul.occupation = "Infirmière", "Menuisier"
    paul.mobile_phone = "0639981234"
    factories.sign_in(client, home.claire)
    page = client.get("/espace/famille").text
    for name in ("Claire Martin", "Paul Martin", "Léa Martin"):
        assert name in page
    own, his = (client.get(f"/espace/famille/adultes/{who.id}").text for who in (home.claire, paul))
    assert "Infirmière" in own and "Modifier mes coordonnées" in own
    assert "06 39 98 12 34" in his
    assert "Menuisier" not in his and "Modifier" not in his


def test_an_adult_of_another_family_does_not_exist(client: FlaskClient) -> None:
    home, sonia = martin(), other_family()
    factories.sign_in(client, home.claire)
    assert client.get(f"/espace/famille/adultes/{sonia.id}").status_code == 404


def test_a_partner_sees_no_child_nor_contact_of_the_house(client: FlaskClient) -> None:
    home = martin()
    odile = factories.contact(home.lea, home.family)
    factories.sign_in(client, partner(home))
    assert "Léa" not in client.get(f"/espace/famille/adultes/{home.claire.id}").text
    assert "Odile" not in client.get("/espace/entourage").text
    assert client.get(f"/espace/entourage/contacts/{odile.id}").status_code == 404
    assert client.get("/espace/entourage/contacts/nouveau").status_code == 404


def test_je_confirme_keeps_its_date(app, client: FlaskClient) -> None:
    home = martin()
    factories.sign_in(client, home.claire)
    assert post(client, "/espace/famille/confirmer").status_code == 303
    page = client.get("/espace/famille").text
    assert "Vous l’avez confirmé le <strong>lundi 7 septembre 2026</strong>" in page
    post(client, "/espace/famille/confirmer")  # a second click writes nothing more
    verbs = list(db.session.scalars(sa.select(models.History.verb)))
    assert verbs.count("Informations confirmées exactes") == 1
    app.extensions["clock"].set(START.replace(year=2027))
    assert "Une nouvelle confirmation est demandée" in client.get("/espace/famille").text


def new(children: list[models.Child], **more: object) -> dict[str, object]:
    sent: dict[str, object] = {"first_name": "Odile", "last_name": "Roux", "phone": "06 39 98 12 34"}
    return {**sent, "may_collect": "oui", "children": [str(child.id) for child in children], **more}


def test_a_contact_for_two_children_then_for_one(client: FlaskClient) -> None:
    home = martin()
    tom = factories.child(home.family, "Tom")
    factories.guardianship(home.claire, tom)
    factories.sign_in(client, home.claire)
    url = "/espace/entourage/contacts/nouveau"
    assert post(client, url, **new([home.lea, tom])).status_code == 303
    assert {row.child for row in contacts()} == {home.lea, tom}
    page = client.get("/espace/entourage").text
    assert page.count("Odile Roux</strong>") == 2
    removal = f"/espace/entourage/contacts/{contacts()[0].id}/retirer"
    assert post(client, removal).status_code == 422
    assert post(client, removal, children=[str(tom.id)]).status_code == 303
    assert [row.child for row in contacts()] == [home.lea]


def test_a_refused_contact_comes_back_as_typed(client: FlaskClient) -> None:
    home = martin()
    factories.sign_in(client, home.claire)
    answer = post(
        client, "/espace/entourage/contacts/nouveau", **new([home.lea], phone="abc", relation="Tata")
    )
    assert answer.status_code == 422 and "« abc » n’est pas un numéro" in answer.text
    assert 'value="Tata"' in answer.text and 'value="Odile"' in answer.text
    answer = post(client, "/espace/entourage/contacts/nouveau", **new([]))
    assert answer.status_code == 422 and "Cochez au moins un enfant" in answer.text


def test_another_family_s_child_cannot_be_ticked(client: FlaskClient) -> None:
    home, sonia = martin(), other_family()
    theirs = sonia.guardianships[0].child
    factories.sign_in(client, home.claire)
    answer = post(client, "/espace/entourage/contacts/nouveau", **new([theirs]))
    assert answer.status_code == 422 and contacts() == []


def test_separated_parents_each_see_their_own_contacts(client: FlaskClient) -> None:
    home = martin()
    karim = factories.parent(
        factories.family("Haddad"), home.lea, first_name="Karim", email="k@villars.example"
    )
    hers = factories.contact(home.lea, home.family, "Odile")
    factories.contact(home.lea, karim.family, "Nadia", phone="0639985555")
    factories.sign_in(client, karim)
    for page in ("/espace/entourage", f"/espace/enfants/{home.lea.id}"):
        text = client.get(page).text
        assert "Nadia" in text and "Odile" not in text and "Claire" not in text
    for url in ("", "/retirer"):
        assert client.get(f"/espace/entourage/contacts/{hers.id}{url}").status_code == 404
    link = home.claire.guardianships[0]
    assert (
        post(client, f"/espace/entourage/responsables/{link.id}/ordre", sens="descendre").status_code == 404
    )


def test_without_parental_authority_one_only_reads(client: FlaskClient) -> None:
    home = martin()
    odile = factories.contact(home.lea, home.family)
    home.claire.guardianships[0].has_authority = False
    factories.sign_in(client, home.claire)
    page = client.get("/espace/entourage").text
    assert "Odile Roux" in page and "Retirer" not in page and "Ajouter un contact" not in page
    assert client.get(f"/espace/entourage/contacts/{odile.id}").status_code == 404


def test_whom_to_call_first(client: FlaskClient) -> None:
    home = martin()
    paul = second_parent(home)
    rows = [
        factories.contact(home.lea, home.family, name, call_order=i) for i, name in ((1, "Ana"), (2, "Bob"))
    ]
    factories.sign_in(client, home.claire)
    post(client, f"/espace/entourage/contacts/{rows[1].id}/ordre", sens="monter")
    assert [row.first_name for row in contacts()] == ["Bob", "Ana"]
    link = paul.guardianships[0]
    post(client, f"/espace/entourage/responsables/{link.id}/ordre", sens="monter")
    names = re.findall(r"<strong>\d\. ([^<]+)</strong>", client.get("/espace/entourage").text)
    assert names == ["Paul Martin", "Claire Martin", "Bob Roux", "Ana Roux"]
    assert post(client, f"/espace/entourage/contacts/{rows[1].id}/ordre", sens="voler").status_code == 400


def test_the_evening_s_list_follows_at_once(app, client: FlaskClient) -> None:
    home = martin()
    factories.sign_in(client, home.claire)
    post(client, "/espace/entourage/contacts/nouveau", **new([home.lea], relation="Grand-mère"))
    agent = Agent(app, Role.CANTEEN)
    school_id = factories.school_class().school_id
    opening = {
        "ecole": school_id,
        "activite": factories.activity(EVENING).id,
        "jour": START.date().isoformat(),
    }
    sheet = agent.post("presences-du-jour/ouvrir/", **opening).location.removeprefix("/admin/")
    page = agent.text(sheet)
    assert "Claire Martin" in page and "Odile Roux</strong> (grand-mère)" in page
    post(client, f"/espace/entourage/contacts/{contacts()[0].id}/retirer", children=[str(home.lea.id)])
    assert "Odile" not in agent.text(sheet)
