"""« La garde a changé »: told with its judgment, read by the service and nobody else."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa

import models
from extensions import db
from rules.documents import DocumentKind
from rules.request_vocabulary import RequestKind
from rules.vocabulary import Relation
from tests import factories
from tests.gateways import files
from tests.portal.homes import martin, post

ASKED = {"wish": "even", "since": "2026-10-05", "changeover": "5", "details": "Semaines paires, le vendredi."}


@pytest.fixture
def both(app):
    """Claire and Karim of one child, in two homes; their clients."""
    home = martin()
    karim = factories.parent(factories.family("Haddad"), first_name="Karim", email="karim@villars.example")
    factories.guardianship(karim, home.lea, relation=Relation.FATHER)
    clients = [factories.sign_in(app.test_client(), who) for who in (home.claire, karim)]
    return home, *clients


def test_what_the_judgment_says_becomes_a_demarche_that_the_other_parent_never_sees(both):
    home, claire, karim = both
    url = f"/espace/enfants/{home.lea.id}/garde"
    token = re.search(r'name="csrf_token" value="([^"]+)"', claire.get(url).text)
    assert token is not None
    judgment = (BytesIO(files.pdf()), "jugement-confidentiel.pdf")
    answer = claire.post(url, data={"csrf_token": token[1], **ASKED, "pieces": judgment})
    assert answer.status_code == 303, answer.text
    row = db.session.scalars(sa.select(models.Request)).one()
    assert (row.kind, row.child_id) == (RequestKind.CUSTODY, home.lea.id)
    assert [each.kind for each in row.documents] == [DocumentKind.JUDGMENT]
    page = claire.get(answer.location).text
    assert "les semaines paires chez moi" in page and "Vendredi" in page
    assert karim.get(answer.location).status_code == 404
    assert karim.get(f"/espace/pieces/{row.documents[0].id}").status_code == 404
    for path in ("/espace/pieces", "/espace/tableau-de-bord", f"/espace/enfants/{home.lea.id}"):
        assert "jugement-confidentiel" not in karim.get(path).text
    assert custody_days() == [date(2026, 9, 1)]  # nothing moves by itself


def custody_days() -> list[date]:
    return list(db.session.scalars(sa.select(models.Custody.first_day).order_by(models.Custody.first_day)))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"wish": ""}, "Dites comment les jours se partagent"),
        ({"since": ""}, "à partir duquel ce partage"),
        ({"wish": "other", "details": ""}, "Décrivez le partage"),
    ],
)
def test_what_is_missing_comes_back(both, fields, sentence):
    home, claire, _ = both
    answer = post(claire, f"/espace/enfants/{home.lea.id}/garde", **ASKED | fields)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_without_parental_authority_there_is_no_such_page(app, both):
    home, claire, _ = both
    for each in home.claire.guardianships:
        each.has_authority = False
    db.session.commit()
    assert claire.get(f"/espace/enfants/{home.lea.id}/garde").status_code == 404
