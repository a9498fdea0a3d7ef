"""When a month may be billed; numbers, due dates and states of invoices."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.instants import PARIS
from rules.invoices import (
    announcement,
    due_on,
    ensure_announceable,
    ensure_month_over,
    exercice_of,
    invoice_number,
    invoice_state,
    month_is_over,
    next_month,
    parse_invoice_number,
)
from rules.refusals import Refused
from rules.vocabulary import InvoiceState


def test_three_weeks_to_pay() -> None:
    assert due_on(date(2026, 10, 5)) == date(2026, 10, 26)
    assert due_on(date(2026, 12, 20)) == date(2027, 1, 10)


def test_families_are_told_on_the_day_of_the_announcement_and_not_before() -> None:
    now = datetime(2026, 10, 1, 14, 30, tzinfo=PARIS)
    assert announcement(date(2026, 10, 1), now) == now
    assert announcement(date(2026, 10, 2), now) == datetime(2026, 10, 2, 8, 0, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("announced_on", "why"),
    [
        (date(2026, 9, 30), "passée"),
        (date(2026, 10, 1), None),
        (date(2026, 12, 2), None),
        (date(2026, 12, 3), "plus de deux mois"),
        (date(9999, 12, 31), "plus de deux mois"),
    ],
)
def test_a_day_of_announcement_is_neither_past_nor_far(announced_on: date, why: str | None) -> None:
    now = datetime(2026, 9, 30, 22, 30, tzinfo=UTC)  # already the 1st in Paris
    if why is None:
        ensure_announceable(announced_on, now)
    else:
        with pytest.raises(Refused, match=why):
            ensure_announceable(announced_on, now)


def test_the_exercice_is_the_year_of_issue() -> None:
    assert exercice_of(date(2026, 12, 31)) == 2026
    assert exercice_of(date(2027, 1, 1)) == 2027


def test_numbers_are_written_with_their_exercice() -> None:
    assert invoice_number(2026, 123) == "F2026-000123"
    assert parse_invoice_number(" f2026-000123 ") == (2026, 123)


def test_a_sequence_starts_at_one() -> None:
    with pytest.raises(ValueError, match="start at 1"):
        invoice_number(2026, 0)


@given(st.integers(1000, 9999), st.integers(1, 99_999_999))
def test_reading_a_number_undoes_writing_it(exercice: int, sequence: int) -> None:
    assert parse_invoice_number(invoice_number(exercice, sequence)) == (exercice, sequence)


@pytest.mark.parametrize("typed", ["", "123", "F2026", "F2026-123", "2026-000123", "F2026-000123-1"])
def test_what_is_not_a_number_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="n’est pas un numéro de facture"):
        parse_invoice_number(typed)


@pytest.mark.parametrize(
    ("now", "over"),
    [
        (datetime(2026, 9, 30, 21, 59, 59, tzinfo=UTC), False),  # 23:59:59 in Paris
        (datetime(2026, 9, 30, 22, 0, 0, tzinfo=UTC), True),  # midnight in Paris
        (datetime(2026, 9, 30, 23, 59, 59, 999999, tzinfo=PARIS), False),
        (datetime(2026, 10, 1, tzinfo=PARIS), True),
        (datetime(2026, 9, 1, tzinfo=PARIS), False),
        (datetime(2027, 1, 1, tzinfo=PARIS), True),
    ],
)
def test_a_month_is_over_at_midnight_in_paris(now: datetime, over: bool) -> None:
    assert month_is_over(date(2026, 9, 1), now) is over
    assert month_is_over(date(2026, 9, 30), now) is over


def test_december_ends_with_the_year() -> None:
    assert next_month(date(2026, 12, 31)) == date(2027, 1, 1)
    assert next_month(date(2027, 1, 31)) == date(2027, 2, 1)
    assert month_is_over(date(2026, 12, 1), datetime(2026, 12, 31, 23, 0, tzinfo=UTC))


def test_an_instant_without_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="time zone"):
        month_is_over(date(2026, 9, 1), datetime(2026, 10, 1))


def test_billing_too_early_is_refused_with_the_day_it_opens() -> None:
    ensure_month_over(date(2026, 9, 1), datetime(2026, 10, 1, tzinfo=PARIS))
    with pytest.raises(Refused) as refused:
        ensure_month_over(date(2026, 10, 1), datetime(2026, 10, 31, 12, tzinfo=PARIS))
    assert refused.value.sentence == (
        "Le mois d’octobre 2026 n’est pas terminé\u00a0: "
        "il pourra être facturé à partir du 1er novembre 2026."
    )


DUE = date(2026, 10, 26)
AFTER = DUE + timedelta(days=1)


@pytest.mark.parametrize(
    ("paid", "today", "state"),
    [
        (0, DUE, InvoiceState.DUE),
        (0, AFTER, InvoiceState.OVERDUE),
        (100, DUE, InvoiceState.PARTLY_PAID),
        (100, AFTER, InvoiceState.OVERDUE),
        (3800, DUE, InvoiceState.PAID),
        (3800, AFTER, InvoiceState.PAID),
        (4000, AFTER, InvoiceState.PAID),
        (-100, DUE, InvoiceState.DUE),
    ],
)
def test_the_state_follows_the_payments_and_the_due_date(paid: int, today: date, state: InvoiceState) -> None:
    assert invoice_state(3800, paid, DUE, today) == state
