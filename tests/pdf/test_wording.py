from datetime import UTC, date, datetime

import pytest

from pdf import wording


def plain(text):
    return text.replace(wording.NBSP, " ")


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([], ""),
        ([date(2026, 10, 1)], "jeu. 1er octobre"),
        (
            [date(2026, 10, 8), date(2026, 10, 5), date(2026, 10, 6)],
            "lun. 5, mar. 6, jeu. 8 octobre",
        ),
        ([date(2026, 10, 30), date(2026, 11, 2)], "ven. 30 octobre, lun. 2 novembre"),
        (
            [date(2026, 12, 18), date(2027, 1, 4), date(2027, 1, 5)],
            "ven. 18 décembre 2026, lun. 4, mar. 5 janvier 2027",
        ),
    ],
)
def test_days_in_words(days, words):
    assert plain(wording.days_in_words(days)) == words


def test_a_weekday_is_never_parted_from_its_number():
    assert wording.days_in_words([date(2026, 10, 5), date(2026, 10, 6)]).split(" ") == [
        "lun.\u00a05,",
        "mar.\u00a06\u00a0octobre",
    ]


@pytest.mark.parametrize(
    ("names", "words"),
    [((), ""), (("Noé",), "Noé"), (("Éloïse", "Noé"), "Éloïse et Noé"), (("A", "B", "C"), "A, B et C")],
)
def test_enumerate_names(names, words):
    assert wording.enumerate_names(names) == words


@pytest.mark.parametrize(("hundredths", "words"), [(74200, "742"), (62250, "622,50"), (5, "0,05"), (0, "0")])
def test_quotient(hundredths, words):
    assert wording.quotient(hundredths) == words


@pytest.mark.parametrize(
    ("days", "words"), [(21, "3 semaines"), (7, "1 semaine"), (30, "30 jours"), (1, "1 jour"), (0, "0 jour")]
)
def test_delay(days, words):
    assert plain(wording.delay(days)) == words


def test_dates():
    assert plain(wording.full_date(date(2026, 11, 23))) == "lundi 23 novembre 2026"
    assert plain(wording.long_date(date(2026, 8, 1))) == "1er août 2026"
    assert plain(wording.moment(datetime(2026, 9, 16, 21, 5, tzinfo=UTC))) == (
        "mercredi 16 septembre 2026 à 23 h 05"
    )
