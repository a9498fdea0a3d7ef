"""What a person sees when something goes wrong: a French page, a support code, never a stack."""

from __future__ import annotations

import gzip
import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

import app as portail
from extensions import db


def test_an_unknown_page_is_a_french_404(client):
    page = client.get("/nulle-part")
    assert page.status_code == 404
    assert "Page introuvable" in page.text


@pytest.fixture
def broken(app, monkeypatch):
    """The home page meets a bug. In test mode Flask would let it through to the test."""

    def bug(*_args, **_options):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setitem(app.view_functions, "public.home", bug)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)


def test_a_bug_gets_a_support_code_and_a_log_line(broken, client, caplog):
    page = client.get("/")
    assert page.status_code == 500
    [code] = re.findall(r"[0-9A-F]{8}", page.text)
    assert f"support code {code}" in caplog.text
    assert "ZeroDivisionError" not in page.text
    assert "secret detail" not in page.text


def test_without_its_database_the_portal_still_speaks_french(app, client, monkeypatch, caplog):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def gone(*_args, **_options):
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setattr(portail, "commune_settings", gone)
    monkeypatch.setattr(db.session, "scalars", gone, raising=False)
    page = client.get("/")
    assert page.status_code == 500
    assert "Service interrompu" in page.text
    assert "SELECT" not in page.text


def test_a_form_without_its_token_says_the_page_has_expired(client):
    page = client.post("/connexion", data={"email": "a@b.example", "password": "x"})
    assert page.status_code == 400
    assert "Page expirée" in page.text


def test_a_static_file_has_the_address_of_its_content(app):
    with app.test_request_context():
        from flask import url_for

        assert re.fullmatch(r"/static/tokens\.css\?v=[0-9a-f]{8}", url_for("static", filename="tokens.css"))


def test_headers_close_what_a_page_needs_not(client):
    headers = client.get("/").headers
    assert "'unsafe-inline'" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-store"


def test_a_form_that_comes_back_is_compressed_too(app):
    asked = {"Accept-Encoding": "gzip"}
    page = FlaskClient(app).get("/simulateur?enfants=6&quotient=beaucoup", headers=asked)
    assert (page.status_code, page.headers["Content-Encoding"]) == (422, "gzip")
    assert b"</html>" in gzip.decompress(page.data)


def test_a_file_that_the_storage_has_lost_is_not_found_and_the_log_says_which(app, client, caplog):
    """A backup restored without its documents: the reader has a page, whoever runs the portal a line."""
    from gateways.storage import DocumentMissing

    def lost(_key: str) -> bytes:
        raise DocumentMissing("aa/bb/lost.pdf")

    app.view_functions["public.health"], kept = (lambda: lost("")), app.view_functions["public.health"]
    try:
        answer = client.get("/healthz")
    finally:
        app.view_functions["public.health"] = kept
    assert answer.status_code == 404 and "Page introuvable" in answer.text
    assert "aa/bb/lost.pdf" in caplog.text
