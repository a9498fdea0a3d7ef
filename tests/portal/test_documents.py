"""The vault: several files at once, what is refused and why, who sees what, how a file is shown."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

import models
from extensions import db
from gateways.storage import LocalStorage
from operations import requests
from operations.actors import parent
from rules.documents import MOST_BYTES, DocumentKind
from rules.request_vocabulary import RequestKind
from rules.vocabulary import PerWhom
from tests import factories, vault
from tests.conftest import START
from tests.gateways import files
from tests.portal.homes import Household, martin, other_family, partner, post, second_parent

PIECES = "/espace/pieces"


@pytest.fixture
def home(app: Flask) -> Household:
    return martin()


@pytest.fixture
def claire(app: Flask, home: Household) -> FlaskClient:
    return factories.sign_in(app.test_client(), home.claire)


def sent(*named: tuple[str, bytes]) -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(data), name) for name, data in named]


def kept() -> list[models.Document]:
    return list(db.session.scalars(sa.select(models.Document).order_by(models.Document.id)))


def bytes_kept(app: Flask) -> int:
    return sum(1 for file in app.extensions["portail"].documents_folder.rglob("*") if file.is_file())


def deposit(client: FlaskClient, *named: tuple[str, bytes], **values: object):
    return post(client, PIECES, pieces=sent(*named), **{"nature": "insurance", "enfant": "0", **values})


def test_several_files_at_once_enter_the_vault(app, claire, home):
    answer = deposit(
        claire, ("un.pdf", files.pdf("1")), ("photo.jpg", files.turned_photo()), enfant=str(home.lea.id)
    )
    assert (answer.status_code, answer.location) == (303, PIECES)
    assert [(row.name, row.child_id, row.kind) for row in kept()] == [
        ("un.pdf", home.lea.id, DocumentKind.INSURANCE),
        ("photo.jpg", home.lea.id, DocumentKind.INSURANCE),
    ]
    page = claire.get(PIECES).text
    assert "2 pièces déposées" in page and "Pas encore vue par le service" in page
    assert "Valable jusqu’au 31 août 2027" in page


def test_what_is_on_the_disk_says_nothing(app, claire):
    deposit(claire, ("un.pdf", files.pdf("QUOTIENT 742")))
    (row,) = kept()
    on_disk = LocalStorage(app.extensions["portail"].documents_folder).get(row.storage_key)
    assert b"QUOTIENT" not in on_disk and b"%PDF" not in on_disk
    assert claire.get(f"{PIECES}/{row.id}").data == files.pdf("QUOTIENT 742")


def test_a_file_refused_is_named_and_the_others_are_kept(claire):
    answer = deposit(claire, ("bon.pdf", files.pdf()), ("contrat.pdf", files.word()), ("vide.pdf", b""))
    assert answer.status_code == 422
    assert "« contrat.pdf » : c’est un document Word" in answer.text
    assert "« vide.pdf » : ce fichier est vide" in answer.text
    assert [row.name for row in kept()] == ["bon.pdf"]


def test_a_disk_that_is_full_is_told_under_the_field(app, claire, monkeypatch):
    def full(_self: LocalStorage, _data: bytes, _suffix: str = "") -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LocalStorage, "put", full)
    answer = deposit(claire, ("un.pdf", files.pdf("1")))
    assert answer.status_code == 422
    assert "« un.pdf » n’a pas pu être gardé" in answer.text
    assert not kept()


def test_a_date_that_is_wrong_loses_no_file(claire):
    answer = deposit(claire, ("un.pdf", files.pdf()), valable_jusquau="le trente")
    assert answer.status_code == 422 and "Cette date n’existe pas" in answer.text
    (row,) = kept()
    assert f'value="{row.id}" checked' in answer.text and 'value="le trente"' in answer.text
    again = post(
        claire, PIECES, nature="insurance", enfant="0", pieces=[str(row.id)], valable_jusquau="01/03/2027"
    )
    assert again.status_code == 303
    assert [row.expires_on for row in kept()] == [date(2027, 3, 1)]


def test_a_date_that_has_passed_is_refused_under_its_field(claire):
    answer = deposit(claire, ("un.pdf", files.pdf()), valable_jusquau="2026-01-01")
    assert answer.status_code == 422 and "plus valable" in answer.text


def test_the_same_file_twice_is_kept_once(app, claire):
    before = bytes_kept(app)
    for _ in range(2):
        assert deposit(claire, ("un.pdf", files.pdf("x"))).status_code == 303
    assert len(kept()) == 1 and bytes_kept(app) == before + 1


def test_nothing_chosen_is_said(claire):
    answer = deposit(claire)
    assert answer.status_code == 422 and "Choisissez au moins un fichier." in answer.text


def test_four_files_of_nearly_ten_megabytes_pass_together(claire):
    heavy = [(f"{n}.pdf", files.pdf(f"{n}" * (MOST_BYTES - 200))) for n in range(4)]
    token = re.search(r'name="csrf_token" value="([^"]+)"', claire.get(PIECES).text)[1]
    pieces = [FileStorage(io.BytesIO(data), name) for name, data in heavy]
    form = {"csrf_token": token, "nature": "insurance", "enfant": "0", "pieces": pieces}
    # written here rather than by the client, whose own temporary file would stay open
    boundary, body = encode_multipart(form)
    multipart = f"multipart/form-data; boundary={boundary}"
    assert claire.post(PIECES, data=body, content_type=multipart).status_code == 303
    assert len(kept()) == 4


def test_too_heavy_is_a_page_that_says_the_limits(claire):
    multipart = "multipart/form-data; boundary=limite"
    answer = claire.post(PIECES, data=b"0" * (42 * 1024 * 1024), content_type=multipart)
    assert answer.status_code == 413 and "10 Mo au plus pour chacun, et 40 Mo ensemble" in answer.text


def test_a_page_that_takes_no_file_lets_none_in(claire, home):
    answer = claire.post(f"/espace/enfants/{home.lea.id}/reservations/cantine", data=b"0" * 13_000_000)
    assert answer.status_code == 413


def test_thirteen_files_are_too_many(claire):
    answer = deposit(claire, *((f"{n}.pdf", files.pdf(str(n))) for n in range(13)))
    assert answer.status_code == 422 and "12 au plus" in answer.text and not kept()


def test_a_file_is_shown_in_place_and_runs_nothing(claire, home):
    row = vault.document(home.claire, home.lea, name="Attestation « été ».pdf")
    answer = claire.get(f"{PIECES}/{row.id}")
    headers = answer.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"].startswith("inline; filename")
    assert "%C3%A9t%C3%A9" in headers["Content-Disposition"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert (
        "sandbox" in headers["Content-Security-Policy"]
        and "default-src 'none'" in headers["Content-Security-Policy"]
    )
    assert headers["Cache-Control"] == "private, no-store"


# -- who sees it ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "about_lea", "status"),
    [
        (DocumentKind.INSURANCE, True, 200),
        (DocumentKind.MEDICAL, True, 200),
        (DocumentKind.INSURANCE, False, 404),
        (DocumentKind.JUDGMENT, True, 404),
        (DocumentKind.BANK_DETAILS, True, 404),
        (DocumentKind.SIGNED_MANDATE, True, 404),
    ],
)
def test_the_other_parent_of_the_household_sees_what_is_about_the_child(app, home, kind, about_lea, status):
    row = vault.document(home.claire, home.lea if about_lea else None, kind)
    paul = factories.sign_in(app.test_client(), second_parent(home))
    assert paul.get(f"{PIECES}/{row.id}").status_code == status
    assert (row.name in paul.get(PIECES).text) is (status == 200)
    assert paul.get(f"{PIECES}/{row.id}/retirer").status_code == 404


def test_nobody_else_sees_it(app, home):
    row = vault.document(home.claire, home.lea)
    for other in (other_family(), partner(home)):
        client = factories.sign_in(app.test_client(), other)
        assert client.get(f"{PIECES}/{row.id}").status_code == 404
        assert row.name not in client.get(PIECES).text
        assert post(client, f"{PIECES}/{row.id}/retirer").status_code == 404


def test_the_other_household_of_an_alternating_child_sees_nothing(app, home):
    sonia = other_family()
    factories.guardianship(sonia, home.lea)
    factories.alternate(home.lea, home.family, sonia.family)
    row = vault.document(home.claire, home.lea)
    client = factories.sign_in(app.test_client(), sonia)
    assert client.get(f"{PIECES}/{row.id}").status_code == 404
    assert row.name not in client.get(PIECES).text


def test_a_document_for_a_child_that_is_not_mine_does_not_exist(app, home):
    sonia = factories.sign_in(app.test_client(), other_family())
    assert deposit(sonia, ("un.pdf", files.pdf()), enfant=str(home.lea.id)).status_code == 404
    assert not kept()


def test_one_taken_out_of_the_vault_is_gone(claire, home):
    row = vault.document(home.claire)
    assert row.name in claire.get(f"{PIECES}/{row.id}/retirer").text
    assert post(claire, f"{PIECES}/{row.id}/retirer").status_code == 303
    assert claire.get(f"{PIECES}/{row.id}").status_code == 404
    assert post(claire, f"{PIECES}/{row.id}/retirer").status_code == 404
    assert "aucune pièce" in claire.get(PIECES).text


# -- what is asked for --------------------------------------------------------------------


def test_a_document_asked_for_is_said_until_it_is_given(claire, home):
    days = {"first_day": date(2026, 9, 1), "last_day": date(2027, 7, 3)}
    db.session.add(models.DocumentNeed(kind=DocumentKind.INSURANCE, per_whom=PerWhom.CHILD, **days))
    db.session.commit()
    pages = ("/espace/", PIECES, f"/espace/enfants/{home.lea.id}")
    assert all("Assurance scolaire" in claire.get(page).text for page in pages)
    assert "Une pièce attendue manque" in claire.get("/espace/").text
    link = f"{PIECES}?nature=insurance&amp;enfant={home.lea.id}#deposer"
    assert link in claire.get(PIECES).text
    ready = claire.get(link.replace("&amp;", "&")).text
    assert f'<option value="{home.lea.id}" selected>' in ready
    deposit(claire, ("un.pdf", files.pdf()), enfant=str(home.lea.id))
    assert "Une pièce attendue manque" not in claire.get("/espace/").text
    assert "Déposée, pas encore vue" in claire.get(f"/espace/enfants/{home.lea.id}").text


def test_a_document_of_a_demarche_in_progress_is_not_taken_out(claire, home):
    row = vault.document(home.claire)
    asked = {"subject": "École", "question": "Quand ?"}
    requests.submit(
        RequestKind.QUESTION, home.claire, asked, documents=[row], by=parent(home.claire.account), now=START
    )
    page = claire.get(f"{PIECES}/{row.id}/retirer").text
    assert "attend une réponse" in page and "Retirer la pièce</button>" not in page
    assert post(claire, f"{PIECES}/{row.id}/retirer").status_code == 422


def test_taken_out_of_the_vault_it_still_opens_from_what_used_it(claire, home):
    row, by = vault.document(home.claire), parent(home.claire.account)
    asked = {"subject": "École", "question": "Quand ?"}
    request = requests.submit(RequestKind.QUESTION, home.claire, asked, documents=[row], by=by, now=START)
    requests.withdraw(request, by=by, now=START)
    assert post(claire, f"{PIECES}/{row.id}/retirer").status_code == 303
    assert row.name not in claire.get(PIECES).text.split("<h2", 1)[1]
    assert claire.get(f"{PIECES}/{row.id}").status_code == 200
