"""A mandate from the bank details typed to its end: who may, what is kept, what is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

import models
from extensions import db
from operations import mandates
from operations.actors import SYSTEM, parent
from operations.mandates import BankDetails
from rules.addresses import PostalAddress
from rules.ibans import read_iban
from rules.mandate_vocabulary import MandateState, SignedReturn
from rules.refusals import Refused
from tests import factories
from tests.portal.homes import Household, martin, second_parent

NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Paris"))
HOME = PostalAddress("3 rue des Acacias", "42390", "Villars")
OTHER_ACCOUNT = "FR1420041010050500013M02606"


@pytest.fixture
def home(app: Flask) -> Household:
    household = martin()
    db.session.get_one(models.Commune, 1).ics = "FR72ZZZ123456"
    db.session.commit()
    return household


def details(iban: str = factories.EXAMPLE_IBAN, name: str = "Claire Martin") -> BankDetails:
    return BankDetails(read_iban(iban), name, HOME)


def filled(home: Household, **options: str) -> models.Mandate:
    return mandates.fill_in(home.claire, details(**options), by=parent(home.claire.account), now=NOW)


def edited(home: Household, **options: str) -> models.Mandate:
    row = filled(home, **options)
    mandates.edit(row, by=parent(home.claire.account), now=NOW)
    return row


def in_force(home: Household, **options: str) -> models.Mandate:
    row = edited(home, **options)
    mandates.register(row, by=SYSTEM, now=NOW)
    mandates.activate(row, signed_on=NOW.date(), by=SYSTEM, now=NOW)
    return row


def mails() -> list[models.Outbox]:
    return list(db.session.scalars(sa.select(models.Outbox).filter_by(kind="mandate").order_by("id")))


def test_from_the_account_to_the_debit(home: Household) -> None:
    row = filled(home)
    assert (row.state, row.rum, row.bank) == (MandateState.DRAFT, None, "CREDIT AGRICOLE SA")
    mandates.edit(row, by=SYSTEM, now=NOW)
    mandates.edit(row, by=SYSTEM, now=NOW)  # a second click
    assert row.rum == f"VILLARS-2026-{row.id:06d}"
    assert (row.debtor_name, row.creditor_name) == ("Claire Martin", "Commune de Villars")
    mandates.register(row, by=SYSTEM, now=NOW)
    assert row.returned_by is SignedReturn.TOWN_HALL
    mandates.activate(row, signed_on=date(2026, 11, 20), by=SYSTEM, now=NOW)
    assert mandates.mandates_of(home.claire).active is row
    assert [mail.subject.split(" : ")[0] for mail in mails()] == [
        "Votre mandat de prélèvement est à signer",
        "Votre mandat de prélèvement est bien reçu",
        "Votre prélèvement automatique est en place",
    ]


def test_the_account_is_encrypted_and_never_written_whole(home: Household) -> None:
    row = in_force(home)
    mandates.revoke(row, by=parent(home.claire.account), now=NOW)
    kept = db.session.scalar(sa.text("SELECT iban FROM mandate"))
    assert factories.EXAMPLE_IBAN not in kept
    assert row.iban == factories.EXAMPLE_IBAN
    journal = " ".join(
        f"{line.before} {line.after} {line.reason}" for line in db.session.scalars(sa.select(models.History))
    )
    for said in (journal, *(mail.body for mail in mails())):
        assert "30006000011234567890" not in said.replace(" ", "")
    assert "0189" in journal


def test_reading_the_account_is_recorded(home: Household) -> None:
    row = in_force(home)
    assert mandates.read_iban(row, by=SYSTEM, now=NOW) == factories.EXAMPLE_IBAN
    verbs = set(db.session.scalars(sa.select(models.History.verb)))
    assert "IBAN lu en clair" in verbs


def test_only_the_payer_and_only_where_the_commune_debits(home: Household) -> None:
    paul = second_parent(home)
    with pytest.raises(Refused, match="Seul le payeur"):
        mandates.fill_in(paul, details(), by=SYSTEM, now=NOW)
    db.session.get_one(models.Commune, 1).ics = ""
    with pytest.raises(Refused, match="pas encore ouvert"):
        filled(home)


def test_another_account_before_signing_makes_another_mandate(home: Household) -> None:
    first = edited(home)
    assert filled(home) is first  # the same account again changes nothing
    second = filled(home, iban=OTHER_ACCOUNT)
    assert first.state is MandateState.REPLACED
    mandates.edit(second, by=SYSTEM, now=NOW)
    assert second.rum != first.rum
    draft = filled(home, iban=OTHER_ACCOUNT)
    assert draft is second


def test_a_mandate_being_checked_does_not_change(home: Household) -> None:
    row = edited(home)
    mandates.register(row, by=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="vérification"):
        filled(home, iban=OTHER_ACCOUNT)


def test_the_new_account_replaces_the_former_one_only_once_in_force(home: Household) -> None:
    first = in_force(home)
    second = edited(home, iban=OTHER_ACCOUNT)
    mandates.register(second, by=SYSTEM, now=NOW)
    assert mandates.mandates_of(home.claire).active is first
    mandates.activate(second, signed_on=NOW.date(), by=SYSTEM, now=NOW)
    assert (first.state, second.state) == (MandateState.REPLACED, MandateState.ACTIVE)
    assert f"Il remplace le mandat {first.rum}" in mails()[-1].body


def test_a_refused_mandate_says_why_and_may_come_back(home: Household) -> None:
    row = edited(home)
    mandates.register(row, by=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="raison"):
        mandates.refuse(row, "  ", by=SYSTEM, now=NOW)
    mandates.refuse(row, "La signature manque.", by=SYSTEM, now=NOW)
    assert "La signature manque." in mails()[-1].body
    mandates.register(row, by=SYSTEM, now=NOW + timedelta(days=2))
    assert (row.state, row.decision) == (MandateState.RECEIVED, "")


def test_nothing_is_sent_to_the_service_without_the_signed_paper(home: Household) -> None:
    row = edited(home)
    with pytest.raises(Refused, match="Joignez d’abord"):
        mandates.send(row, by=SYSTEM, now=NOW)


def test_it_is_revoked_at_any_time_and_stays_so(home: Household) -> None:
    row = in_force(home)
    for _ in range(2):  # a second click
        mandates.revoke(row, by=parent(home.claire.account), now=NOW)
    assert row.state is MandateState.REVOKED
    with pytest.raises(Refused):
        mandates.register(row, by=SYSTEM, now=NOW)
    assert sum("révoqué" in mail.subject for mail in mails()) == 1


def test_a_bank_that_tells_the_new_account_keeps_the_reference(home: Household) -> None:
    row = in_force(home)
    rum = row.rum
    mandates.amend(row, read_iban(OTHER_ACCOUNT), by=SYSTEM, now=NOW)
    assert (row.rum, row.iban, row.state) == (rum, OTHER_ACCOUNT, MandateState.ACTIVE)
    assert "rien à signer" in mails()[-1].body
    with pytest.raises(Refused, match="déjà le compte"):
        mandates.amend(row, read_iban(OTHER_ACCOUNT), by=SYSTEM, now=NOW)


def test_a_signature_to_come_is_refused(home: Household) -> None:
    row = edited(home)
    mandates.register(row, by=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="à venir"):
        mandates.activate(row, signed_on=date(2026, 11, 24), by=SYSTEM, now=NOW)
