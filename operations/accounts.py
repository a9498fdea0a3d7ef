"""Accounts: opened for a guardian or an agent, their e-mail, and the CGU they accepted."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import render_template

import models
from extensions import db
from operations import history, outbox, passwords
from operations.actors import Actor, parent
from rules.emails import parse_email
from rules.passwords import Activation, activation
from rules.refusals import Refused
from rules.vocabulary import Role


@dataclass(frozen=True, slots=True)
class NotActivated:
    """A guardian left out of a batch, and the sentence that says why."""

    guardian: models.Guardian
    reason: str


# -- opening an account ----------------------------------------------------------------


def activate(guardian: models.Guardian, *, by: Actor, now: datetime) -> models.Account:
    """Open a guardian's account, or send its provisional password again (the older one is void).

    The account is tied to the guardian's own e-mail: refused without one, or when another adult
    has it, by name, and to whoever has chosen a password: it would be lost, with the open sessions. An
    agent of that e-mail keeps their account and password, and gains the family.
    """
    email = _usable_email(guardian)
    account = guardian.account or _account_at(email)
    if account is None:
        account = _new_account(email, guardian.full_name, now=now)
    elif not account.must_change_password:
        if account is guardian.account:
            who = guardian.full_name
            raise Refused(f"{who} a déjà son mot de passe : « Mot de passe oublié » le remplace.")
        return _attach(guardian, account, by=by, now=now)
    account.email = email
    guardian.email, guardian.account = email, account
    passwords.send_provisional(account, by=by, now=now)
    return account


def activate_many(
    guardians: Iterable[models.Guardian], *, by: Actor, now: datetime
) -> tuple[list[models.Account], list[NotActivated]]:
    """Activate each guardian who can be; the others come back with the reason."""
    opened, left_out = [], []
    for guardian in guardians:
        try:
            opened.append(activate(guardian, by=by, now=now))
        except Refused as refusal:
            left_out.append(NotActivated(guardian, refusal.sentence))
    return opened, left_out


def activation_state(account: models.Account | None, now: datetime) -> Activation:
    """Where the opening of this account stands (rules.passwords.Activation)."""
    if account is None:
        return Activation.NOT_SENT
    return activation(
        sent_at=account.provisional_sent_at,
        expires_at=account.provisional_expires_at,
        first_signed_in_at=account.first_signed_in_at,
        must_change=account.must_change_password,
        now=now,
    )


def create_staff(
    email: str, display_name: str, roles: Sequence[Role], *, by: Actor, now: datetime
) -> models.Account:
    """Open an agent's account with these roles and mail its provisional password.

    A parent who becomes an agent keeps their one account and password, and gains the roles.
    Refused without a role or with an e-mail that is not one.
    """
    email = _checked_email(email)
    if not roles:
        raise Refused("Un agent a au moins un rôle.", "roles")
    account = _account_at(email)
    is_new = account is None
    if account is None:
        account = _new_account(email, display_name, now=now)
    before = sorted(role.name for role in account.roles)
    _give_roles(account, roles)
    after = sorted(role.name for role in account.roles)
    history.record(account, "Rôles donnés", by=by, now=now, before={"rôles": before}, after={"rôles": after})
    if is_new:
        passwords.send_provisional(account, by=by, now=now)
    return account


def reset_second_factor(account: models.Account, *, by: Actor, now: datetime) -> None:
    """For an agent who lost both telephone and recovery codes: the next sign-in sets a new one up.

    Their open sessions end.
    """
    account.tf_primary_method = account.tf_totp_secret = account.mf_recovery_codes = None
    account.fs_uniquifier = uuid.uuid4().hex
    db.session.flush()
    history.record(account, "Second facteur remis à zéro", by=by, now=now)


def _new_account(email: str, name: str, *, now: datetime) -> models.Account:
    account = models.Account(
        email=email,
        display_name=name[:120],
        password=passwords.NOBODYS,
        active=True,
        fs_uniquifier=uuid.uuid4().hex,
        must_change_password=True,
        created_at=now,
    )
    db.session.add(account)
    db.session.flush()
    return account


def _attach(
    guardian: models.Guardian, account: models.Account, *, by: Actor, now: datetime
) -> models.Account:
    """Somebody who already signs in with this e-mail gains the family, with the password they have."""
    guardian.account = account
    db.session.flush()
    history.record(
        account,
        "Compte rattaché à une famille",
        by=by,
        now=now,
        after={"adulte": guardian.full_name},
        family_id=guardian.family_id,
    )
    return account


def _give_roles(account: models.Account, roles: Sequence[Role]) -> None:
    names = [role.value for role in roles]
    for row in db.session.scalars(sa.select(models.Role).where(models.Role.name.in_(names))):
        if row not in account.roles:
            account.roles.append(row)
    db.session.flush()


# -- e-mail -----------------------------------------------------------------------------


def change_email(guardian: models.Guardian, email: str, *, by: Actor, now: datetime) -> None:
    """Give a guardian another e-mail, and their account with it; the former address is told.

    Refused when it is not an address, when another adult or account has it, by name, or when the
    account is also an agent's and whoever acts is not an administrator.
    """
    email = _checked_email(email)
    before = guardian.email
    if email == before:
        return
    _refuse_taken(email, guardian)
    refuse_agents(guardian.account, by)
    guardian.email = email
    if guardian.account is not None:
        _tell_former_address(guardian.account, new=email, now=now)
        guardian.account.email = email
    history.record(
        guardian,
        "Adresse de courriel changée",
        by=by,
        now=now,
        before={"email": before},
        after={"email": email},
        family_id=guardian.family_id,
    )
    db.session.flush()


def refuse_agents(account: models.Account | None, by: Actor) -> None:
    """Whoever holds the address holds the account: that of an agent is moved by the administration alone."""
    if account is None or not account.roles:
        return
    acting = db.session.get(models.Account, by.account_id) if by.account_id else None
    if acting is None or all(role.name != Role.ADMINISTRATOR for role in acting.roles):
        raise Refused(
            "Ce parent est aussi un agent : seule l’administration peut changer l’adresse de son compte.",
            "email",
        )


def _tell_former_address(account: models.Account, *, new: str, now: datetime) -> None:
    letter = outbox.Letter(
        kind="email-changed",
        recipient=account.email,
        subject="Votre adresse de connexion a changé",
        body=render_template("mail/email_changed.txt", account=account, new=new),
        key=f"email-changed:{account.id}:{uuid.uuid4().hex}",
    )
    outbox.post(letter, now=now)


def _usable_email(guardian: models.Guardian) -> str:
    """The guardian's e-mail, fit for an account of their own."""
    if not guardian.email:
        raise Refused(
            f"{guardian.full_name} n’a pas d’adresse de courriel : son compte ne peut pas être activé.",
            "email",
        )
    email = _checked_email(guardian.email)
    _refuse_taken(email, guardian)
    return email


def _checked_email(text: str) -> str:
    email = parse_email(text, "email")
    if email is None:
        raise Refused("Donnez une adresse de courriel : elle sert d’identifiant.", "email")
    return email


def _refuse_taken(email: str, guardian: models.Guardian) -> None:
    if name := holder(email, guardian):
        raise Refused(
            f"L’adresse {email} est déjà celle de {name} : chaque parent a la sienne, demandez-en une autre.",
            "email",
        )


def holder(email: str, guardian: models.Guardian) -> str | None:
    """Who else has this e-mail; an agent without a family may be this guardian, if they have no account."""
    other = models.Guardian.email == email, models.Guardian.id != guardian.id
    if adult := db.session.scalars(sa.select(models.Guardian).where(*other)).first():
        return adult.full_name
    account = _account_at(email)
    if account is None or account is guardian.account:
        return None
    if account.guardian:
        return account.guardian.full_name
    return account.display_name if guardian.account else None


def _account_at(email: str) -> models.Account | None:
    return db.session.scalars(sa.select(models.Account).filter_by(email=email)).unique().one_or_none()


# -- CGU --------------------------------------------------------------------------------


def needs_cgu(account: models.Account, version_id: int) -> bool:
    """Whether this version of the CGU is still to be accepted with this account."""
    query = sa.select(models.CguAcceptance.id).filter_by(account_id=account.id, version_id=version_id)
    return db.session.scalars(query).first() is None


def accept_cgu(account: models.Account, version_id: int, *, now: datetime) -> None:
    """Keep the acceptance: version, instant, account. Accepting twice, even at once, changes nothing."""
    db.session.execute(sa.select(models.Account.id).where(models.Account.id == account.id).with_for_update())
    if not needs_cgu(account, version_id):
        return
    db.session.add(models.CguAcceptance(account_id=account.id, version_id=version_id, accepted_at=now))
    version = db.session.get_one(models.CguVersion, version_id)
    history.record(
        account,
        "CGU acceptées",
        by=parent(account),
        now=now,
        after={"version": version.name},
        family_id=passwords.family_of(account),
    )
