"""The life of a mandate, its reference, its creditor, when it lapses and debits; bank accounts as typed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.ibans import grouped, masked, read_iban
from rules.mandate_vocabulary import MandateState
from rules.mandates import MOVES, OVER, debit_day, ensure_ics, ensure_move, is_rum, lapses_on, rum_of
from rules.refusals import Refused

BANKS_EXAMPLE = "FR7630006000011234567890189"
POSTAL_EXAMPLE = "FR1420041010050500013M02606"


def test_every_state_has_its_moves_and_what_is_over_stays_so() -> None:
    assert MOVES.keys() == set(MandateState)
    assert all(not MOVES[state] for state in OVER)
    with pytest.raises(Refused, match="révoqué"):
        ensure_move(MandateState.REVOKED, MandateState.ACTIVE)


@given(st.text(max_size=60), st.integers(2000, 2999), st.integers(1, 999_999_999))
def test_a_reference_is_always_one_that_banks_take(creditor: str, year: int, number: int) -> None:
    rum = rum_of(creditor, year, number)
    assert is_rum(rum)
    assert rum.endswith(f"-{year}-{number:06d}")


@pytest.mark.parametrize(
    ("creditor", "rum"),
    [
        ("Villars", "VILLARS-2026-000123"),
        ("Saint-Étienne", "SAINT-ETIENNE-2026-000123"),
        ("L’Isle-sur-la-Sorgue", "L-ISLE-SUR-LA-SORGUE-2026-000123"),
        ("Saint-Remy-en-Bouzemont-Saint-Genest", "SAINT-REMY-EN-BOUZEMONT-2026-000123"),
        ("東京", "MANDAT-2026-000123"),
    ],
)
def test_a_reference_names_the_commune(creditor: str, rum: str) -> None:
    assert rum_of(creditor, 2026, 123) == rum


@pytest.mark.parametrize("ics", ["FR73ZZZ123456", "FR72ZZZ12345é", "VILLARS", ""])
def test_a_wrong_creditor_identifier_is_refused(ics: str) -> None:
    ensure_ics("FR72ZZZ123456")
    ensure_ics("FR72AAA123456")  # the business code is not part of the key
    with pytest.raises(Refused):
        ensure_ics(ics)


@pytest.mark.parametrize(
    ("signed", "collected", "first_day"),
    [
        ("2026-11-23", None, "2029-11-24"),
        ("2026-11-23", "2027-01-05", "2030-01-06"),
        ("2028-02-29", None, "2031-03-01"),
    ],
)
def test_a_mandate_lapses_thirty_six_months_after_its_last_collection(
    signed: str, collected: str | None, first_day: str
) -> None:
    last = date.fromisoformat(collected) if collected else None
    assert lapses_on(date.fromisoformat(signed), last) == date.fromisoformat(first_day)


def test_an_invoice_is_debited_at_least_a_fortnight_after_it_is_announced() -> None:
    assert debit_day(date(2026, 12, 3), 21) == date(2026, 12, 24)
    assert debit_day(date(2026, 12, 3), 2) == date(2026, 12, 17)


# -- accounts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", [BANKS_EXAMPLE, grouped(BANKS_EXAMPLE), " fr76-3000 6000.0112 3456 7890 189 "]
)
def test_an_account_is_read_as_it_is_typed(typed: str) -> None:
    account = read_iban(typed)
    assert (account.iban, account.bic, account.bank) == (BANKS_EXAMPLE, "AGRIFRPPXXX", "CREDIT AGRICOLE SA")
    assert masked(account.iban) == "FR76\u00a0••••\u00a0••••\u00a00189"


def test_an_account_with_letters_and_one_from_abroad() -> None:
    assert read_iban(POSTAL_EXAMPLE).bank == "LA BANQUE POSTALE"
    assert read_iban("DE89 3704 0044 0532 0130 00").bic == "COBADEFFXXX"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Donnez votre IBAN"),
        ("coucou", "deux lettres et deux chiffres"),
        ("FR76 3000 6000 0112 3456 7890 18é", "sans accent"),
        ("FR76 3000", "il en manque 19"),
        (f"{BANKS_EXAMPLE}0", "1 de trop"),
        ("FR7630006000011234567890188", "faute|erreur de frappe"),
        ("FR0630006000011234567890188", "clé RIB"),
        ("TN5910006035183598478831", "zone SEPA"),
        ("XX0012345678", "« XX »"),
    ],
)
def test_what_is_wrong_with_an_account_is_said(typed: str, said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        read_iban(typed)
    assert refused.value.field == "iban"


@given(st.integers(4, 26), st.characters(min_codepoint=48, max_codepoint=57))
def test_one_wrong_digit_is_always_seen(at: int, digit: str) -> None:
    typed = BANKS_EXAMPLE[:at] + digit + BANKS_EXAMPLE[at + 1 :]
    if typed != BANKS_EXAMPLE:
        with pytest.raises(Refused):
            read_iban(typed)
