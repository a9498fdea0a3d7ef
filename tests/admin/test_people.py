"""Families, adults, children: the generated forms call the operations, which refuse in French."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

import models
from extensions import db
from rules.vocabulary import CustodyKind, Role
from tests import factories
from tests.admin.agents import Agent, said


@pytest.fixture
def agent(app):
    return Agent(app)


ADULT = {"civility": "mme", "last_name": "Petit", "first_name": "Anne"}


def test_a_families_page_answers_a_phone_call(agent):
    family = factories.family("Martin", qf="622.50")
    child = factories.child(family, "Léa")
    factories.parent(family, child, payer=True, email="claire@villars.example")
    factories.booking(child, date(2026, 9, 14))
    page = agent.text(f"familles/detail/?id={family.id}")
    for expected in (
        "Mme Claire Martin",
        "Léa Martin",
        "CP · École Jules Ferry",
        "622,50",
        "14/09/2026",
        "Actif",
    ):
        assert expected in page


def test_a_child_arrives_with_class_and_activities(agent):
    family = factories.family("Petit")
    canteen, school_class = factories.activity(), factories.school_class("CE2")
    answer = agent.post(
        "enfants/nouveau/", family=family.id, last_name="Petit", first_name="Tom", birth_date="2018-02-03",
        first_day="2026-09-07", school_class=school_class.id, level="ce2", activities=canteen.id,
    )  # fmt: skip
    assert answer.status_code == 302, said(answer)
    [child] = db.session.scalars(sa.select(models.Child))
    assert child.custodies[0].family_id == family.id
    assert child.schoolings[0].school_class.name == "CE2"
    assert [row.activity.slug for row in child.enrolments] == ["cantine"]


def test_two_adults_never_share_an_address(agent):
    family = factories.family("Petit")
    factories.guardian(family, "Claire", email="claire@villars.example")
    answer = agent.post("adultes/nouveau/", family=family.id, email="Claire@Villars.example", **ADULT)
    assert answer.status_code == 422
    assert "chaque parent a la sienne" in said(answer)


def test_an_adults_mail_phone_and_payer_go_through_the_operations(agent):
    family = factories.family("Petit")
    first = factories.guardian(family, "Claire", payer=True)
    adult = factories.parent(family, factories.child(family), first_name="Anne", email="anne@villars.example")
    number, former = adult.id, first.id
    data = ADULT | {"email": "nouvelle@villars.example", "mobile_phone": "06.12.34.56.78", "is_payer": "y"}
    assert agent.post(f"adultes/modifier/?id={number}", **data).status_code == 302
    row = db.session.get_one(models.Guardian, number)
    assert (row.email, row.account.email) == ("nouvelle@villars.example",) * 2
    assert row.mobile_phone.replace(" ", "") == "0612345678"
    assert row.is_payer
    assert not db.session.get_one(models.Guardian, former).is_payer
    told = db.session.scalars(sa.select(models.Outbox.recipient)).all()
    assert told == ["anne@villars.example"]


def test_a_family_keeps_a_payer(agent):
    family = factories.family("Petit")
    adult = factories.guardian(family, "Anne", payer=True, last_name="Petit")
    answer = agent.post(f"adultes/modifier/?id={adult.id}", **ADULT)
    assert answer.status_code == 422
    assert "Désignez plutôt le nouveau payeur" in said(answer)


def test_an_account_is_activated_by_a_button_that_asks(agent):
    adult = factories.guardian(factories.family("Petit"), "Anne", email="anne@villars.example")
    number = adult.id
    asked = agent.post("adultes/activer/", id=number)
    assert "Envoyer un mot de passe provisoire" in said(asked)
    agent.post("adultes/activer/", id=number, confirme="oui")
    row = db.session.get_one(models.Guardian, number)
    assert row.account.must_change_password
    assert "Envoyé" in agent.text(f"adultes/detail/?id={number}")
    mail = db.session.scalars(sa.select(models.Outbox)).one()
    assert mail.recipient == "anne@villars.example"


def test_rights_change_and_end_from_the_guardianship(agent):
    family = factories.family("Petit")
    child = factories.child(family)
    row = factories.guardianship(factories.guardian(family, "Anne"), child)
    number = row.id
    data = {"relation": "mother", "call_order": "2", "last_day": "2026-09-07", "has_authority": "y"}
    assert agent.post(f"responsabilites/modifier/?id={number}", **data).status_code == 302
    row = db.session.get_one(models.Guardianship, number)
    assert (row.last_day, row.can_book, row.call_order) == (date(2026, 9, 7), False, 2)
    data["last_day"] = "2020-01-01"
    assert "ne peut pas finir avant" in said(agent.post(f"responsabilites/modifier/?id={number}", **data))


def test_an_alternation_by_parity_warns_of_the_year_of_53_weeks(agent):
    her, him = factories.family("Bernard"), factories.family("Haddad")
    child = factories.child(her)
    data = {"child": child.id, "first_day": "2026-09-07", "kind": "parity", "family": her.id,
            "other_family": him.id, "changeover_weekday": "1"}  # fmt: skip
    assert agent.post("gardes/nouveau/", **data | {"other_family": her.id}).status_code == 422
    assert agent.post("gardes/nouveau/", **data, confirme="oui").status_code == 302
    row = db.session.scalars(sa.select(models.Custody).filter_by(kind=CustodyKind.PARITY)).one()
    assert "53 semaines" in agent.text(f"gardes/detail/?id={row.id}")


def test_a_quotient_is_typed_with_a_comma_and_replaced_the_same_day(agent):
    family = factories.family("Petit")
    data = {"family": family.id, "value": "622,50", "source": "caf", "effective_on": "2026-09-01",
            "received_on": "2026-09-05"}  # fmt: skip
    assert agent.post("quotients/nouveau/", **data).status_code == 302
    [row] = db.session.scalars(sa.select(models.Quotient))
    assert row.value == Decimal("622.50")
    assert 'value="622,5"' in agent.text(f"quotients/modifier/?id={row.id}")
    for wrong in ("abc", "1,234", "-5", "1e99"):
        assert agent.post("quotients/nouveau/", **data | {"value": wrong}).status_code == 422
    assert agent.post(f"quotients/modifier/?id={row.id}", **data | {"value": "700"}).status_code == 302
    assert db.session.scalars(sa.select(models.Quotient.value)).all() == [Decimal(700)]


def test_a_forged_reference_is_refused(agent):
    for forged in ("999999", "abc", "__None", ""):
        answer = agent.post("quotients/nouveau/", family=forged, value="600", source="caf",
                            effective_on="2026-09-01", received_on="2026-09-01")  # fmt: skip
        assert answer.status_code == 422
        assert "Choisissez dans la liste" in said(answer) or "obligatoire" in said(answer)


# -- accounts ------------------------------------------------------------------------------


def role_ids(*roles: Role) -> list[int]:
    names = [role.value for role in roles]
    return list(db.session.scalars(sa.select(models.Role.id).where(models.Role.name.in_(names))))


def test_a_staff_account_is_opened_without_anybody_choosing_its_password(agent):
    page = agent.text("comptes/nouveau/")
    assert 'type="password"' not in page
    data = {
        "email": "cantine@villars.example",
        "display_name": "Cantine",
        "staff_roles": role_ids(Role.CANTEEN),
    }
    assert agent.post("comptes/nouveau/", **data).status_code == 302
    row = db.session.scalars(sa.select(models.Account).filter_by(email=data["email"])).unique().one()
    assert row.must_change_password
    assert [role.name for role in row.roles] == ["canteen"]


def test_roles_change_and_the_history_says_so_but_not_the_password(agent):
    number = factories.staff(Role.CANTEEN).id
    data = {"display_name": "Agent", "active": "y", "staff_roles": role_ids(Role.FINANCE)}
    assert agent.post(f"comptes/modifier/?id={number}", **data).status_code == 302
    row = db.session.scalars(sa.select(models.History).order_by(models.History.id.desc())).first()
    assert row.after["roles"] == ["Finances (régie)"]
    assert "password" not in (row.after or {})


def test_an_administrator_cannot_lock_themselves_out(agent):
    keep = {"display_name": "Moi", "active": "y", "staff_roles": role_ids(Role.ADMINISTRATOR)}
    path = f"comptes/modifier/?id={agent.account_id}"
    assert agent.post(path, **keep | {"staff_roles": role_ids(Role.READER)}).status_code == 422
    assert agent.post(path, display_name="Moi", staff_roles=keep["staff_roles"]).status_code == 422
    assert agent.post(path, **keep).status_code == 302


def test_only_administrators_see_accounts(app):
    for role in (Role.EDUCATION, Role.FINANCE, Role.READER):
        assert Agent(app, role).get("comptes/").status_code == 403
