"""An adult's own change of e-mail: by a link, once, in time; nobody learns whose an address is."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

import models
from extensions import db
from operations import email_changes, passwords
from operations.actors import parent
from operations.email_changes import LINK_LASTS
from rules.refusals import Refused
from rules.vocabulary import Role
from tests import factories
from tests.conftest import START

OLD, NEW = "claire@villars.example", "claire.martin@exemple.example"


@pytest.fixture
def claire(app):
    guardian = factories.guardian(factories.family(), email=OLD)
    factories.account(guardian)
    return guardian


def ask(guardian, email=NEW, now=START):
    return email_changes.ask(guardian, email, by=parent(guardian.account), now=now)


def token_of(change) -> str:
    """The secret that waits in the outbox for its mail."""
    from operations.outbox import _whole

    row = db.session.scalars(
        sa.select(models.Outbox).filter_by(kind="email-link").order_by(models.Outbox.id.desc())
    ).first()
    return re.search(r"/coordonnees/courriel/(\S+)", _whole(row))[1]


def recipients() -> list[tuple[str, str]]:
    query = sa.select(models.Outbox.kind, models.Outbox.recipient).order_by(models.Outbox.id)
    return [tuple(row) for row in db.session.execute(query)]


def test_the_link_changes_the_email_and_the_identifier_and_not_before(claire):
    mark = claire.account.fs_uniquifier
    change = ask(claire, " Claire.Martin@Exemple.example ")
    assert (claire.email, claire.account.email) == (OLD, OLD)
    assert recipients() == [("email-link", NEW), ("email-asked", OLD)]
    token = token_of(change)
    found = email_changes.found(claire, token, START + LINK_LASTS - timedelta(seconds=1))
    email_changes.confirm(found, by=parent(claire.account), now=START)
    assert (claire.email, claire.account.email) == (NEW, NEW)
    assert claire.account.fs_uniquifier != mark  # every open session ended
    assert recipients()[-1] == ("email-changed", OLD)
    assert email_changes.found(claire, token, START) is None  # once


def test_the_link_is_kept_as_a_hash_and_masked_in_the_outbox(claire):
    change = ask(claire)
    token = token_of(change)
    body = db.session.scalars(sa.select(models.Outbox.body).filter_by(kind="email-link")).one()
    assert token not in body and token != change.token_hash


def test_it_expires(claire):
    token = token_of(ask(claire))
    assert email_changes.found(claire, token, START + LINK_LASTS) is None
    email_changes.forget_expired(START + LINK_LASTS)
    assert db.session.scalars(sa.select(models.EmailChange)).all() == []


def test_it_is_the_asker_s_alone(claire):
    token = token_of(ask(claire))
    paul = factories.guardian(claire.family, "Paul", email="paul@villars.example")
    assert email_changes.found(paul, token, START) is None
    assert email_changes.found(claire, "faux", START) is None


def test_a_newer_request_replaces_the_older_and_a_second_click_sends_nothing(claire):
    first = token_of(ask(claire))
    ask(claire, now=START + timedelta(minutes=1))
    assert len(recipients()) == 2
    ask(claire, "autre@exemple.example", now=START + timedelta(minutes=2))
    assert email_changes.found(claire, first, START) is None
    assert len(recipients()) == 4


def test_a_taken_address_is_refused_without_saying_whose(claire):
    factories.guardian(factories.family("Bernard"), "Sonia", email="sonia@villars.example")
    factories.account(email="agent@villars.example", roles=[Role.EDUCATION])
    for taken in ("sonia@villars.example", "agent@villars.example"):
        with pytest.raises(Refused) as refused:
            ask(claire, taken)
        assert "Sonia" not in refused.value.sentence and refused.value.field == "email"


def test_an_address_taken_meanwhile_is_refused_at_the_link(claire):
    change = ask(claire)
    factories.guardian(factories.family("Bernard"), "Sonia", email=NEW)
    with pytest.raises(Refused):
        email_changes.confirm(change, by=parent(claire.account), now=START)
    assert claire.email == OLD


@pytest.mark.parametrize("typed", ["", "pas une adresse", OLD])
def test_what_is_not_another_address_is_refused(claire, typed):
    with pytest.raises(Refused) as refused:
        ask(claire, typed)
    assert refused.value.field == "email" and recipients() == []


def test_an_agent_who_is_a_parent_asks_the_administration(app):
    guardian = factories.guardian(factories.family(), email=OLD)
    factories.account(guardian, roles=[Role.EDUCATION])
    with pytest.raises(Refused, match="aussi un agent"):
        ask(guardian)


def test_changing_the_password_voids_the_link(claire):
    token = token_of(ask(claire))
    passwords.chosen(claire.account, now=START, by_mail=False)
    assert email_changes.found(claire, token, START) is None
