"""Command line: flask --app app … Every message is French; an error is one sentence and code 1."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy.exc import IntegrityError

import demo
import jobs
from config import Mode
from extensions import db, violated
from operations import (
    accounts,
    billing,
    commune_dump,
    commune_files,
    commune_load,
    replay_plans,
    replays,
)
from operations.actors import SYSTEM
from operations.configuration import commune_settings, configuration
from operations.import_files import read_table
from operations.imports import IMPORTER, import_families
from operations.installation import install
from rules.commune_file import Reglement
from rules.constraint_sentences import refusal
from rules.instants import paris
from rules.invoices import next_month
from rules.money import format_cents
from rules.refusals import Refused
from rules.replay_words import replay_sentences
from rules.vocabulary import Role
from rules.wording import month_name

NOT_READY = "La base n’est pas prête : lancez d’abord « flask --app app init-db »."
OPERATOR = replace(SYSTEM, name="Ligne de commande")


def init_app(app: Flask) -> None:
    """Register every command."""
    for command in (init_db, load_demo, create_staff, import_file, bill, send_mail, nightly, worker, commune):
        app.cli.add_command(command)


def _command(name: str) -> Callable[[Callable[..., None]], click.Command]:
    """A command with the application at hand: what is refused is one sentence, rolled back, code 1."""

    def register(function: Callable[..., None]) -> click.Command:
        @wraps(function)
        def run(**given: Any) -> None:
            try:
                function(**given)
            except Refused as refusal:
                db.session.rollback()
                click.echo(refusal.sentence, err=True)
                raise SystemExit(1) from None

        return click.command(name, help=function.__doc__)(with_appcontext(run))

    return register


def _ensure_ready() -> None:
    if not sa.inspect(db.engine).has_table("commune"):
        raise Refused(NOT_READY)
    commune_settings()


def _now() -> datetime:
    now: datetime = current_app.extensions["clock"].now()
    return now


# -- installing -------------------------------------------------------------------------


@_command("init-db")
def init_db() -> None:
    """Crée ou met à jour la base, les rôles et la commune. Peut être relancée."""
    upgrade()
    install(billed_from=paris(_now()).date().replace(day=1))
    db.session.commit()
    click.echo(f"La base est prête : {commune_settings().name}.")


@_command("demo")
def load_demo() -> None:
    """Charge la démonstration : une commune fictive, ses familles et une rentrée déjà vécue."""
    if current_app.extensions["portail"].mode is Mode.PRODUCTION:
        raise Refused("La démonstration ne se charge pas en production.")
    _ensure_ready()
    report = demo.load()
    db.session.commit()
    click.echo(report)


@_command("create-staff")
@click.argument("email")
@click.option("--name", default="", help="Nom affiché")
@click.option("--role", "roles", multiple=True, help=", ".join(role.value for role in Role))
def create_staff(email: str, name: str, roles: tuple[str, ...]) -> None:
    """Ouvre le compte d’un agent ; son mot de passe provisoire part par courriel."""
    _ensure_ready()
    if not name.strip():
        raise Refused('Donnez le nom de l’agent : --name "Anne Roux".')
    unknown = [role for role in roles if role not in list(Role)]
    if unknown:
        raise Refused(f"Le rôle « {unknown[0]} » n’existe pas : {', '.join(role.value for role in Role)}.")
    accounts.create_staff(email, name, [Role(role) for role in roles], by=OPERATOR, now=_now())
    db.session.commit()
    click.echo(f"Compte ouvert pour {name} : le mot de passe provisoire part par courriel à {email}.")


# -- families ---------------------------------------------------------------------------


@_command("import-families")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Lit tout, ne garde rien")
def import_file(file: Path, dry_run: bool) -> None:
    """Reprend les familles d’un ancien logiciel (docs/import-familles.md)."""
    _ensure_ready()
    try:
        content = file.read_bytes()
    except OSError:
        raise Refused(f"Le fichier « {file} » ne peut pas être ouvert.") from None
    report = import_families(read_table(content), by=IMPORTER, now=_now())
    for sentence in report.sentences():
        click.echo(sentence)
    _keep_unless(dry_run)


def _keep_unless(dry_run: bool) -> None:
    if dry_run:
        db.session.rollback()
        click.echo("Essai : rien n’a été enregistré.")
    else:
        db.session.commit()


# -- the month --------------------------------------------------------------------------


@_command("bill")
@click.argument("month", metavar="AAAA-MM")
@click.option("--dry-run", is_flag=True, help="Prépare et affiche, ne garde rien")
@click.option("--announced-on", metavar="AAAA-MM-JJ", help="Date d’annonce (aujourd’hui par défaut)")
def bill(month: str, dry_run: bool, announced_on: str | None) -> None:
    """Prépare les factures d’un mois, montre ses anomalies et ses totaux, puis les émet."""
    _ensure_ready()
    now = _now()
    first = _day(f"{month}-01", f"« {month} » n’est pas un mois. Exemple : 2026-10.")
    today = paris(now).date()
    announced = _day(
        announced_on or today.isoformat(), f"« {announced_on} » n’est pas une date. Exemple : 2026-10-05."
    )
    prepared = billing.prepare_month(first, by=OPERATOR, now=now)
    for anomaly in prepared.anomalies:
        click.echo(f"À vérifier : {anomaly.sentence}")
    if not prepared.invoices and not prepared.carried_over:
        db.session.rollback()
        click.echo(f"{month_name(first).capitalize()} : rien à facturer.")
        return
    if not dry_run:
        _say_numbers(billing.issue_month(first, announced, by=OPERATOR, now=now))
    click.echo(
        f"{month_name(first).capitalize()} : {_counted(prepared.invoices, 'facture')}, "
        f"{format_cents(prepared.total_cents)} ; "
        f"{_counted(prepared.carried_over, 'reportée')} au mois suivant."
    )
    _keep_unless(dry_run)


def _say_numbers(issued: billing.Issued) -> None:
    if issued.invoices == 1:
        click.echo(f"Facture {issued.first_number}.")
    elif issued.invoices:
        click.echo(f"Factures {issued.first_number} à {issued.last_number}.")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}"


def _day(text: str, sentence: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(sentence) from None


# -- the règlement as a file --------------------------------------------------------------


@click.group(help="La configuration d’une commune, dans un fichier (docs/configuration.md).")
def commune() -> None:
    """Nothing by itself."""


@commune.command("check", help="Dit ce qui ne va pas dans un fichier, ligne par ligne. Sans base de données.")
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    checked = _checked(file)
    told = checked.reglement
    activities = _counted(len(told.activities), "activité") if told else ""
    click.echo(f"{file.name} est valable : {activities}, {_counted(len(checked.examples), 'exemple')}.")


@commune.command("examples", help="Rejoue les exemples d’un fichier, ou d’un dossier. Sans base de données.")
@click.argument("file", type=click.Path(path_type=Path))
def examples(file: Path) -> None:
    outcomes = [
        (where, outcome)
        for where, path in _configurations(file)
        for outcome in commune_files.run(_checked(path))
    ]
    for where, outcome in outcomes:
        for difference in outcome.differences:
            click.echo(f"{where}ligne {outcome.line}, {outcome.name} : {difference}")
    failed = sum(not outcome.passed for _, outcome in outcomes)
    click.echo(f"{len(outcomes) - failed} passed, {failed} failed")
    if failed:
        raise SystemExit(1)


def _configurations(file: Path) -> list[tuple[str, Path]]:
    """The file, or each of its folder with its name to say before its lines."""
    if file.is_dir():
        return [(f"{path.name}, ", path) for path in sorted(file.glob("*.yaml"))]
    return [("", file)]


@commune.command("dump", help="Écrit la configuration de la base (dans FILE, ou à l’écran).")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@with_appcontext
def dump_configuration(file: Path | None) -> None:
    _refusing(lambda: _dump(file))


def _dump(file: Path | None) -> None:
    _ensure_ready()
    text = commune_dump.dump()
    if file is None:
        click.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")
        click.echo(f"La configuration est écrite dans {file}.")


@commune.command("load", help="Charge un fichier dans la base ; le relancer ne change plus rien.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Dit ce qui changerait, ne garde rien")
@with_appcontext
def load_configuration(file: Path, dry_run: bool) -> None:
    checked = _checked(file)
    assert checked.reglement is not None
    reglement = checked.reglement
    _refusing(lambda: _load(reglement, dry_run))


def _load(reglement: Reglement, dry_run: bool) -> None:
    _ensure_ready()
    for sentence in commune_load.load(reglement, by=OPERATOR, now=_now()).sentences():
        click.echo(sentence)
    _keep_unless(dry_run)


@commune.command("replay", help="Rejoue une période passée avec d’autres prix. N’écrit rien dans la base.")
@click.option("--from", "first", required=True, metavar="AAAA-MM", help="Premier mois (ou jour)")
@click.option("--to", "last", required=True, metavar="AAAA-MM", help="Dernier mois (ou jour), compris")
@click.option(
    "--with",
    "file",
    type=click.Path(path_type=Path),
    help="Fichier d’une commune (sans lui : les derniers tarifs préparés)",
)
@click.option("--out", type=click.Path(path_type=Path), help="Écrit tout dans un classeur XLSX")
@with_appcontext
def replay(first: str, last: str, file: Path | None, out: Path | None) -> None:
    reglement = _checked(file).reglement if file else None
    _refusing(lambda: _replay(_period(first, last), reglement, file.name if file else "", out))


def _replay(period: tuple[date, date], reglement: Reglement | None, name: str, out: Path | None) -> None:
    _ensure_ready()
    first, last = period
    replays.ensure_period(first, last, paris(_now()).date())
    plan = replay_plans.of_file(reglement, name, first) if reglement else replay_plans.prepared(first)
    told = replays.replay(first, last, plan, progress=_say_progress)
    activities = {a.id: a.name for a in configuration().activities.values()}
    families = replays.family_names()
    for sentence in replay_sentences(told, plan.name, activities, families, kept=plan.kept):
        click.echo(sentence)
    if out is not None:
        from gateways.workbooks import replay_workbook  # openpyxl is heavy: only for an export

        out.write_bytes(replay_workbook(told, plan.name, activities, families))
        click.echo(f"Le détail est dans {out}.")


def _say_progress(done: int, total: int) -> None:
    click.echo(f"{done} familles sur {total}…", err=True)


def _period(first: str, last: str) -> tuple[date, date]:
    """From the first day of a month to the last of another; a day is itself."""
    wrong = "La période se donne par mois ou par jour : --from 2025-09 --to 2026-06."
    start = _day(f"{first}-01" if len(first) == 7 else first, wrong)
    end = _day(f"{last}-01" if len(last) == 7 else last, wrong)
    return start, next_month(end) - timedelta(days=1) if len(last) == 7 else end


def _refusing(work: Callable[[], None]) -> None:
    """Do the work; what the rules or the database refuse is one sentence, rolled back, code 1."""
    try:
        work()
    except IntegrityError as error:
        db.session.rollback()
        click.echo(refusal(violated(error)).sentence, err=True)
        raise SystemExit(1) from None
    except Refused as refused:
        db.session.rollback()
        click.echo(refused.sentence, err=True)
        raise SystemExit(1) from None


def _checked(file: Path) -> commune_files.Checked:
    """The file read, or each thing to mend on its line and code 1."""
    try:
        content = file.read_bytes()
    except OSError:
        click.echo(f"Le fichier « {file} » ne peut pas être ouvert.", err=True)
        raise SystemExit(1) from None
    try:
        checked = commune_files.check(content)
    except Refused as refusal:
        click.echo(refusal.sentence, err=True)
        raise SystemExit(1) from None
    if checked.problems:
        for problem in checked.problems:
            click.echo(str(problem))
        raise SystemExit(1)
    return checked


# -- background -------------------------------------------------------------------------


@_command("send-mail")
def send_mail() -> None:
    """Envoie les courriels en attente."""
    _ensure_ready()
    gone = jobs.drain_outbox(_now())
    click.echo(f"{_counted(gone, 'courriel')} {'envoyés' if gone > 1 else 'envoyé'}.")


@_command("nightly")
def nightly() -> None:
    """Fait le travail de la nuit."""
    _ensure_ready()
    jobs.nightly(_now())
    click.echo("Le travail de la nuit est fait.")


@_command("worker")
def worker() -> None:
    """Envoie les courriels et fait le travail de la nuit, jusqu’à Ctrl-C."""
    jobs.run_worker()
