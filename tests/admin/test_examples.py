"""Examples attached to the règlement: written like a file's, refused at their line, replayed in words."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

import models
from extensions import db
from operations import examples
from operations.actors import SYSTEM
from operations.commune_dump import dump
from operations.commune_files import check_text
from operations.commune_load import load
from rules.vocabulary import PriceMethod, Role
from tests import factories, queries
from tests.admin.agents import Agent, said
from tests.conftest import START

NEW, REPLAY = "exemples/nouveau/", "rejouer-exemples/"
WEEKLY = "activité: Cantine\njour: 2026-12-01\nattendu: {premier refus: 2026-11-26 00:00}\n"
PRICE = "activité: Cantine\nquotient: 450\nattendu: {prix: 2.50}\n"


def add(name: str, body: str, position: int = 0) -> models.ConfigurationExample:
    row = models.ConfigurationExample(name=name, body=body, position=position)
    db.session.add(row)
    db.session.commit()
    return row


def test_an_example_is_written_and_replayed(app):
    agent = Agent(app, Role.EDUCATION)
    assert agent.post(NEW, name="Le mercredi", body=WEEKLY, position="1").status_code == 302
    add("Trop cher", PRICE.replace("2.50", "9.00"), 2)
    text = agent.text(REPLAY)
    assert "1 exemple passe, 1 échoue." in text
    assert "prix : attendu 9,00\u00a0€, obtenu 2,50\u00a0€." in text


def test_an_example_that_cannot_be_read_is_refused_with_its_line(app):
    agent = Agent(app, Role.EDUCATION)
    body = "activité: Cantin\nattendu: {prix: 2.50}\n"
    text = said(agent.post(NEW, name="Faux", body=body, position="0"))
    assert "Ligne 1, activité : Le fichier ne déclare pas une activité « Cantin »" in text
    assert "vouliez-vous dire « Cantine »" in text
    for wrong in ("attendu: {prix: [", "activité: Cantine", "- rien"):
        assert agent.post(NEW, name="Faux", body=wrong, position="0").status_code == 422, wrong
    assert db.session.scalar(sa.select(sa.func.count(models.ConfigurationExample.id))) == 0


def test_a_new_example_starts_from_a_pattern_that_can_be_read(app):
    text = Agent(app, Role.EDUCATION).text(NEW)
    assert examples.pattern().splitlines()[0] in text
    examples.check_body(examples.pattern())


def test_a_prepared_tariff_is_tried_before_its_day(app):
    add("Le prix", PRICE)
    later = models.TariffVersion(
        activity=factories.activity(), name="Rentrée 2027", first_day=date(2027, 6, 1)
    )
    later.rows = [models.TariffRow(position=1, label="Tous", method=PriceMethod.FIXED, amount_cents=300)]
    db.session.add(later)
    db.session.commit()
    agent = Agent(app, Role.READER)
    assert "1 exemple passe, 0 échoue." in agent.text(REPLAY)
    text = agent.text(f"{REPLAY}?du=2027-06-01")
    assert "Rentrée 2027" in text
    assert "attendu 2,50\u00a0€, obtenu 3,00\u00a0€" in text
    assert "1 exemple passe" in agent.text(f"{REPLAY}?du=nimporte")


def test_examples_travel_with_the_file(app):
    add("Le mercredi", WEEKLY, 1)
    text = dump()
    assert "exemples:\n  - nom: Le mercredi\n" in text or "{nom: Le mercredi" in text
    checked = check_text(text)
    assert checked.problems == () and checked.reglement is not None
    assert load(checked.reglement, by=SYSTEM, now=START).sentences()[-1].startswith("Rien à changer")
    more = check_text(text + "  - {nom: Le prix, activité: Cantine, quotient: 450, attendu: {prix: 2.50}}\n")
    assert more.reglement is not None
    assert load(more.reglement, by=SYSTEM, now=START).sentences() == ["Créé : exemple « Le prix »."]
    db.session.flush()
    assert [each.outcome.passed for each in examples.replay(date(2026, 11, 23))] == [True, True]


def test_an_example_left_behind_by_a_new_name_fails_and_says_why(app):
    add("Le mercredi", WEEKLY)
    factories.activity().name = "Restaurant scolaire"
    db.session.flush()
    (found,) = examples.replay(date(2026, 11, 23))
    assert "ne déclare pas une activité « Cantine »" in found.outcome.differences[0]


def test_the_queries_do_not_grow_with_the_examples(app):
    add("Premier", WEEKLY)
    with queries.count_queries() as one:
        examples.replay(date(2026, 11, 23))
    for place in range(20):
        add(f"Exemple {place}", PRICE)
    with queries.count_queries() as many:
        examples.replay(date(2026, 11, 23))
    assert len(many) == len(one)
