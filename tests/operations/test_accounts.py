from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_security.utils import verify_password

import models
from config import Mode, at
from extensions import db
from operations import accounts, passwords
from operations.actors import SYSTEM, agent
from rules.passwords import Activation
from rules.refusals import Refused
from rules.vocabulary import Role
from tests import factories
from tests.conftest import START

CLAIRE = "claire.martin@villars.example"


def activate(guardian: models.Guardian) -> models.Account:
    return accounts.activate(guardian, by=SYSTEM, now=START)


def letters() -> list[str]:
    return [row.recipient for row in db.session.scalars(sa.select(models.Outbox).order_by(models.Outbox.id))]


def test_an_account_is_tied_to_the_guardian_s_own_email(app):
    guardian = factories.guardian(factories.family(), email=CLAIRE)
    account = activate(guardian)
    assert (account.email, account.display_name, account.guardian) == (CLAIRE, "Claire Martin", guardian)
    assert account.must_change_password and account.provisional_expires_at == START + timedelta(days=14)
    assert account.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert letters() == [CLAIRE]


def test_without_email_there_is_no_account(app):
    guardian = factories.guardian(factories.family())
    with pytest.raises(Refused, match="Claire Martin n’a pas d’adresse de courriel"):
        activate(guardian)
    assert accounts.activation_state(guardian.account, START) is Activation.NOT_SENT


def test_two_adults_never_share_an_email_and_the_refusal_names_the_other(app):
    family = factories.family()
    paul = factories.guardian(family, "Paul", email="paul@villars.example")
    activate(paul)
    paul.email = None  # the account keeps the address it was opened with
    db.session.flush()
    claire = factories.guardian(family, email="paul@villars.example")
    with pytest.raises(Refused, match="déjà celle de Paul Martin"):
        activate(claire)


def test_an_agent_who_is_a_parent_keeps_one_account_and_its_password(app):
    agent = factories.account(email=CLAIRE, roles=[Role.EDUCATION], name="Claire M.")
    guardian = factories.guardian(factories.family(), email=CLAIRE)
    assert activate(guardian) is agent and agent.guardian is guardian
    assert letters() == [] and agent.must_change_password is False


def test_a_batch_activates_who_can_be_and_says_why_not_for_the_others(app):
    family = factories.family()
    claire, paper = factories.guardian(family, email=CLAIRE), factories.guardian(family, "Jean")
    opened, left_out = accounts.activate_many([paper, claire], by=SYSTEM, now=START)
    assert [account.email for account in opened] == [CLAIRE]
    assert [(each.guardian, each.reason) for each in left_out] == [
        (paper, "Jean Martin n’a pas d’adresse de courriel : son compte ne peut pas être activé.")
    ]


def test_staff_get_their_roles_and_a_provisional_password(app):
    account = accounts.create_staff(
        " Agent@Villars.example", "Anne Agent", [Role.FINANCE, Role.READER], by=SYSTEM, now=START
    )
    assert account.email == "agent@villars.example"
    assert sorted(role.name for role in account.roles) == ["finance", "reader"]
    assert letters() == ["agent@villars.example"]


def test_a_parent_who_becomes_an_agent_keeps_their_password(app):
    parent = factories.account(factories.guardian(factories.family(), email=CLAIRE))
    account = accounts.create_staff(CLAIRE, "Claire", [Role.CANTEEN], by=SYSTEM, now=START)
    assert account is parent and not account.must_change_password and letters() == []


@pytest.mark.parametrize(
    ("email", "roles", "sentence"),
    [("agent", [Role.READER], "n’est pas une adresse"), (CLAIRE, [], "au moins un rôle")],
)
def test_a_wrong_agent_is_refused_and_leaves_nothing(app, email, roles, sentence):
    with pytest.raises(Refused, match=sentence):
        accounts.create_staff(email, "Anne", roles, by=SYSTEM, now=START)
    assert db.session.scalar(sa.select(sa.func.count(models.Account.id))) == 0


def test_a_changed_email_is_the_identifier_from_then_on_and_the_former_address_is_told(app):
    guardian = factories.guardian(factories.family(), email=CLAIRE)
    account = factories.account(guardian)
    accounts.change_email(guardian, " Claire@Autre.example ", by=SYSTEM, now=START)
    assert guardian.email == account.email == "claire@autre.example"
    assert letters() == [CLAIRE]
    row = db.session.scalars(sa.select(models.History)).one()
    assert (row.before, row.after) == ({"email": CLAIRE}, {"email": "claire@autre.example"})


def test_an_email_of_somebody_else_is_refused_by_name(app):
    family = factories.family()
    factories.account(factories.guardian(family, "Paul", email="paul@villars.example"))
    factories.account(email="agent@villars.example", name="Anne Agent")
    claire = factories.guardian(family, email=CLAIRE)
    factories.account(claire)
    for email, name in (("paul@villars.example", "Paul Martin"), ("agent@villars.example", "Anne Agent")):
        with pytest.raises(Refused, match=f"déjà celle de {name}"):
            accounts.change_email(claire, email, by=SYSTEM, now=START)
    assert claire.email == CLAIRE


def test_the_same_email_changes_nothing(app):
    guardian = factories.guardian(factories.family(), email=CLAIRE)
    accounts.change_email(guardian, CLAIRE.upper(), by=SYSTEM, now=START)
    assert db.session.scalar(sa.select(sa.func.count(models.History.id))) == 0


def test_accepting_the_cgu_twice_keeps_one_acceptance(app):
    account = factories.account(accepted_cgu=False)
    version = db.session.scalars(sa.select(models.CguVersion.id)).one()
    assert accounts.needs_cgu(account, version)
    for _ in range(2):
        accounts.accept_cgu(account, version, now=START)
    assert not accounts.needs_cgu(account, version)
    assert db.session.scalar(sa.select(sa.func.count(models.CguAcceptance.id))) == 1


def test_a_known_password_is_for_the_demo_only(app, monkeypatch):
    account = activate(factories.guardian(factories.family(), email=CLAIRE))
    passwords.set_demo_password(account, "Parent-Villars-2026", provisional_until=None)
    db.session.flush()
    assert letters() == []
    assert verify_password("Parent-Villars-2026", account.password)
    production = at(app.extensions["portail"], mode=Mode.PRODUCTION)
    monkeypatch.setitem(app.extensions, "portail", production)
    with pytest.raises(Refused, match="En production"):
        passwords.set_demo_password(account, "Autre-Mot-2026", provisional_until=None)
    assert verify_password("Parent-Villars-2026", account.password)


def test_the_address_of_an_agent_is_moved_by_the_administration_alone(app) -> None:
    """Whoever receives the reset links signs in: an agent must not become an administrator that way."""
    family = factories.family("Delorme")
    anne = factories.guardian(family, "Anne", email="anne@villars.example")
    factories.account(anne, roles=[Role.ADMINISTRATOR])
    colleague = agent(factories.staff(Role.EDUCATION))
    with pytest.raises(Refused, match="seule l’administration"):
        accounts.change_email(anne, "moi@ailleurs.example", by=colleague, now=START)
    assert anne.email == anne.account.email == "anne@villars.example"
    accounts.change_email(anne, "anne@autre.example", by=agent(factories.staff()), now=START)
    assert anne.account.email == "anne@autre.example"


def test_a_password_that_was_chosen_is_not_replaced_by_a_click_too_many(app) -> None:
    claire = factories.parent(factories.family(), email=CLAIRE)
    before = (claire.account.password, claire.account.fs_uniquifier)
    with pytest.raises(Refused, match="a déjà son mot de passe"):
        activate(claire)
    assert (claire.account.password, claire.account.fs_uniquifier) == before
    assert letters() == []
