"""The settings: what each mode takes for granted, and what production refuses to start with."""

from __future__ import annotations

import pytest

from config import DEMO_DATA_KEY, DEMO_OUTBOX_KEY, DEMO_SECRET, BadSettings, MailEnd, Mode, read_settings

PRODUCTION = {
    "PORTAIL_MODE": "production",
    "SECRET_KEY": "k" * 48,
    "OUTBOX_KEY": "b3V0Ym94LWtleS1vZi1hLXJlYWwtY29tbXVuZS0wMDE=",
    "DATA_KEY": "ZGF0YS1rZXktb2YtYS1yZWFsLWNvbW11bmUtMDAwMDE=",
    "PORTAIL_URL": "https://villars.example",
    "MAIL_SENDER": "education@villars.example",
    "SMTP_HOST": "smtp.villars.example",
}


def test_the_demo_needs_nothing_and_shows_the_date_of_the_demo():
    settings = read_settings({})
    assert (settings.mode, settings.mail, settings.staff_second_factor) == (Mode.DEMO, MailEnd.FOLDER, False)
    assert settings.starts_at.isoformat() == "2026-11-23T10:00:00+01:00"


def test_production_asks_for_a_second_factor_and_closed_cookies():
    settings = read_settings(PRODUCTION)
    assert settings.staff_second_factor
    assert settings.secure_cookies
    assert settings.starts_at is None
    assert settings.mail is MailEnd.SMTP


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "OUTBOX_KEY", "DATA_KEY", "PORTAIL_URL", "MAIL_SENDER", "SMTP_HOST"]
)
def test_production_names_what_is_missing(name):
    with pytest.raises(BadSettings, match=name):
        read_settings({key: value for key, value in PRODUCTION.items() if key != name})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": DEMO_SECRET}, "démonstration"),
        ({"OUTBOX_KEY": DEMO_OUTBOX_KEY}, "démonstration"),
        ({"DATA_KEY": DEMO_DATA_KEY}, "démonstration"),
        ({"DATA_KEY": PRODUCTION["DATA_KEY"] + "," + DEMO_DATA_KEY}, "démonstration"),
        ({"DATA_KEY": "courte"}, "pas une clé Fernet"),
        ({"DATA_KEY": PRODUCTION["DATA_KEY"] + ","}, "pas une clé Fernet"),
        ({"SECRET_KEY": "courte"}, "trop courte"),
        ({"STAFF_SECOND_FACTOR": "non"}, "STAFF_SECOND_FACTOR"),
        ({"MAIL": "folder"}, "SMTP"),
        ({"PORTAIL_URL": "http://villars.example"}, "https"),
        ({"PORTAIL_NOW": "2026-11-23T10:00"}, "PORTAIL_NOW"),
        ({"SMTP_PORT": "vingt-cinq"}, "SMTP_PORT"),
        ({"PORTAIL_PROXIES": "un"}, "PORTAIL_PROXIES"),
    ],
)
def test_production_refuses_what_is_unsafe(changes, sentence):
    with pytest.raises(BadSettings, match=sentence):
        read_settings(PRODUCTION | changes)


@pytest.mark.parametrize(
    "changes", [{"PORTAIL_MODE": "essai"}, {"MAIL": "pigeon"}, {"PORTAIL_NOW": "demain"}]
)
def test_a_setting_that_means_nothing_is_named_with_an_example(changes):
    with pytest.raises(BadSettings):
        read_settings(changes)


def test_the_short_name_of_postgresql_is_understood():
    assert read_settings({"DATABASE_URL": "postgres://u@h/b"}).database_url == "postgresql+psycopg://u@h/b"
