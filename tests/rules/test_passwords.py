from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.passwords import (
    LONGEST,
    PROVISIONAL_LASTS,
    Activation,
    activation,
    check,
    has_expired,
    new_provisional,
)
from rules.refusals import Refused

EMAIL = "claire.martin@villars.example"
NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "password",
    [
        "Abcdefg1",
        "Trois petits chats 7",
        "ÉTÉété2026",
        "trois petits chats sur un Toit de tuiles 7",
        "Aa1" + "xyz" * 41 + "é1",
    ],
)
def test_accepted(password):
    check(password, email=EMAIL)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "Il manque au mot de passe 8 caractères, une majuscule, une minuscule et un chiffre."),
        ("Abcdef1", "Il manque au mot de passe un caractère."),
        ("ABCDEFG1", "Il manque au mot de passe une minuscule."),
        ("abcdefg1", "Il manque au mot de passe une majuscule."),
        ("Abcdefgh", "Il manque au mot de passe un chiffre."),
        ("été2026", "Il manque au mot de passe un caractère et une majuscule."),
        ("Aa1" + "x" * LONGEST, "Le mot de passe ne peut pas dépasser 128 caractères."),
        ("Claire.Martin1", "Le mot de passe ne doit pas être votre adresse de courriel."),
        ("Claire.Martin@villars.example1", "Le mot de passe ne doit pas être votre adresse de courriel."),
    ],
)
def test_refused_with_what_is_missing(password, sentence):
    with pytest.raises(Refused) as refusal:
        check(password, email=EMAIL)
    assert refusal.value.sentence == sentence and refusal.value.field == "password"


@pytest.mark.parametrize("password", ["Azerty123", "Motdepasse1!", "Villars42390!", "Aaaaaaa1"])
def test_common_ones_are_refused(password):
    with pytest.raises(Refused, match="trop courant"):
        check(password, email=EMAIL)


@given(st.text(max_size=160))
def test_whatever_is_typed_passes_or_gets_a_whole_sentence(password):
    try:
        check(password, email=EMAIL)
    except Refused as refusal:
        assert refusal.sentence[0].isupper() and refusal.sentence.endswith(".")
    else:
        assert 8 <= len(password) <= LONGEST


def test_provisional_passwords_are_readable_and_never_the_same():
    many = {new_provisional() for _ in range(500)}
    assert len(many) == 500
    for each in many:
        assert len(each) == 14 and each.count("-") == 2 and not set(each) & set("aeiouy01lO")


@pytest.mark.parametrize(
    ("sent", "elapsed", "came_in", "must_change", "state"),
    [
        (False, timedelta(0), False, True, Activation.NOT_SENT),
        (True, timedelta(0), False, True, Activation.SENT),
        (True, PROVISIONAL_LASTS - timedelta(seconds=1), False, True, Activation.SENT),
        (True, PROVISIONAL_LASTS, False, True, Activation.EXPIRED),
        (True, PROVISIONAL_LASTS, True, True, Activation.OPENED),
        (True, PROVISIONAL_LASTS, True, False, Activation.ACTIVE),
    ],
)
def test_where_an_activation_stands(sent, elapsed, came_in, must_change, state):
    found = activation(
        sent_at=NOW if sent else None,
        expires_at=NOW + PROVISIONAL_LASTS if sent else None,
        first_signed_in_at=NOW if came_in else None,
        must_change=must_change,
        now=NOW + elapsed,
    )
    assert found is state


def test_no_expiry_never_expires():
    assert not has_expired(None, NOW)
