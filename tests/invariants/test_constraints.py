"""Every named constraint fires on both engines, and a person reads a French sentence instead of SQL.

CHECKs have their case in the table below; UNIQUE, FOREIGN KEY and NOT NULL are broken generically.
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

import models  # noqa: F401 (fills the metadata)
from extensions import db
from rules.constraint_sentences import FOREIGN_KEY, NOT_NULL, SENTENCES, broken
from tests.invariants.rows import INSTANT, insert, parent, suitable, tables

EARLY, LATE = date(2040, 1, 1), date(2041, 1, 1)
NOBODY = 987654321
BACKWARDS = {"first_day": LATE, "last_day": EARLY}
NEW = object()  # the key of a new row of the table that the column refers to
FRESH = object()  # a text that no other row has

# What a row, a modifier and a cap of a tariff may ask.
ASKED: dict[str, dict[str, Any]] = {
    "band": {"qf_from": Decimal("622.50"), "qf_to": Decimal("622.50")},
    "children_from": {"children_from": 0},
    "children_to": {"children_from": 3, "children_to": 2},
    "days_from": {"days_from": 8},
    "days_to": {"days_from": 3, "days_to": 2},
    "no_quotient": {"no_quotient": True, "qf_to": Decimal(400)},
    "rank_from": {"rank_from": 0},
    "rank_to": {"rank_to": 0},
    "month_from": {"month_from": 0},
    "month_to": {"month_from": 3, "month_to": 2},
    "slot_from": {"slot_from": 1440},
    "slot_to": {"slot_from": 480, "slot_to": 480},
    "weekdays": {"weekdays": frozenset()},
}
CONDITIONS = {
    f"ck_{table}_{name}": values
    for table in ("tariff_row", "tariff_modifier", "tariff_cap")
    for name, values in ASKED.items()
}

# For each CHECK, values that break it and nothing else.
CHECKS: dict[str, dict[str, Any]] = {
    "ck_account_email_lower": {"email": "Claire@villars.example"},
    "ck_guardian_email_lower": {"email": "Claire@villars.example"},
    "ck_guardianship_call_order": {"call_order": 0},
    "ck_guardianship_period": BACKWARDS,
    "ck_custody_anchor": {"kind": "single", "anchor_day": EARLY},
    "ck_custody_changeover": {"changeover_weekday": 8},
    "ck_custody_other_family": {"kind": "parity"},
    "ck_custody_two_families": {"kind": "parity", "family_id": 1, "other_family_id": 1},
    "ck_custody_swap_back": {"back_first_day": EARLY},
    "ck_custody_swap_back_period": {"back_first_day": LATE, "back_last_day": EARLY},
    "ck_custody_swap_closed": {"state": "accepted"},
    "ck_custody_swap_period": BACKWARDS,
    "ck_custody_swap_two_families": {"family_id": 1, "from_family_id": 1},
    "ck_contact_call_order": {"call_order": 0},
    "ck_residence_period": BACKWARDS,
    "ck_family_category_name": {"name": ""},
    "ck_family_category_period": BACKWARDS,
    "ck_quotient_period": {"effective_on": LATE, "ends_on": EARLY},
    "ck_quotient_value": {"value": Decimal("-0.01")},
    "ck_quotient_dependants": {"dependants": -1},
    "ck_quotient_income": {"income": Decimal("-0.01")},
    "ck_commune_single": {"id": 2},
    "ck_commune_carry_over": {"id": 1, "carry_over_below_cents": -1},
    "ck_commune_due_days": {"id": 1, "due_days": -1},
    "ck_commune_keep_years": {"id": 1, "keep_years": -1},
    "ck_commune_health_keep_days": {"id": 1, "health_keep_days": -1},
    "ck_commune_quotient_backdated": {"id": 1, "quotient_backdated_days": -1},
    "ck_commune_quotient_expires": {"id": 1, "quotient_expires_month": 8},
    "ck_commune_quotient_expires_date": {"id": 1, "quotient_expires_month": 8, "quotient_expires_day": 32},
    "ck_commune_quotient_renewed": {"id": 1, "quotient_renewed_month": 6, "quotient_renewed_day": 1},
    "ck_commune_quotient_renewed_date": {
        "id": 1, "quotient_expires_month": 9, "quotient_expires_day": 1,
        "quotient_renewed_month": 6, "quotient_renewed_day": 32,
    },
    "ck_commune_quotient_reference": {"id": 1, "quotient_start": "reference"},
    "ck_commune_quotient_reference_date": {"id": 1, "quotient_reference_month": 13},
    "ck_school_year_period": {"first_day": EARLY, "last_day": EARLY},
    "ck_holiday_period": BACKWARDS,
    "ck_schooling_period": BACKWARDS,
    "ck_activity_starts_at": {"starts_at_minute": 1440},
    "ck_activity_days_without_choice": {"days_without_choice": 0},
    "ck_activity_ends_at": {"starts_at_minute": 720, "ends_at_minute": 720},
    "ck_activity_grace_days": {"grace_days": -1},
    "ck_week_pattern_period": BACKWARDS,
    "ck_week_pattern_weekdays": {"weekdays": frozenset()},
    "ck_closure_period": BACKWARDS,
    "ck_enrolment_period": BACKWARDS,
    "ck_enrolment_usual_weekdays": {"usual_weekdays": frozenset()},
    "ck_capacity_period": BACKWARDS,
    "ck_capacity_places": {"places": -1},
    "ck_capacity_weekdays": {"weekdays": frozenset()},
    "ck_deadline_rule_amount": {"amount": -1},
    "ck_deadline_rule_days_before_complete": {"kind": "days_before", "amount": 1, "minute_of_day": 600},
    "ck_deadline_rule_minute": {"minute_of_day": 1441},
    "ck_deadline_rule_period": BACKWARDS,
    "ck_deadline_rule_weekday": {"weekday": 0},
    "ck_deadline_rule_weekly_complete": {"kind": "weekly", "weekday": 3, "weeks": 1},
    "ck_deadline_rule_weeks": {"weeks": -1},
    "ck_deadline_rule_day_of_month": {"day_of_month": 32},
    "ck_deadline_rule_hours_before_complete": {"kind": "hours_before", "amount": 48},
    "ck_deadline_rule_late_amount": {"late_amount": -1},
    "ck_deadline_rule_late_minute": {"late_minute_of_day": 1441},
    "ck_deadline_rule_months": {"months": -1},
    "ck_deadline_rule_same_day_complete": {"kind": "same_day"},
    "ck_deadline_weekday_minute": {"minute_of_day": 1441},
    "ck_deadline_weekday_service_weekday": {"service_weekday": 8},
    "ck_deadline_weekday_weekday": {"weekday": 0},
    "ck_deadline_weekday_weeks": {"weeks": -1},
    "ck_deadline_date_minute": {"minute_of_day": -1},
    "ck_deadline_date_period": BACKWARDS,
    "ck_tariff_version_ceiling": {"floor_cents": 200, "ceiling_cents": 199},
    "ck_tariff_version_floor": {"floor_cents": -1},
    "ck_tariff_version_period": BACKWARDS,
    "ck_tariff_version_regular_days": {"regular_days": -1},
    "ck_tariff_version_regular_share": {"regular_share": Decimal("1.01")},
    "ck_tariff_version_regular_without_weekdays": {"regular_without_weekdays": frozenset()},
    "ck_tariff_version_rounding_step": {"rounding_step_cents": 0},
    "ck_tariff_version_subject": {"activity_id": NEW, "service_id": NEW},
    **CONDITIONS,
    "ck_tariff_row_amount": {"amount_cents": -1},
    "ck_tariff_row_ceiling": {"floor_cents": 200, "ceiling_cents": 199},
    "ck_tariff_row_floor": {"floor_cents": -1},
    "ck_tariff_row_linear_complete": {"method": "linear", "to_cents": 300, "qf_from": Decimal(0)},
    "ck_tariff_row_rate": {"rate": Decimal("-0.5")},
    "ck_tariff_row_rate_complete": {"method": "rate"},
    "ck_tariff_row_slice": {"slice_minutes": 0},
    "ck_tariff_row_slice_complete": {"unit": "slice"},
    "ck_tariff_row_to_cents": {"to_cents": -1},
    "ck_tariff_row_tolerance": {"tolerance_minutes": -1},
    "ck_tariff_modifier_factor": {"factor": Decimal(-1)},
    "ck_tariff_cap_max_cents": {"max_cents": -1},
    "ck_tariff_cap_max_units": {"max_cents": None, "max_units": 0},
    "ck_tariff_cap_most": {"max_cents": None},
    "ck_situation_rule_amount": {"amount_cents": -1},
    "ck_situation_rule_factor": {"factor": Decimal(-1)},
    "ck_situation_rule_from_nth": {"from_nth": 0},
    "ck_situation_rule_slice": {"slice_minutes": -1},
    "ck_situation_rule_tolerance": {"tolerance_minutes": -1},
    "ck_fee_amount": {"amount_cents": -1},
    "ck_fee_family_max": {"per_whom": "child", "family_max_cents": -1},
    "ck_fee_of_a_child": {"per_whom": "family", "rank_from": 2},
    "ck_fee_period": BACKWARDS,
    "ck_fee_rank_from": {"per_whom": "child", "rank_from": 0},
    "ck_fee_rank_to": {"per_whom": "child", "rank_from": 3, "rank_to": 2},
    "ck_fee_subject": {"activity_id": NEW, "service_id": NEW},
    "ck_child_health_pai_until": {"has_pai": False, "pai_until": EARLY},
    "ck_booking_waiting": {"state": "waiting"},
    "ck_receipt_line_waiting_rank": {"waiting_rank": 0},
    "ck_attendance_sheet_closed": {"state": "closed"},
    "ck_absence_policy_period": BACKWARDS,
    "ck_absence_policy_min_days": {"min_days": 0},
    "ck_absence_policy_max_days": {"max_days": 0},
    "ck_absence_policy_length": {"min_days": 3, "max_days": 2},
    "ck_absence_policy_length_in_days": {"length_unit": "hours"},
    "ck_absence_policy_window": {"window_amount": -1},
    "ck_absence_policy_window_not_booked": {"window_unit": "booked"},
    "ck_absence_policy_window_minute": {"window_minute": 1441},
    "ck_absence_policy_notice_days": {"notice_days": -1},
    "ck_absence_policy_notice_minute": {"notice_minute": -1},
    "ck_absence_policy_carence": {"carence_amount": -1},
    "ck_absence_policy_carence_in_days": {"carence_unit": "hours"},
    "ck_absence_policy_yearly_days": {"yearly_days": -1},
    "ck_absence_claim_period": BACKWARDS,
    "ck_absence_claim_decided": {"state": "accepted"},
    "ck_absence_claim_refused": {"state": "refused", "decided_at": INSTANT},
    "ck_absence_claim_told": {"told_at": INSTANT + timedelta(seconds=1)},
    "ck_absence_claim_day_credited": {"adjustment_id": NEW},
    "ck_adjustment_amount": {"amount_cents": 0},
    "ck_adjustment_reason": {"reason": ""},
    "ck_exclusion_reason": {"reason": ""},
    "ck_invoice_due": {"announced_on": LATE, "due_on": EARLY},
    "ck_invoice_origin": {"kind": "credit_note"},
    "ck_invoice_sequence": {"sequence": 0},
    "ck_invoice_line_amount": {"unit_price_cents": 150, "quantity": 3, "amount_cents": 449},
    "ck_invoice_line_quantity": {"quantity": 0, "amount_cents": 0},
    "ck_sending_outbox": {"channel": "portal"},
    "ck_invoice_debit": {"debit_on": LATE},
    "ck_commune_debit_days": {"id": 1, "debit_days": 13},
    "ck_activity_childcare_share": {"childcare_share": 101},
    "ck_mandate_rum": {"state": "to_sign"},
    "ck_mandate_received": {"state": "received", "rum": FRESH},
    "ck_mandate_active": {"state": "active", "rum": FRESH, "received_at": INSTANT},
    "ck_mandate_refused": {"state": "refused", "rum": FRESH, "decision": ""},
    "ck_mandate_ended": {"state": "revoked"},
    "ck_tax_certificate_version": {"version": 0},
    "ck_tax_certificate_total": {"total_cents": 0},
    "ck_payment_amount": {"amount_cents": 0},
    "ck_payment_reversal": {"method": "reversal"},
    "ck_payment_sign": {"amount_cents": -1},
    "ck_enrolment_campaign_period": {"opens_on": LATE, "closes_on": EARLY, "documents_by": LATE},
    "ck_enrolment_campaign_documents_by": {"opens_on": LATE, "closes_on": LATE, "documents_by": EARLY},
    "ck_enrolment_provisional": {"provisional_until": EARLY},
    "ck_service_rules_body": {"body": ""},
    "ck_service_rules_name": {"name": ""},
    "ck_document_name": {"name": ""},
    "ck_document_removed": {"removed_at": INSTANT - timedelta(seconds=1)},
    "ck_document_seen": {"seen_by_id": NEW},
    "ck_document_size": {"size": 0},
    "ck_document_need_period": BACKWARDS,
    "ck_document_need_subject": {"activity_id": NEW, "service_id": NEW},
    "ck_news_period": BACKWARDS,
    "ck_request_decided": {"state": "accepted"},
    "ck_request_refused": {"state": "refused", "decided_at": INSTANT, "decision": ""},
    "ck_request_message_body": {"body": ""},
    "ck_page_period": BACKWARDS,
    "ck_picture_alternative": {"alternative": ""},
    "ck_interruption_period": {"ends_at": INSTANT},
    "ck_interruption_announced": {"announced_at": INSTANT + timedelta(minutes=1)},
    "ck_town_document_period": BACKWARDS,
    "ck_dish_name": {"name": ""},
    "ck_outbox_attempts": {"attempts": -1},
    "ck_outbox_secret_wiped": {"state": "sent", "secret": b"x"},
}  # fmt: skip

# What breaking the others needs for the rest of the row to be right.
COMPANIONS: dict[str, dict[str, Any]] = {
    "uq_guardian_payer": {"is_payer": True},
    "uq_attendance_sheet_class": {"class_id": NEW},
    "uq_absence_claim_day_accepted": {"accepted": True},
    "ck_mandate_mandate_state": {"rum": FRESH},
    "uq_mandate_active": {
        "state": "active", "rum": FRESH, "received_at": INSTANT, "activated_at": INSTANT, "signed_on": EARLY,
    },
    "fk_absence_claim_day_adjustment_id": {"accepted": True},
    "uq_payment_reverses_id": {"method": "reversal", "amount_cents": -1},
    "uq_deadline_rule_activity_id_bound_change_first_day_position": {"change": "book"},
    "fk_payment_reverses_id": {"method": "reversal", "amount_cents": -1},
    "fk_enrolment_provisional_family_id": {"provisional_until": EARLY, "provisional_for": "x"},
    "fk_document_seen_by_id": {"seen_at": INSTANT},
    "fk_sending_outbox_id": {"channel": "portal"},
    "fk_invoice_origin_id": {"kind": "credit_note"},
    "fk_custody_other_family_id": {"kind": "parity"},
    "ck_custody_swap_swap_state": {"closed_at": INSTANT},
    "ck_custody_custody_kind": {"other_family_id": NEW},
    "ck_commune_quotient_start": {"id": 1},
}  # fmt: skip


def check_names(table: sa.Table) -> set[str]:
    return {str(c.name) for c in table.constraints if isinstance(c, sa.CheckConstraint)}


def list_checks(table: sa.Table) -> dict[str, sa.Column[Any]]:
    """The CHECKs of closed lists, by name, with their column."""
    columns = (c for c in table.columns if isinstance(c.type, sa.Enum))
    return {f"ck_{table.name}_{column.type.name}": column for column in columns}


def uniques(table: sa.Table) -> dict[str, list[sa.Column[Any]]]:
    named = [*(c for c in table.constraints if isinstance(c, sa.UniqueConstraint))]
    named += [index for index in table.indexes if index.unique]
    return {str(each.name): list(each.columns) for each in named}


def refused(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> str:
    """What the database says to this row, which it must not take."""
    try:
        with connection.begin_nested():
            connection.execute(table.insert().values(row))
    except sa.exc.IntegrityError as error:
        return str(error.orig)
    pytest.fail(f"{table.name} took {row}")


def completed(connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> dict[str, Any]:
    asked = {k: parent(connection, table.c[k]) if v is NEW else v for k, v in values.items()}
    asked |= {k: str(uuid.uuid4())[:30] for k, v in values.items() if v is FRESH}
    return suitable(connection, table, asked)


every_table = pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)


@pytest.fixture
def connection(session_app):
    """Everything is rolled back: no need to put the town back before each test."""
    with session_app.app_context(), db.engine.connect() as opened:
        yield opened
        opened.rollback()


@every_table
def test_the_generated_row_is_valid(connection, table):
    """Otherwise the refusals below would prove nothing."""
    if table.name != "commune":
        insert(connection, table)
    names = [c.name for c in table.constraints] + [index.name for index in table.indexes]
    assert None not in names and len(set(names)) == len(names)


@every_table
def test_every_check_fires(connection, table):
    lists = list_checks(table)
    for name, column in lists.items():
        row = completed(connection, table, {**COMPANIONS.get(name, {}), column.name: "inconnu"})
        said = refused(connection, table, row)
        assert name in said
    for name in check_names(table) - lists.keys():
        said = refused(connection, table, completed(connection, table, CHECKS[name]))
        assert name in said


@every_table
def test_every_unique_fires(connection, table):
    for name, columns in uniques(table).items():
        companions = COMPANIONS.get(name, {})
        wanted = {c.name: NEW for c in columns if c.nullable and c.foreign_keys and c.name not in companions}
        wanted |= {c.name: "x" for c in columns if c.nullable and not c.foreign_keys}
        if name == "uq_attendance_sheet_school":
            wanted = {}
        first = insert(connection, table, **completed(connection, table, wanted | companions))
        same = {c.name: first[c.name] for c in columns}
        same |= {k: v if v is FRESH else first[k] for k, v in companions.items()}
        said = refused(connection, table, completed(connection, table, same))
        where = (name, ", ".join(f"{table.name}.{c.name}" for c in columns))
        assert any(word in said for word in where), said


@every_table
def test_every_foreign_key_fires(connection, table):
    for constraint in table.foreign_key_constraints:
        (column,) = constraint.columns
        companions = COMPANIONS.get(str(constraint.name), {})
        row = suitable(connection, table, {**companions, column.name: NOBODY})
        assert "foreign key" in refused(connection, table, row).lower()


@every_table
def test_what_is_referred_to_cannot_be_deleted(connection, table):
    for constraint in table.foreign_key_constraints:
        if constraint.ondelete != "RESTRICT":
            assert constraint.ondelete == "CASCADE", f"{constraint.name}: say what happens"
            continue
        (column,) = constraint.columns
        companions = COMPANIONS.get(str(constraint.name), {})
        row = insert(connection, table, **completed(connection, table, {**companions, column.name: NEW}))
        (key,) = column.foreign_keys
        delete = key.column.table.delete().where(key.column == row[column.name])
        with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
            connection.execute(delete)


@every_table
def test_every_obligatory_column_is(connection, table):
    for column in table.columns:
        if column.nullable or column.primary_key:
            continue
        row = suitable(connection, table, {}) | {column.name: sa.null()}
        said = refused(connection, table, row)
        assert column.name in said and "null" in said.lower()


def test_a_payer_and_a_sheet_are_unique_only_where_it_is_meant(connection):
    """The partial indexes do not refuse more than they say."""
    guardian, sheet = db.metadata.tables["guardian"], db.metadata.tables["attendance_sheet"]
    adult = insert(connection, guardian)
    insert(connection, guardian, family_id=adult["family_id"])
    of_class = completed(connection, sheet, {"class_id": NEW})
    connection.execute(sheet.insert().values(of_class))
    same = {name: of_class[name] for name in ("activity_id", "school_id", "day")}
    insert(connection, sheet, **same)
    billed = db.metadata.tables["billed_day"]
    day = insert(connection, billed, cancelled_on=EARLY)
    insert(connection, billed, **{name: day[name] for name in ("child_id", "activity_id", "day")})


def test_every_case_is_of_a_constraint_that_exists():
    names = {str(c.name) for t in tables() for c in t.constraints} | {
        str(index.name) for t in tables() for index in t.indexes
    }
    assert not CHECKS.keys() - names
    assert not COMPANIONS.keys() - names
    assert not {said for said in SENTENCES if said.startswith(("ck_", "uq_"))} - names


def test_every_constraint_has_its_french_sentence():
    for table in tables():
        own = (check_names(table) - list_checks(table).keys()) | uniques(table).keys()
        missing = own - SENTENCES.keys()
        assert not missing, f"rules/constraint_sentences.py says nothing of {sorted(missing)}"
    for name in (FOREIGN_KEY, NOT_NULL, "ck_booking_booking_state"):
        assert broken(name).sentence.endswith(".")


def test_an_instant_without_its_zone_never_reaches_the_database(connection):
    outbox = db.metadata.tables["outbox"]
    with pytest.raises(sa.exc.StatementError, match="aware"):
        insert(connection, outbox, created_at=INSTANT.replace(tzinfo=None))
