from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.refusals import Refused
from rules.simulation_words import about_euros, read_hour, read_quotient, say_band, write_hour
from rules.tariff_grid import format_quotient


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("622,50", "622.50"),
        ("622.5", "622.50"),
        (" 1 250 € ", "1250.00"),
        ("1\u202f250,5", "1250.50"),
        ("0", "0.00"),
        ("99999", "99999.00"),
    ],
)
def test_a_quotient_is_read_as_people_write_it(typed: str, value: str) -> None:
    assert str(read_quotient(typed)) == value


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("six cents", "n’est pas un nombre"),
        ("6O0", "n’est pas un nombre"),
        ("1,2,3", "n’est pas un nombre"),
        ("12,345", "n’est pas un nombre"),
        ("1e3", "n’est pas un nombre"),
        ("NaN", "n’est pas un nombre"),
        ("٦٢٢", "n’est pas un nombre"),
        ("-622,50", "est négatif"),
        ("\u2212622,50", "est négatif"),
        ("99999,01", "est trop grand"),
    ],
)
def test_what_is_not_a_quotient_is_refused_with_what_was_typed(typed: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as refused:
        read_quotient(typed)
    assert typed in refused.value.sentence


@given(st.decimals(0, 99_999, places=2))
def test_a_quotient_written_is_read_back(value: Decimal) -> None:
    assert read_quotient(format_quotient(value)) == value


@pytest.mark.parametrize(
    ("typed", "minute"),
    [
        ("16:45", 1005),
        ("16h45", 1005),
        ("16 h 45", 1005),
        ("7h", 420),
        ("07:30", 450),
        ("0:00", 0),
        ("23.59", 1439),
    ],
)
def test_an_hour_is_read_as_people_write_it(typed: str, minute: int) -> None:
    assert read_hour(typed) == minute


@pytest.mark.parametrize("typed", ["24:00", "12:60", "midi", "-1:00", "1645", "16:4", "١٦:45"])
def test_what_is_not_an_hour_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="n’est pas une heure"):
        read_hour(typed)


@given(st.integers(0, 1439))
def test_an_hour_written_is_read_back(minute: int) -> None:
    assert read_hour(write_hour(minute)) == minute


@pytest.mark.parametrize(
    ("first", "after", "said"),
    [
        ("0", None, "Tous les quotients"),
        ("0", "400", "Moins de 400"),
        ("400", "622.50", "De 400 à moins de 622,50"),
        ("1400", None, "1\u00a0400 et plus"),
    ],
)
def test_a_band_is_said(first: str, after: str | None, said: str) -> None:
    assert say_band(Decimal(first), after and Decimal(after)) == said


@pytest.mark.parametrize(("cents", "said"), [(0, "0"), (49, "0"), (50, "1"), (123_450, "1\u00a0235")])
def test_a_year_is_said_to_the_euro(cents: int, said: str) -> None:
    assert about_euros(cents) == f"{said}\u00a0€"
