"""The configuration written, loaded again, changed by its file; what would lose bookings is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

import models
from config import ROOT
from extensions import db
from operations.actors import SYSTEM
from operations.commune_dump import dump
from operations.commune_files import check_text, run
from operations.commune_load import load
from rules.refusals import Refused
from rules.vocabulary import Change, DeadlineKind, Level, Regime, Situation
from tests import factories
from tests.conftest import START

START_OF_FILE = "commune: Villars\ncalendrier: {zone: A, années scolaires: 2026-2027}\n"
COMMUNES = sorted((ROOT / "tests" / "communes").glob("*.yaml"))
FILES = [*sorted((ROOT / "tests" / "rules").glob("*.yaml")), *COMMUNES[::10]]


def loaded(text: str) -> list[str]:
    checked = check_text(text)
    assert checked.problems == (), checked.problems
    assert checked.reglement is not None
    told = load(checked.reglement, by=SYSTEM, now=START).sentences()
    db.session.flush()
    db.session.expire_all()
    return told


def test_what_is_written_loads_without_a_change_and_is_written_the_same(app):
    text = dump()
    assert loaded(text) == ["Rien à changer : la base dit déjà ce que dit le fichier."]
    assert dump() == text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_whole_file_loads_once_and_for_all(app, path: Path):
    forget_the_town()
    assert any(line.startswith("Créé : activité") for line in loaded(path.read_text(encoding="utf-8")))
    text = dump()
    assert loaded(text)[-1] == "Rien à changer : la base dit déjà ce que dit le fichier."
    assert dump() == text
    assert {each.name: each.differences for each in run(check_text(text)) if not each.passed} == {}


def forget_the_town() -> None:
    """A commune that starts: its own tariffs, already dated, would go on beside those of the file."""
    rules = (models.TariffVersion, models.DeadlineRule, models.AbsencePolicy, models.Capacity)
    for table in (*rules, models.WeekPattern, models.Closure, models.Activity, models.Service):
        for row in db.session.scalars(sa.select(table)):
            db.session.delete(row)
        db.session.flush()


def changed(text: str, old: str, new: str) -> list[str]:
    assert old in text
    return loaded(text.replace(old, new))


def test_only_what_differs_changes_and_is_told(app):
    text = dump()
    version = db.session.scalars(sa.select(models.TariffVersion).order_by(models.TariffVersion.id)).first()
    told = changed(text, "{chaque semaine: mercredi 23:59}", "{chaque semaine: jeudi 10:00}")
    assert told == ["Changé : délais de « Cantine »."]
    rule = db.session.scalars(
        sa.select(models.DeadlineRule).where(models.DeadlineRule.activity_id == factories.activity().id)
    ).one()
    assert (rule.kind, rule.weekday, rule.minute_of_day) == (DeadlineKind.WEEKLY, 4, 600)
    assert db.session.get(models.TariffVersion, version.id) is not None
    entry = db.session.scalars(sa.select(models.History).order_by(models.History.id.desc())).first()
    assert entry.after["changé"] == ["délais de « Cantine »"]


def test_a_later_tariff_is_added_and_the_others_stay(app):
    text = dump()
    first = text.index("    tarifs:", text.index("  Cantine:"))
    later = '    tarifs:\n      - {nom: Rentrée 2027, du: 2027-09-01, grille: "5,00"}\n'
    told = loaded(text[:first] + later + text[first + len("    tarifs:\n") :])
    assert told == ["Créé : tarif « Rentrée 2027 » de « Cantine »."]
    told = loaded(text)
    assert "laissé : tarif « Rentrée 2027 » de « Cantine »." in told[0]


def test_what_the_file_does_not_say_stays_as_it_is(app):
    before = dump()
    told = loaded(START_OF_FILE + "activités: {Cantine: {début: 11:45}}\n")
    assert "Changé : activité « Cantine »." in told
    assert "Dans la base et pas dans le fichier, laissé : activité « Étude »." in told
    canteen = factories.activity()
    assert (canteen.starts_at_minute, canteen.noun) == (705, "Les repas")
    after = dump()
    assert "{chaque semaine: mercredi 23:59}" in after
    assert after.count("grille:") == before.count("grille:")


def test_a_file_that_closes_booked_days_is_refused(app):
    child = factories.child(factories.family())
    factories.booking(child, date(2026, 12, 4))
    text = dump()
    with pytest.raises(Refused, match="fermerait des jours déjà réservés : Cantine, le 4 décembre"):
        changed(text, "jours d’école: lundi, mardi, jeudi, vendredi", "jours d’école: lundi, mardi, jeudi")


def test_conditions_name_the_schools_of_the_database(app):
    text = (
        START_OF_FILE + "écoles: {Autre école: maternelle, École Jules Ferry: élémentaire}\n"
        "activités:\n  Mercredi:\n    délais:\n      réserver:\n"
        "        - {la veille: 9:00, écoles: École Jules Ferry, niveaux: CP, régime: régulier}\n"
        "        - {le jour même: 9:00}\n      annuler: impossible\n"
        "    tarif:\n      grille: [{écoles: École Jules Ferry, prix: 3.00}, {prix: 4.00}]\n"
        "      situations: {absent: [gratuit, {effet: plus 2.00, à partir de: 3}]}\n"
        "    places: {nombre: 20, école: École Jules Ferry}\n"
    )
    loaded(text)
    school = db.session.scalars(
        sa.select(models.School).where(models.School.name == "École Jules Ferry")
    ).one()
    activity = db.session.scalars(sa.select(models.Activity).where(models.Activity.name == "Mercredi")).one()
    rules = db.session.scalars(
        sa.select(models.DeadlineRule)
        .where(models.DeadlineRule.activity_id == activity.id)
        .order_by(models.DeadlineRule.position)
    ).all()
    assert [(r.change, r.school_ids, r.levels, r.regime) for r in rules] == [
        (Change.BOOK, frozenset({school.id}), frozenset({Level.CP}), Regime.REGULAR),
        (Change.BOOK, None, None, None),
    ]
    version = db.session.scalars(
        sa.select(models.TariffVersion).where(models.TariffVersion.activity_id == activity.id)
    ).one()
    assert [row.school_ids for row in version.rows] == [frozenset({school.id}), None]
    assert [(s.situation, s.from_nth) for s in version.situations] == [
        (Situation.NO_SHOW, 1),
        (Situation.NO_SHOW, 3),
    ]
    assert loaded(text)[-1] == "Rien à changer : la base dit déjà ce que dit le fichier."
