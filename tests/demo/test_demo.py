"""The demo: a whole town through the import, its autumn lived, its people who must be there."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_security.utils import verify_password

import demo
import models
from demo import generate, people
from demo.dates import NOW
from extensions import db
from operations.accounts import activation_state
from operations.bookings import calendar_of
from operations.children import facts_of
from operations.configuration import configuration
from operations.day_facts import minute_of
from operations.import_files import read_table
from operations.imports import IMPORTER, import_families
from operations.installation import install
from operations.tariff_facts import tariff_facts
from rules.import_reports import Outcome
from rules.passwords import Activation
from rules.refusals import Refused
from rules.tariff_checks import check_version
from rules.vocabulary import (
    BookingState,
    CustodyKind,
    MailState,
    Presence,
    Relation,
    Role,
    SheetState,
    Situation,
)
from tests.databases import Database


@pytest.fixture(scope="module")
def town(session_app: Flask, database: Database) -> Iterator[Flask]:
    """The demo, loaded once per engine in a database emptied of the tests' own town."""
    database.reset(session_app)
    with session_app.app_context():
        for table in reversed(db.metadata.sorted_tables):
            db.session.execute(table.delete())
        install(billed_from=NOW.date())
        db.session.commit()
        demo.load()
        db.session.commit()
        yield session_app
        db.session.rollback()


def count(table: type, *criteria: sa.ColumnElement[bool]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table).where(*criteria)) or 0


def person(email: str) -> models.Guardian:
    return db.session.scalars(sa.select(models.Guardian).filter_by(email=email)).unique().one()


def family(number: str) -> models.Family:
    return db.session.scalars(sa.select(models.Family).filter_by(former_number=number)).one()


def children_of(guardian: models.Guardian) -> set[str]:
    return {row.child.first_name for row in guardian.guardianships}


# -- the town ------------------------------------------------------------------------------


def test_it_is_a_town_of_families(town):
    assert count(models.Family) >= 120
    assert 180 <= count(models.Child) <= 220
    assert count(models.School) == 4
    levels = (
        sa.select(models.Schooling.level).join(models.SchoolClass).where(models.SchoolClass.name == "CE1-CE2")
    )
    assert {level.label for level in db.session.scalars(levels)} == {"CE1", "CE2"}


def test_every_price_grid_is_whole_and_says_that_it_is_an_example(town):
    for row in db.session.scalars(sa.select(models.TariffVersion)):
        assert row.is_example
        assert "exemple" in row.name
        assert check_version(tariff_facts(row, row.activity.unit)) == []


def test_nobody_in_it_can_be_called_or_written_to(town):
    emails = db.session.scalars(sa.select(models.Guardian.email).where(models.Guardian.email.is_not(None)))
    assert all(email.endswith("@villars.example") for email in emails)
    phones = set(db.session.scalars(sa.select(models.Guardian.mobile_phone))) | set(
        db.session.scalars(sa.select(models.Contact.phone))
    )
    assert all(phone.startswith("063998") for phone in phones - {None})


# -- the people who must be there ------------------------------------------------------------


def test_claire_and_paul_share_one_family_and_two_children(town):
    claire, paul = person("claire.martin@villars.example"), person("paul.martin@villars.example")
    assert claire.family is paul.family
    assert children_of(claire) == children_of(paul) == {"Léa", "Hugo"}


def test_ines_is_her_mothers_on_even_weeks(town):
    sonia, karim = person("sonia.bernard@villars.example"), person("karim.haddad@villars.example")
    assert children_of(sonia) == children_of(karim) == {"Inès"}
    ines = sonia.guardianships[0].child
    facts = facts_of([ines.id])[ines.id]
    assert facts.family_on(date(2026, 11, 23)) == sonia.family_id  # week 48
    assert facts.family_on(date(2026, 11, 30)) == karim.family_id
    owners = sa.select(models.Booking.family_id).where(models.Booking.child_id == ines.id)
    assert set(db.session.scalars(owners)) == {sonia.family_id, karim.family_id}


def test_a_stepfamily_where_each_partner_sees_their_own(town):
    aurelie, mathieu = sorted(family("1005").guardians, key=lambda each: each.first_name)
    assert children_of(aurelie) == {"Tom", "Noé"}
    assert children_of(mathieu) == {"Jade", "Noé"}


def test_separated_parents_without_alternation_have_two_addresses_and_one_payer(town):
    father = family("1007").guardians[0]
    assert children_of(father) == {"Maxime", "Lucie"}
    for row in father.guardianships:
        custody = row.child.custodies[0]
        assert (custody.kind, custody.family.former_number) == (CustodyKind.SINGLE, "1006")
    assert count(models.Invoice, models.Invoice.family_id == family("1007").id) == 0
    assert count(models.Invoice, models.Invoice.family_id == family("1006").id) == 2


def test_a_guardian_without_email_gets_paper(town):
    yvette = family("1008").guardians[0]
    assert (yvette.email, yvette.account) == (None, None)
    assert yvette.guardianships[0].relation is Relation.TUTOR
    channels = sa.select(models.Sending.channel).where(models.Sending.guardian_id == yvette.id)
    assert {channel.value for channel in db.session.scalars(channels)} == {"paper"}


def test_twins_a_child_without_quotient_and_a_family_from_elsewhere(town):
    adam, ambre = sorted(
        {row.child for guardian in family("1009").guardians for row in guardian.guardianships},
        key=lambda each: each.first_name,
    )
    assert adam.birth_date == ambre.birth_date
    assert family("1010").quotients == []
    assert [row.resident for row in family("1011").residences] == [False]


# -- accounts --------------------------------------------------------------------------------


def test_the_published_passwords_open_the_published_accounts(town):
    for email, (_, role) in people.STAFF.items():
        account = people.account_of(email)
        assert verify_password(people.STAFF_PASSWORD, account.password)
        assert [row.name for row in account.roles] == [role.value]
    for email in people.PARENTS:
        account = people.account_of(email)
        assert verify_password(people.PARENT_PASSWORD, account.password)
        assert activation_state(account, NOW) is Activation.ACTIVE
        accepted = sa.select(models.CguAcceptance.id).where(models.CguAcceptance.account_id == account.id)
        assert db.session.scalar(accepted) is not None
    assert {role for _, role in people.STAFF.values()} == set(Role)


def test_the_newcomer_must_change_their_password(town):
    account = people.account_of(people.NEWCOMER)
    assert verify_password(people.FIRST_PASSWORD, account.password)
    assert account.must_change_password
    assert activation_state(account, NOW) is Activation.SENT


def test_accounts_are_in_every_state(town):
    guardians = db.session.scalars(sa.select(models.Guardian)).unique()
    states = Counter(activation_state(each.account, NOW) for each in guardians)
    assert states.keys() >= {Activation.ACTIVE, Activation.SENT, Activation.EXPIRED, Activation.NOT_SENT}
    assert states[Activation.ACTIVE] > 100


# -- the autumn ------------------------------------------------------------------------------


def test_every_booking_stands_in_the_journal(town):
    booked = count(models.Booking)
    said = sa.select(models.ReceiptLine.child_id, models.ReceiptLine.activity_id, models.ReceiptLine.day)
    assert len(set(db.session.execute(said).all())) == booked
    orphans = sa.select(sa.func.count()).select_from(models.Receipt).where(~models.Receipt.lines.any())
    assert db.session.scalar(orphans) == 0


def test_the_journal_is_in_the_order_of_time_and_nobody_acts_before_signing_in(town):
    receipts = list(db.session.scalars(sa.select(models.Receipt).order_by(models.Receipt.id)))
    assert [each.at for each in receipts] == sorted(each.at for each in receipts)
    for each in receipts:
        assert each.by.first_signed_in_at <= each.at < each.lines[0].until


def test_one_day_is_full_and_ines_is_first_in_line(town):
    waiting = db.session.scalars(sa.select(models.Booking).filter_by(state=BookingState.WAITING)).one()
    assert (waiting.child.first_name, waiting.day) == ("Inès", date(2026, 12, 8))
    limit = db.session.scalars(sa.select(models.Capacity)).one()
    booked = models.Booking.state == BookingState.BOOKED
    assert count(models.Booking, models.Booking.day == waiting.day, booked) == limit.places


def test_no_meal_in_the_holidays_nor_on_a_closed_day(town):
    for child in db.session.scalars(sa.select(models.Child).limit(12)):
        facts = facts_of([child.id])[child.id]
        for activity in configuration().activities.values():
            days = sa.select(models.Booking.day).filter_by(child_id=child.id, activity_id=activity.id)
            for day in db.session.scalars(days):
                assert configuration().calendar.closed_because(day, facts.place_on(day, activity.id)) is None


def test_attendance_has_its_absences_its_surprises_and_its_forgotten_sheets(town):
    assert count(models.Attendance, models.Attendance.presence == Presence.ABSENT) > 50
    assert count(models.AttendanceSheet, models.AttendanceSheet.state == SheetState.OPEN) == 1
    said = Counter(
        db.session.scalars(
            sa.select(models.InvoiceLine.situation).where(models.InvoiceLine.situation.is_not(None))
        )
    )
    usual = {Situation.AS_BOOKED, Situation.ATTENDED, Situation.UNBOOKED, Situation.NO_SHOW}
    assert said.keys() == usual | {Situation.LATE_PICKUP}


def test_evenings_have_departures_and_a_few_late_ones(town):
    row, evening = models.Attendance, configuration().activity("garderie-du-soir")
    assert evening is not None and evening.ends_at_minute is not None
    query = sa.select(row.left_at).filter_by(activity_id=evening.id)
    minutes = [minute_of(left_at) for left_at in db.session.scalars(query)]
    noted = [minute for minute in minutes if minute is not None]
    late = [minute for minute in noted if minute > evening.ends_at_minute]
    assert 0.3 < len(noted) / len(minutes) < 0.5
    assert 0 < len(late) < len(noted) / 10
    assert evening.starts_at_minute < min(noted) and max(noted) < evening.ends_at_minute + 25


def test_september_and_october_are_issued_and_november_is_not(town):
    months = Counter(db.session.scalars(sa.select(models.Invoice.month)))
    assert months.keys() == {date(2026, 9, 1), date(2026, 10, 1)}
    assert min(months.values()) > 100
    assert count(models.Invoice, ~models.Invoice.is_example) == 0
    assert count(models.Draft) == 0
    assert 0 < count(models.Payment) < count(models.Invoice)


def test_claire_finds_what_to_do(town):
    claire = person("claire.martin@villars.example")
    invoices = list(db.session.scalars(sa.select(models.Invoice).filter_by(family_id=claire.family_id)))
    assert [sum(p.amount_cents for p in each.payments) == each.total_cents for each in invoices] == [
        True,
        False,
    ]
    lea = next(row.child for row in claire.guardianships if row.child.first_name == "Léa")
    days = calendar_of(
        lea, configuration().activity("cantine"), date(2026, 11, 23), date(2026, 12, 4), now=NOW, viewer=None
    )
    by_day = {each.day: each for each in days}
    assert (by_day[date(2026, 11, 24)].booked, by_day[date(2026, 11, 24)].open) == (True, False)
    assert (by_day[date(2026, 12, 4)].booked, by_day[date(2026, 12, 4)].open) == (False, True)


def test_no_mail_of_the_autumn_leaves_again(town):
    assert count(models.Outbox, models.Outbox.state != MailState.SENT) == 0
    assert count(models.Outbox, models.Outbox.secret.is_not(None)) == 0


def test_its_families_come_through_the_import_and_are_known_by_it(town):
    before = count(models.History)
    report = import_families(read_table(demo.FAMILIES.read_bytes()), by=IMPORTER, now=NOW)
    assert {line.outcome for line in report.lines} == {Outcome.KNOWN}
    assert count(models.History) == before


def test_it_is_refused_where_there_are_families(town):
    with pytest.raises(Refused, match="La base a déjà des familles"):
        demo.load()


# -- the file --------------------------------------------------------------------------------


def test_the_committed_file_is_the_one_the_generator_writes():
    with generate.FILE.open(encoding="utf-8", newline="") as file:
        committed = list(csv.DictReader(file, delimiter=";"))
    drawn = [{column: row.get(column, "") for column in generate.COLUMNS} for row in generate.rows()]
    assert committed == drawn
