"""The application under test, on SQLite and on a real PostgreSQL: tests that ask for `app` run on both.

The schema and the base town are made once per engine by the migrations; each test starts from a copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings

from config import MailEnd, Mode, Settings, read_settings
from tests import databases
from tests.pages import InspectedClient

# A law holds or not whatever the machine's load: no deadline, and the same examples at each run.
hypothesis_settings.register_profile("suite", deadline=None, derandomize=True)
hypothesis_settings.load_profile("suite")

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 9, 7, 10, 0, tzinfo=PARIS)  # a Monday, the first whole week of school


@pytest.fixture(scope="session", params=databases.ENGINES)
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[databases.Database]:
    with databases.start(request.param, tmp_path_factory.mktemp(request.param)) as started:
        yield started


@pytest.fixture(scope="session")
def session_app(database: databases.Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    from app import create_app
    from gateways.clock import FixedClock
    from gateways.mail import MemoryMail

    settings = settings_for(database.url, tmp_path_factory.mktemp("data"))
    app = create_app(settings, clock=FixedClock(START), mail=MemoryMail())
    app.test_client_class = InspectedClient
    database.prepare(app, START)
    yield app
    databases.close(app)


@pytest.fixture
def app(session_app: Flask, database: databases.Database) -> Iterator[Flask]:
    """The application with the base town of tests.town, its clock at START, an empty mailbox."""
    database.reset(session_app)
    session_app.extensions["clock"].set(START)
    session_app.extensions["mail"].sent.clear()
    with session_app.app_context():
        yield session_app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def settings_for(url: str, data: Path) -> Settings:
    return read_settings(
        {
            "PORTAIL_MODE": Mode.TEST,
            "DATABASE_URL": url,
            "PORTAIL_DATA": str(data),
            "MAIL": MailEnd.MEMORY,
            "PORTAIL_URL": "http://localhost",
        }
    )
