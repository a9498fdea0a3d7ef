"""An agent who lost telephone and recovery codes: an administrator clears the way, nobody else does."""

from __future__ import annotations

import pytest

import models
from extensions import db
from rules.vocabulary import Role
from tests import factories
from tests.admin.agents import Agent

URL = "comptes/second-facteur/"


def lost() -> models.Account:
    row = factories.staff(Role.FINANCE)
    row.tf_primary_method, row.tf_totp_secret, row.tf_last_counter = "authenticator", "secret", 7
    db.session.commit()
    return row


def test_an_administrator_resets_it_and_sessions_end(app):
    agent, row = Agent(app), lost()
    session = row.fs_uniquifier
    assert "Réinitialiser le second facteur" in agent.text(f"comptes/detail/?id={row.id}")
    agent.post(URL, id=row.id, confirme="oui")
    found = db.session.get_one(models.Account, row.id)
    assert (found.tf_totp_secret, found.tf_primary_method) == (None, None)
    assert found.fs_uniquifier != session
    assert db.session.query(models.History).filter_by(verb="Second facteur remis à zéro").count() == 1


def test_it_is_asked_first(app):
    agent, row = Agent(app), lost()
    answer = agent.post(URL, id=row.id)
    assert "Retirer le second facteur de ce compte" in answer.text
    assert db.session.get_one(models.Account, row.id).tf_totp_secret == "secret"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_no_other_role_resets_it(app, role):
    agent, row = Agent(app, role), lost()
    assert agent.post(URL, id=row.id, confirme="oui").status_code == 403
    assert db.session.get_one(models.Account, row.id).tf_totp_secret == "secret"
