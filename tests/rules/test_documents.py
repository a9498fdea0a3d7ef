from datetime import date

import pytest

from rules.documents import (
    DocumentKind,
    answers,
    expires_soon,
    has_expired,
    kinds_read_by,
    size_in_words,
    usual_expiry,
)
from rules.vocabulary import Role


@pytest.mark.parametrize(
    ("kind", "given", "until"),
    [
        (DocumentKind.HOME_PROOF, date(2026, 9, 7), date(2026, 12, 6)),
        (DocumentKind.INSURANCE, date(2026, 9, 7), date(2027, 8, 31)),
        (DocumentKind.INSURANCE, date(2026, 8, 20), date(2027, 8, 31)),
        (DocumentKind.INSURANCE, date(2027, 5, 31), date(2027, 8, 31)),
        (DocumentKind.INSURANCE, date(2027, 6, 1), date(2028, 8, 31)),
        (DocumentKind.QUOTIENT, date(2026, 9, 7), date(2026, 12, 31)),
        (DocumentKind.JUDGMENT, date(2026, 9, 7), None),
    ],
)
def test_how_long_a_document_is_usually_good_for(kind, given, until):
    assert usual_expiry(kind, given) == until


def test_the_last_day_is_still_good():
    last = date(2026, 12, 6)
    assert (
        not has_expired(last, last) and has_expired(last, date(2026, 12, 7)) and not has_expired(None, last)
    )
    assert expires_soon(last, date(2026, 11, 6)) and not expires_soon(last, date(2026, 11, 5))
    assert not expires_soon(last, date(2026, 12, 7)) and not expires_soon(None, last)


@pytest.mark.parametrize(
    ("kind", "expires_on", "still"),
    [
        (DocumentKind.INSURANCE, None, True),
        (DocumentKind.INSURANCE, date(2026, 11, 23), True),
        (DocumentKind.INSURANCE, date(2026, 11, 22), False),
        (DocumentKind.HOME_PROOF, date(2026, 11, 22), True),
        (DocumentKind.HOME_PROOF, date(2026, 8, 31), False),
    ],
)
def test_what_is_asked_for_since_september_is_answered_in_november(kind, expires_on, still):
    assert answers(kind, expires_on, date(2026, 9, 1), date(2026, 11, 23)) is still


def test_this_years_insurance_does_not_answer_for_next_year():
    first, day = date(2027, 9, 1), date(2027, 6, 15)
    assert not answers(DocumentKind.INSURANCE, date(2027, 8, 31), first, day)
    assert answers(DocumentKind.INSURANCE, date(2028, 8, 31), first, day)


def test_each_role_opens_what_its_work_needs():
    assert kinds_read_by(frozenset({Role.ADMINISTRATOR})) == frozenset(DocumentKind)
    assert kinds_read_by(frozenset({Role.CANTEEN})) == {DocumentKind.PAI}
    assert DocumentKind.MEDICAL not in kinds_read_by(frozenset({Role.FINANCE}))
    assert DocumentKind.BANK_DETAILS in kinds_read_by(frozenset({Role.FINANCE}))
    assert not kinds_read_by(frozenset({Role.READER}))


@pytest.mark.parametrize(
    ("size", "said"),
    [(1, "1 Ko"), (1024, "1 Ko"), (1025, "2 Ko"), (1024 * 1024, "1 Mo"), (2_500_000, "2,4 Mo")],
)
def test_a_size_is_said(size, said):
    assert size_in_words(size) == said.replace(" ", "\N{NO-BREAK SPACE}")
