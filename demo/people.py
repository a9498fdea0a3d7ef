"""The people of the demo beyond what their import says: accounts, contacts, older and newer quotients."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import sqlalchemy as sa

import models
from demo.dates import ACTIVATED, INSTALLED, NOW, TODAY, at
from demo.names import LAST_NAMES, MEN, WOMEN
from extensions import db
from operations import accounts, passwords
from operations.actors import SYSTEM, Actor, agent
from operations.configuration import configuration
from operations.quotients import QuotientFacts, set_quotient
from rules.passwords import PROVISIONAL_LASTS
from rules.vocabulary import QuotientSource, Role

STAFF_PASSWORD = "Agent-Villars-2026"  # noqa: S105 - published with the sources
PARENT_PASSWORD = "Parent-Villars-2026"  # noqa: S105
FIRST_PASSWORD = "Provisoire-2026"  # noqa: S105
STAFF = {
    "agent@villars.example": ("Anne Delorme", Role.ADMINISTRATOR),
    "education@villars.example": ("Sylvie Bonnet", Role.EDUCATION),
    "finances@villars.example": ("Marc Vialle", Role.FINANCE),
    "cantine@villars.example": ("Nadia Kaci", Role.CANTEEN),
    "lecture@villars.example": ("Luc Morel", Role.READER),
}
PARENTS = (
    "claire.martin@villars.example",
    "paul.martin@villars.example",
    "sonia.bernard@villars.example",
    "karim.haddad@villars.example",
)
NEWCOMER = "nouveau.parent@villars.example"


def account_of(email: str) -> models.Account:
    return db.session.scalars(sa.select(models.Account).filter_by(email=email)).unique().one()


def agent_called(email: str) -> Actor:
    return agent(account_of(email))


# -- accounts ---------------------------------------------------------------------------


def open_staff_accounts() -> None:
    """One account per role, all with the published password of the demo."""
    for email, (name, role) in STAFF.items():
        account = accounts.create_staff(email, name, [role], by=SYSTEM, now=INSTALLED)
        passwords.set_demo_password(account, STAFF_PASSWORD, provisional_until=None)
        account.first_signed_in_at = INSTALLED
    db.session.flush()


def open_parent_accounts(random: Random) -> None:
    """The published accounts, and those of the other parents as a real town has them in November."""
    by = agent_called("education@villars.example")
    for email in PARENTS:
        account = _activate(email, by, ACTIVATED)
        passwords.set_demo_password(account, PARENT_PASSWORD, provisional_until=None)
        _used(account, ACTIVATED + timedelta(hours=9))
    newcomer = _activate(NEWCOMER, by, at(date(2026, 11, 20), 15))
    passwords.set_demo_password(newcomer, FIRST_PASSWORD, provisional_until=NOW + PROVISIONAL_LASTS)
    for guardian in _without_account():
        _open_like_a_real_one(guardian, random)
    db.session.flush()


def _activate(email: str, by: Actor, now: datetime) -> models.Account:
    guardian = db.session.scalars(sa.select(models.Guardian).filter_by(email=email)).unique().one()
    return accounts.activate(guardian, by=by, now=now)


def _used(account: models.Account, first: datetime) -> None:
    """Its owner signed in, chose a password and accepted the CGU."""
    cgu = configuration().cgu_in_force(first)
    account.must_change_password = False
    account.first_signed_in_at = account.last_signed_in_at = first
    if cgu is not None:
        db.session.flush()
        accounts.accept_cgu(account, cgu.id, now=first)


def _without_account() -> list[models.Guardian]:
    query = sa.select(models.Guardian).where(
        models.Guardian.email.is_not(None), models.Guardian.account_id.is_(None)
    )
    return list(db.session.scalars(query.order_by(models.Guardian.id)).unique())


def _open_like_a_real_one(guardian: models.Guardian, random: Random) -> None:
    """Most signed in by September; some were never activated, some let their password expire."""
    drawn = random.random()
    if drawn > 0.88:
        return
    sent = ACTIVATED if drawn < 0.82 else at(TODAY - timedelta(days=5), 11)
    account = models.Account(
        email=guardian.email,
        display_name=guardian.full_name,
        password=passwords.NOBODYS,
        active=True,
        fs_uniquifier=uuid.UUID(int=random.getrandbits(128)).hex,
        must_change_password=True,
        provisional_sent_at=sent,
        provisional_expires_at=sent + PROVISIONAL_LASTS,
        created_at=sent,
    )
    guardian.account = account
    db.session.add(account)
    if drawn < 0.76:
        _used(account, sent + timedelta(days=random.randrange(1, 10), hours=random.randrange(-2, 11)))
        account.last_signed_in_at = NOW - timedelta(hours=random.randrange(3, 900))


# -- contacts ---------------------------------------------------------------------------


def add_contacts(random: Random) -> None:
    """Grandparents, neighbours, childminders: whom to call and who may collect."""
    calls = 0
    for child in db.session.scalars(sa.select(models.Child).order_by(models.Child.id)):
        for order in range(1, random.choices((0, 1, 2), weights=(35, 45, 20))[0] + 1):
            calls += 1
            relation, names = random.choice(
                (
                    ("Grand-mère", WOMEN),
                    ("Grand-père", MEN),
                    ("Assistante maternelle", WOMEN),
                    ("Voisin", MEN),
                )
            )
            child.contacts.append(
                models.Contact(
                    family=child.custodies[0].family,
                    last_name=random.choice(LAST_NAMES),
                    first_name=random.choice(names),
                    relation=relation,
                    phone=f"0639989{calls:03d}",
                    may_collect=random.random() < 0.8,
                    call_order=order,
                )
            )
    db.session.flush()


# -- quotients --------------------------------------------------------------------------


def add_quotient_history(random: Random) -> None:
    """The quotient of last year for some families, and a change in mid-October for a few."""
    by = agent_called("education@villars.example")
    query = sa.select(models.Family).join(models.Quotient).order_by(models.Family.id)
    families = list(db.session.scalars(query))
    for family in families[:2] + random.sample(families[2:], 16):
        _add_quotient(family, date(2025, 1, 1), date(2025, 1, 20), random, by, INSTALLED)
    for family in random.sample(families[5:], 6):
        received = date(2026, 10, 8)
        _add_quotient(family, date(2026, 10, 12), received, random, by, at(received, 11))


def _add_quotient(
    family: models.Family, since: date, received: date, random: Random, by: Actor, now: datetime
) -> None:
    value = family.quotients[0].value * Decimal(random.randrange(80, 121)) / 100
    facts = QuotientFacts(
        value=value.quantize(Decimal("0.01")),
        source=QuotientSource.CAF,
        effective_on=since,
        received_on=received,
        document=f"Attestation du {received:%d/%m/%Y}",
    )
    set_quotient(family, facts, by=by, now=now)
