"""The command line: French sentences, code 1 when refused, nothing kept by a dry run."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result

import commands
import models
from config import Mode, at
from extensions import db
from rules.vocabulary import Presence, SheetState
from tests import factories
from tests.conftest import PARIS
from tests.operations.test_imports import csv_of, line
from tests.operations.test_replays import FILE as REPLAYED
from tests.operations.test_replays import a_family

OCTOBER_2 = datetime(2026, 10, 2, 9, 0, tzinfo=PARIS)


def run(app, *words: object) -> Result:
    db.session.commit()
    result = app.test_cli_runner().invoke(args=[str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def count(table: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_every_command_of_the_product_exists(app):
    assert app.cli.commands.keys() >= {
        "init-db", "demo", "create-staff", "import-families", "bill", "send-mail", "nightly", "worker",
    }  # fmt: skip


# -- init-db and demo ------------------------------------------------------------------------


def test_init_db_runs_again_without_effect(app):
    db.session.remove()
    result = run(app, "init-db")
    assert (result.exit_code, result.stdout) == (0, "La base est prête : Villars.\n")
    assert count(models.Commune) == 1
    assert count(models.Role) == 5


def test_commands_say_when_the_base_is_not_ready(app, monkeypatch: pytest.MonkeyPatch):
    class Nothing:
        @staticmethod
        def has_table(_name: str) -> bool:
            return False

    monkeypatch.setattr(commands.sa, "inspect", lambda _engine: Nothing)
    result = run(app, "send-mail")
    assert result.exit_code == 1
    assert result.stderr == "La base n’est pas prête : lancez d’abord « flask --app app init-db ».\n"


def test_the_demo_is_refused_in_production(app, monkeypatch: pytest.MonkeyPatch):
    settings = at(app.extensions["portail"], mode=Mode.PRODUCTION)
    monkeypatch.setitem(app.extensions, "portail", settings)
    result = run(app, "demo")
    assert (result.exit_code, result.stderr) == (1, "La démonstration ne se charge pas en production.\n")


def test_the_demo_is_refused_where_there_are_families(app):
    factories.family()
    result = run(app, "demo")
    assert result.exit_code == 1
    assert result.stderr.startswith("La base a déjà des familles")
    assert count(models.Family) == 1


# -- staff -----------------------------------------------------------------------------------


def test_an_agent_gets_an_account_and_a_mail(app):
    result = run(app, "create-staff", "anne@villars.example", "--name", "Anne Roux", "--role", "finance")
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "Compte ouvert pour Anne Roux : le mot de passe provisoire part par courriel "
        "à anne@villars.example.\n"
    )
    account = db.session.scalars(sa.select(models.Account)).unique().one()
    assert [role.name for role in account.roles] == ["finance"]
    assert run(app, "send-mail").stdout == "1 courriel envoyé.\n"
    assert app.extensions["mail"].sent[0].recipient == "anne@villars.example"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("x@villars.example", "--role", "finance"), "Donnez le nom de l’agent"),
        (("x@villars.example", "--name", "X"), "Un agent a au moins un rôle."),
        (
            ("x@villars.example", "--name", "X", "--role", "maire"),
            "Le rôle « maire » n’existe pas : ",
        ),
        (("x", "--name", "X", "--role", "finance"), "« x » n’est pas une adresse de courriel"),
    ],
)
def test_what_is_wrong_with_an_agent_is_one_sentence(app, words, sentence):
    result = run(app, "create-staff", *words)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert count(models.Account) == 0


# -- families --------------------------------------------------------------------------------


@pytest.fixture
def families(tmp_path: Path) -> Path:
    path = tmp_path / "familles.csv"
    path.write_bytes(csv_of(line(), line(numero_famille="9", quotient="5O2"), encoding="cp1252"))
    return path


def test_families_are_imported_and_refused_lines_listed(app, families: Path):
    result = run(app, "import-families", families)
    assert result.exit_code == 0
    said = result.stdout.splitlines()
    assert said[0].startswith("Ligne 2 : créée (Léa Martin)")
    assert said[1] == (
        "Ligne 3, colonne « quotient » : refusée. "
        "« 5O2 » n’est pas un quotient : des chiffres, par exemple 512,50."
    )
    assert said[2] == "2 lignes : 1 créée, 0 complétée, 0 déjà connue, 1 refusée."
    assert count(models.Family) == 1


def test_a_dry_run_writes_nothing_and_says_so(app, families: Path):
    result = run(app, "import-families", families, "--dry-run")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "Essai : rien n’a été enregistré."
    assert count(models.Family) == count(models.History) == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "ne peut pas être ouvert."),
        (b"", "Le fichier est vide."),
        (b"PK\x03\x04", "Ce classeur ne peut pas être lu"),
    ],
)
def test_an_unreadable_file_is_one_sentence(app, tmp_path: Path, content: bytes | None, sentence: str):
    path = tmp_path / "familles.csv"
    if content is not None:
        path.write_bytes(content)
    result = run(app, "import-families", path)
    assert result.exit_code == 1
    assert sentence in result.stderr


# -- the month -------------------------------------------------------------------------------


@pytest.fixture
def september(app) -> models.Family:
    """Ten meals at 2,50 € in September, their sheets closed."""
    martin = factories.family(qf="512.50")
    factories.guardian(martin, email="claire@villars.example", payer=True)
    lea = factories.child(martin, activities=("cantine",))
    for day in (3, 4, 7, 8, 10, 11, 14, 15, 17, 18):
        _eaten(lea, martin, date(2026, 9, day))
    app.extensions["clock"].set(OCTOBER_2)
    return martin


def _eaten(lea: models.Child, martin: models.Family, day: date) -> None:
    school_class = factories.school_class()
    at = datetime(day.year, day.month, day.day, 12, tzinfo=PARIS)
    meal = factories.booking(lea, day)
    sheet = models.AttendanceSheet(
        activity=meal.activity, school=school_class.school, school_class=school_class, day=day,
        state=SheetState.CLOSED, opened_at=at, closed_at=at,
    )  # fmt: skip
    db.session.add(
        models.Attendance(
            sheet=sheet, child=lea, activity=meal.activity, family=martin, day=day,
            presence=Presence.PRESENT, recorded_at=at,
        )
    )  # fmt: skip
    db.session.flush()


def test_a_dry_run_prepares_prints_and_keeps_nothing(app, september):
    result = run(app, "bill", "2026-09", "--dry-run")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-2:] == [
        "Septembre 2026 : 1 facture, 25,00\u00a0€ ; 0 reportée au mois suivant.",
        "Essai : rien n’a été enregistré.",
    ]
    assert count(models.Draft) == count(models.Invoice) == 0


def test_billing_issues_once(app, september):
    result = run(app, "bill", "2026-09", "--announced-on", "2026-10-05")
    assert result.exit_code == 0, result.output
    invoice = db.session.scalars(sa.select(models.Invoice)).one()
    assert (invoice.total_cents, invoice.announced_on) == (2500, date(2026, 10, 5))
    assert f"Facture {invoice.number}." in result.stdout
    again = run(app, "bill", "2026-09")
    assert again.exit_code == 0, again.output
    assert again.stdout == "Septembre 2026 : rien à facturer.\n"
    assert count(models.Invoice) == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("octobre",), "« octobre » n’est pas un mois. Exemple : 2026-10."),
        (("2026-13",), "« 2026-13 » n’est pas un mois. Exemple : 2026-10."),
        (("2026-09", "--announced-on", "demain"), "« demain » n’est pas une date. Exemple : 2026-10-05."),
    ],
)
def test_what_is_wrong_with_a_month_is_one_sentence(app, words, sentence):
    result = run(app, "bill", *words)
    assert (result.exit_code, result.stderr) == (1, f"{sentence}\n")


def test_a_month_that_is_not_over_is_refused(app, september):
    result = run(app, "bill", "2026-10")
    assert result.exit_code == 1
    assert result.stderr.endswith(".\n")
    assert count(models.Draft) == 0


def test_the_night_does_its_work(app):
    assert run(app, "nightly").stdout == "Le travail de la nuit est fait.\n"


# -- the règlement as a file -----------------------------------------------------------------

FILE = """\
commune: Essai
calendrier: {zone: A, années scolaires: 2026-2027}
activités:
  Cantine:
    délais: {la veille: 9:00}
    tarif: 4,85
exemples:
  - {nom: le repas, attendu: {prix: 4.85}}
"""


def test_a_file_is_checked_and_its_examples_run_without_a_database(app, tmp_path):
    file = tmp_path / "essai.yaml"
    file.write_text(FILE, encoding="utf-8")
    assert run(app, "commune", "check", file).stdout == "essai.yaml est valable : 1 activité, 1 exemple.\n"
    result = run(app, "commune", "examples", file)
    assert (result.exit_code, result.stdout) == (0, "1 passed, 0 failed\n")
    file.write_text(FILE.replace("{prix: 4.85}", "{prix: 5.00}"), encoding="utf-8")
    result = run(app, "commune", "examples", file)
    assert result.exit_code == 1
    assert result.stdout.startswith("ligne 8, le repas : prix : attendu 5,00")
    assert result.stdout.endswith("0 passed, 1 failed\n")
    file.write_text(FILE.replace("tarif", "tarrif"), encoding="utf-8")
    result = run(app, "commune", "check", file)
    assert result.exit_code == 1
    assert result.stdout.startswith("ligne 6, activités › Cantine : La clé « tarrif » n’existe pas ici")
    nothing = run(app, "commune", "check", tmp_path / "rien.yaml")
    assert nothing.stderr.endswith("ne peut pas être ouvert.\n")


def test_the_configuration_is_dumped_and_loaded(app, tmp_path):
    file = tmp_path / "villars.yaml"
    assert "est écrite dans" in run(app, "commune", "dump", file).stdout
    text = file.read_text(encoding="utf-8")
    assert run(app, "commune", "dump").stdout == text
    file.write_text(text.replace("mercredi 23:59", "jeudi 10:00"), encoding="utf-8")
    tried = run(app, "commune", "load", "--dry-run", file)
    assert tried.stdout == "Changé : délais de « Cantine ».\nEssai : rien n’a été enregistré.\n"
    assert run(app, "commune", "dump").stdout == text
    assert run(app, "commune", "load", file).stdout == "Changé : délais de « Cantine ».\n"
    assert "jeudi 10:00" in run(app, "commune", "dump").stdout


# -- the replay ------------------------------------------------------------------------------


def test_a_period_is_replayed_with_a_file(app, tmp_path: Path):
    app.extensions["clock"].set(OCTOBER_2)
    a_family("Martin", "712")
    source, book = tmp_path / "essai.yaml", tmp_path / "rejeu.xlsx"
    source.write_text(REPLAYED, encoding="utf-8")
    result = run(
        app, "commune", "replay", "--from", "2026-09", "--to", "2026-09", "--with", source, "--out", book
    )
    said = result.stdout.replace("\u00a0", " ")
    assert result.exit_code == 0
    assert "Aujourd’hui 19,00 € ; avec essai.yaml 20,00 € (+ 1,00 €, + 5,3 %)." in said
    assert book.read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("period", "sentence"),
    [(("2026-09", "2026-12"), "doit être passée"), (("septembre", "2026-09"), "--from 2025-09 --to 2026-06")],
)
def test_an_impossible_replay_is_one_sentence(app, period, sentence):
    app.extensions["clock"].set(OCTOBER_2)
    result = run(app, "commune", "replay", "--from", period[0], "--to", period[1])
    assert result.exit_code == 1 and sentence in result.stderr


def test_a_file_that_would_close_booked_days_changes_nothing(app, tmp_path):
    factories.booking(factories.child(factories.family()), date(2026, 12, 4))
    text = run(app, "commune", "dump").stdout
    file = tmp_path / "villars.yaml"
    closed = text.replace("lundi, mardi, jeudi, vendredi", "lundi, mardi, jeudi").replace("23:59", "10:00")
    file.write_text(closed, encoding="utf-8")
    result = run(app, "commune", "load", file)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "fermerait des jours déjà réservés : Cantine, le 4 décembre (1 réservation)" in result.stderr
    assert run(app, "commune", "dump").stdout == text
