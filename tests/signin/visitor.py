"""Somebody in front of a browser: opens pages, fills in forms with the token they carry, reads mails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import jobs
from app import create_app
from config import Settings
from extensions import db
from operations.actors import SYSTEM
from tests import factories

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PASSWORD = "Trois-petits-Chats-7"
AGENT = SYSTEM


class Visitor:
    def __init__(self, app: Flask, address: str = "192.0.2.1") -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.address = {"REMOTE_ADDR": address}

    def get(self, url: str) -> TestResponse:
        return self._open(url, method="GET")

    def post(self, url: str, page: str = "", **data: str) -> TestResponse:
        """Open the page of the form (`url` itself unless told), then send it."""
        token = TOKEN.search(self.get(page or url).text)
        assert token, f"no form on {page or url}"
        return self.send(url, csrf_token=token[1], **data)

    def send(self, url: str, **data: str) -> TestResponse:
        return self._open(url, method="POST", data=data)

    def _open(self, url: str, **options: object) -> TestResponse:
        """Each request in a context of its own, as on a server: nothing of `g` or of the session stays."""
        db.session.commit()
        with self.app.app_context():
            return self.client.open(url, environ_overrides=self.address, **options)

    def sign_in(self, email: str, password: str, next: str = "") -> TestResponse:
        return self.post(
            "/connexion", f"/connexion?next={next}" if next else "", email=email, password=password, next=next
        )

    def choose(self, password: str, current: str = "", again: str = "") -> TestResponse:
        return self.post(
            "/espace/mot-de-passe",
            password=current,
            new_password=password,
            new_password_confirm=again or password,
        )

    def accept_cgu(self, **data: str) -> TestResponse:
        token = TOKEN.search(self.get("/espace/cgu").text)
        version = re.search(r'name="version" value="(\d+)"', self.get("/espace/cgu").text)
        assert token and version
        return self.send(
            "/espace/cgu", csrf_token=token[1], **{"version": version[1], "accepte": "oui", **data}
        )


@contextmanager
def another_app(app: Flask, settings: Settings) -> Iterator[Flask]:
    """The same portal (database, clock, mailbox) started with other settings."""
    second = create_app(settings, clock=app.extensions["clock"], mail=app.extensions["mail"])
    second.test_client_class = app.test_client_class
    yield second
    with second.app_context():
        db.session.remove()
        db.engine.dispose()


def now(app: Flask):
    return app.extensions["clock"].now()


def mails(app: Flask) -> list:
    """What has arrived so far, after the sender's round."""
    db.session.commit()
    with app.app_context():
        jobs.drain_outbox(now(app))
    return app.extensions["mail"].sent


def provisional(app: Flask) -> str:
    """The provisional password of the last mail."""
    found = re.search(r"Mot de passe provisoire : (\S+)", mails(app)[-1].body)
    assert found
    return found[1]


def reset_link(app: Flask) -> str:
    """The path of the link of the last mail."""
    found = re.search(r"http://localhost(/mot-de-passe-oublie/\S+)", mails(app)[-1].body)
    assert found
    return found[1]


def a_guardian(email: str = "claire.martin@villars.example", first_name: str = "Claire"):
    """An adult with an e-mail and no account yet."""
    return factories.guardian(factories.family(), first_name, email=email)


def an_account(app: Flask, *, roles=(), guardian: bool = True, cgu: bool = True, email: str = ""):
    """An account whose owner chose PASSWORD; its e-mail."""
    from operations.passwords import set_demo_password

    of = a_guardian(email or "claire.martin@villars.example") if guardian else None
    row = factories.account(of, email=email or None, roles=roles, accepted_cgu=cgu)
    set_demo_password(row, PASSWORD, provisional_until=None)
    db.session.commit()
    return row.email
