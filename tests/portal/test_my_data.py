"""« Mes données »: the archive holds what is mine and nothing else; an erasure erases what it can."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import models
from extensions import db
from operations import actors, requests
from rules.documents import DocumentKind
from rules.family_vocabulary import MaritalStatus
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind, RequestState
from rules.vocabulary import CustodyKind, Role
from tests import factories
from tests.conftest import START
from tests.portal.homes import MON, invoice, martin, other_family, post, second_parent
from tests.queries import count_queries

URL = "/espace/mes-donnees"


def archive(client: FlaskClient) -> zipfile.ZipFile:
    answer = post(client, f"{URL}/telecharger")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert "attachment" in answer.headers["Content-Disposition"]
    found = zipfile.ZipFile(io.BytesIO(answer.data))
    answer.close()
    return found


def told(client: FlaskClient) -> dict[str, Any]:
    return dict(json.loads(archive(client).read("mes-donnees.json")))


def document(app: Flask, home: Any, data: bytes = b"%PDF-1.4 attestation") -> models.Document:
    key = app.extensions["storage"].put(data, ".pdf")
    row = models.Document(
        guardian=home.claire,
        family=home.family,
        kind=DocumentKind.INSURANCE,
        name="assurance.pdf",
        storage_key=key,
        media_type="application/pdf",
        size=len(data),
        sha256="0" * 64,
        added_at=START,
    )
    db.session.add(row)
    db.session.commit()
    return row


def test_the_archive_tells_everything_in_french_with_the_documents(app: Flask, client: FlaskClient) -> None:
    home = martin()
    factories.booking(home.lea, MON)
    invoice(home.family, home.claire, home.lea)
    kept = document(app, home)
    factories.sign_in(client, home.claire)
    found = archive(client)
    assert found.read(f"pieces/{kept.id}-assurance.pdf") == b"%PDF-1.4 attestation"
    data = json.loads(found.read("mes-donnees.json"))
    assert data["identité"]["courriel"] == "claire@villars.example"
    assert data["foyer"]["quotients"][0]["valeur"] in ("742", "742.00")
    assert data["réservations"][0]["jour"] == "2026-09-14"
    assert data["factures"][0]["numéro"] == "F2026-000001"
    assert data["pièces"][0]["fichier"] == f"pieces/{kept.id}-assurance.pdf"
    assert db.session.scalars(sa.select(models.History.verb).filter_by(verb="Données téléchargées")).one()


def test_nothing_of_the_other_household_is_in_it(app: Flask, client: FlaskClient) -> None:
    home, sonia = martin(), other_family()
    sonia.mobile_phone = "+33612345678"
    sonia.family.street = "99 rue Secrète"
    factories.guardianship(sonia, home.lea)
    home.lea.custodies[0].kind = CustodyKind.PARITY
    home.lea.custodies[0].other_family_id = sonia.family_id
    factories.booking(home.lea, MON)
    factories.booking(home.lea, date(2026, 9, 21)).family_id = sonia.family_id
    db.session.commit()
    factories.sign_in(client, home.claire)
    text = json.dumps(told(client), ensure_ascii=False)
    assert "2026-09-14" in text
    for secret in ("Sonia", "Bernard", "sonia@", "Secrète", "612345678", "2026-09-21", "300"):
        assert secret not in text, secret


def test_queries_do_not_depend_on_the_rows(app: Flask, client: FlaskClient) -> None:
    home = martin()
    factories.sign_in(client, home.claire)
    told(client)
    with count_queries() as few:
        told(client)
    for n in range(6):
        factories.booking(home.lea, date(2026, 9, 21 + n))
    db.session.commit()
    with count_queries() as many:
        told(client)
    assert len(many) == len(few)


# -- erasure ---------------------------------------------------------------------------


def ask(client: FlaskClient, **sent: str) -> TestResponse:
    return post(client, URL, **({"demande": "Nous déménageons.", "compris": "oui"} | sent))


def accepted() -> None:
    row = db.session.scalars(sa.select(models.Request).filter_by(kind=RequestKind.ERASURE)).one()
    requests.accept(row, by=actors.agent(factories.staff(Role.EDUCATION)), now=START)
    db.session.commit()


def test_an_erasure_is_asked_and_what_was_typed_comes_back(app: Flask, client: FlaskClient) -> None:
    factories.sign_in(client, martin().claire)
    refused = post(client, URL, demande="Nous déménageons.")
    assert refused.status_code == 422
    assert "Nous déménageons." in refused.text and "Cochez cette case" in refused.text
    assert ask(client).status_code == 303


def test_once_accepted_the_account_is_closed_and_what_is_the_adult_s_own_is_gone(
    app: Flask, client: FlaskClient
) -> None:
    home = martin()
    second_parent(home)
    document(app, home)
    home.claire.marital_status, home.claire.employer = MaritalStatus.DIVORCED, "Mairie"
    factories.sign_in(client, home.claire)
    ask(client)
    accepted()
    db.session.expire_all()
    claire = home.claire
    assert (claire.email, claire.mobile_phone, claire.account_id) == (None, None, None)
    assert (claire.marital_status, claire.employer) == (None, "")
    assert claire.last_name == "Martin"  # as the invoices must keep it
    assert claire.guardianships[0].last_day is not None and claire.guardianships[0].last_day < START.date()
    assert db.session.scalars(sa.select(models.Document)).one().removed_at == START
    assert client.get("/espace/").status_code == 303  # the session is over
    last = db.session.scalars(sa.select(models.Outbox).filter_by(kind="erased")).one()
    assert last.recipient == "claire@villars.example"


def test_what_is_due_comes_first(app: Flask, client: FlaskClient) -> None:
    home = martin()
    second_parent(home)
    invoice(home.family, home.claire, home.lea)
    factories.sign_in(client, home.claire)
    ask(client)
    row = db.session.scalars(sa.select(models.Request)).one()
    with pytest.raises(Refused, match="reste à payer"):
        requests.accept(row, by=actors.agent(factories.staff()), now=START)
    db.session.rollback()
    assert db.session.get_one(models.Guardian, home.claire.id).email == "claire@villars.example"
    assert row.state is RequestState.WAITING


def test_an_enrolled_child_is_not_left_alone(app: Flask, client: FlaskClient) -> None:
    factories.sign_in(client, martin().claire)
    ask(client)
    row = db.session.scalars(sa.select(models.Request)).one()
    with pytest.raises(Refused, match="Léa"):
        requests.accept(row, by=actors.agent(factories.staff()), now=START)
