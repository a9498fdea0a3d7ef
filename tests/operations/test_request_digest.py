"""The service's morning mail: counts, once a day, only when something waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Flask

import models
from extensions import db
from operations import actors, requests
from operations.configuration import commune_settings
from operations.request_digest import tell_service
from rules.request_vocabulary import RequestKind
from tests.conftest import START
from tests.portal.homes import martin

NIGHT = datetime(2026, 9, 30, 3, 10, tzinfo=ZoneInfo("Europe/Paris"))


def question(home: object) -> models.Request:
    claire = home.claire  # type: ignore[attr-defined]
    asked = {"subject": "Le portail", "question": "À quelle heure ferme-t-il ?"}
    return requests.submit(RequestKind.QUESTION, claire, asked, by=actors.parent(claire.account), now=START)


def mails() -> list[models.Outbox]:
    return list(db.session.scalars(sa.select(models.Outbox).filter_by(kind="service")))


def test_nothing_is_written_when_nothing_waits(app: Flask) -> None:
    martin()
    assert tell_service(now=NIGHT) == 0


def test_what_waits_is_counted_once_a_day_and_says_nothing_of_the_family(app: Flask) -> None:
    question(martin())
    assert tell_service(now=NIGHT) == 1
    assert tell_service(now=NIGHT + timedelta(hours=1)) == 0
    assert tell_service(now=NIGHT + timedelta(days=1)) == 1
    mail = mails()[0]
    assert mail.recipient == commune_settings().email
    assert "1 démarche attend une réponse, dont 1 en retard." in mail.body
    assert "Martin" not in mail.body
    assert mail.next_try_at.astimezone(NIGHT.tzinfo).strftime("%H:%M") == "07:30"
