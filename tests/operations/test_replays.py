"""Replaying what was: billed or not, in a fixed number of queries, writing nothing."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

import models
from extensions import db
from gateways.workbooks import replay_workbook
from operations import actors, billing, commune_files, replay_plans, replays
from rules.instants import PARIS
from rules.refusals import Refused
from rules.replay import Sums
from rules.vocabulary import PriceMethod
from tests import factories
from tests.queries import count_queries

FIRST, LAST = date(2026, 9, 1), date(2026, 9, 30)
OCTOBER_1 = datetime(2026, 10, 1, 9, 0, tzinfo=PARIS)
MEALS = [date(2026, 9, day) for day in (1, 3, 4, 7, 8)]  # 5 × 3,80 €

FILE = """
commune: Villars
calendrier:
  zone: A
  années scolaires: 2027-2028
  jours d’école: lundi, mardi, jeudi, vendredi
activités:
  Cantine:
    service: Restauration scolaire
    unité: repas
    début: 11:30
    délais: {chaque semaine: mercredi 23:59}
    tarif:
      moins de 700: 3,00
      700 et plus: 4,00
      sans quotient: 4,00
  Judo:
    unité: séance
    délais: sans réservation
    tarif: 2,00
"""


def a_family(name: str, qf: str, *, days=MEALS) -> models.Family:
    family = factories.family(name, qf=qf)
    child = factories.child(family)
    factories.parent(family, child, payer=True, email=f"{name.lower()}@villars.example")
    for day in days:
        factories.booking(child, day)
    return family


def from_file(text: str = FILE) -> replay_plans.Plan:
    checked = commune_files.check_text(text)
    assert checked.reglement is not None, checked.problems
    return replay_plans.of_file(checked.reglement, "essai.yaml", FIRST)


@pytest.fixture
def two_families(app):
    return a_family("Martin", "712"), a_family("Petit", "650")


def test_a_file_s_prices_are_tried_on_what_was(two_families):
    martin, petit = two_families
    plan = from_file()
    told = replays.replay(FIRST, LAST, plan)
    assert told.total == Sums(days=10, now_cents=10 * 380, then_cents=5 * 400 + 5 * 300)
    assert dict(told.families) == {martin.id: Sums(5, 1900, 2000), petit.id: Sums(5, 1900, 1500)}
    assert plan.kept == ("Garderie du matin", "Garderie du soir", "Étude")


def test_billed_days_are_replayed_too(two_families):
    billing.prepare_month(FIRST, by=actors.SYSTEM, now=OCTOBER_1)
    billing.issue_month(FIRST, OCTOBER_1.date(), by=actors.SYSTEM, now=OCTOBER_1)
    assert replays.replay(FIRST, LAST, from_file()).total.days == 10


def test_the_prepared_tariff_is_the_other_configuration(two_families):
    rows = [models.TariffRow(position=1, label="Tous", method=PriceMethod.FIXED, amount_cents=500)]
    db.session.add(
        models.TariffVersion(
            activity=factories.activity(), name="Rentrée 2027", first_day=date(2027, 9, 1), rows=rows
        )
    )
    db.session.flush()
    told = replays.replay(FIRST, LAST, replay_plans.prepared(FIRST))
    assert (told.total.now_cents, told.total.then_cents) == (3800, 5000)
    assert told.dearer() == 2


def test_nothing_is_written(two_families):
    db.session.commit()
    before = _everything()
    replays.replay(FIRST, LAST, from_file())
    assert not db.session.new and not db.session.dirty
    db.session.rollback()
    assert _everything() == before


def _everything() -> dict[str, list[object]]:
    with db.engine.connect() as connection:
        tables = db.metadata.sorted_tables
        return {t.name: sorted(map(repr, connection.execute(sa.select(t)).all())) for t in tables}


def test_a_child_of_two_homes_is_replayed_once(app):
    one, other = a_family("Bernard", "712", days=[]), a_family("Haddad", "650", days=[])
    child = factories.child(one, "Sofia")
    factories.alternate(child, one, other)
    for day in MEALS:
        factories.booking(child, day)
    told = replays.replay(FIRST, LAST, from_file())
    assert told.total.days == len(MEALS)
    assert set(told.families) <= {one.id, other.id}


def test_the_number_of_queries_does_not_grow(app):
    a_family("Martin", "712")
    plan = from_file()
    with count_queries() as few:
        replays.replay(FIRST, LAST, plan)
    for n in range(6):
        a_family(f"Famille{n}", "650")
    db.session.flush()
    with count_queries() as many:
        replays.replay(FIRST, LAST, plan)
    assert len(many) == len(few), "\n".join(many)


def test_households_are_replayed_by_batches_with_the_same_result(two_families, monkeypatch):
    whole = replays.replay(FIRST, LAST, from_file())
    monkeypatch.setattr(replays, "HOUSEHOLDS", 1)
    steps: list[tuple[int, int]] = []
    assert replays.replay(FIRST, LAST, from_file(), progress=lambda *at: steps.append(at)) == whole
    assert steps == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (LAST, FIRST, "finit avant"),
        (FIRST, date(2026, 10, 1), "doit être passée"),
        (date(2023, 9, 1), LAST, "deux ans"),
    ],
)
def test_an_impossible_period_is_refused(first, last, said):
    with pytest.raises(Refused, match=said):
        replays.ensure_period(first, last, OCTOBER_1.date())


def test_a_file_without_any_known_activity_is_refused(app):
    with pytest.raises(Refused, match="aucune activité de la base"):
        from_file(FILE.replace("  Cantine:", "  Self:"))


def test_a_file_that_asks_for_an_unknown_school_is_refused(app):
    schools = (
        "écoles:\n  École du Parc: {type: élémentaire}\n  École du Bourg: {type: maternelle}\nactivités:"
    )
    rows = "tarif:\n      - {écoles: École du Parc, prix: 3.00}\n      - {prix: 4.00}\n"
    grid = FILE.split("    tarif:\n")[0] + "    " + rows
    with pytest.raises(Refused, match="que la base ne connaît pas"):
        from_file(grid.replace("activités:", schools))


def test_the_workbook_has_the_sums_and_no_formula(two_families):
    two_families[0].name = "=SOMME(A1)"
    db.session.flush()
    told = replays.replay(FIRST, LAST, from_file())
    content = replay_workbook(told, "essai.yaml", {1: "Cantine"}, replays.family_names())
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Résumé", "Par tranche", "Par famille"]
    by_family = list(book["Par famille"].iter_rows(values_only=True))
    assert by_family[1:] == [("Petit", 5, 19, 15, -4), ("=SOMME(A1)", 5, 19, 20, 1)]
    assert {cell.data_type for cell in book["Par famille"]["A"]} == {"s"}
    assert dict(book["Résumé"].iter_rows(values_only=True))["Différence"] == -3
