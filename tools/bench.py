"""`make bench`: what the portal costs, printed beside the floor measured in the same run.

A town of 1,000 families, 1,500 children and 18,000 meals on SQLite, in a folder thrown away.
Pages: server time (median), queries, weight. Month: issue, beside raw sqlite3 reading the same
facts and writing the same rows. PDF: CPU time.
"""

from __future__ import annotations

import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

FAMILIES, CHILDREN, MEALS = 1_000, 1_500, 12
PARIS = ZoneInfo("Europe/Paris")
MONTH = date(2026, 9, 1)
NOW = datetime(2026, 10, 1, 10, 0, tzinfo=PARIS)
PAGE_RUNS, PDF_RUNS = 60, 50
PAGES = (
    "/espace/",
    "/espace/enfants/{child}/reservations/cantine?mois=2026-10",
    "/espace/factures",
    "/espace/simulateur?mois=2026-11&jours-{child}-cantine=1&jours-{child}-cantine=2",
)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = new_town(folder)
        with app.app_context():
            _town()
            # A process of its own: its peak of memory is the month's, not that of building the town.
            subprocess.run([sys.executable, "-m", "tools.bench", str(folder)], check=True)
            _floor(folder)
            _pdf()
            _pages(app)


def bill_only(folder: Path) -> None:
    app = connect(folder)
    with app.app_context():
        _bill()


# -- the town ---------------------------------------------------------------------------------


def connect(folder: Path) -> Flask:
    from app import create_app
    from gateways.clock import FixedClock
    from gateways.mail import MemoryMail
    from tests.conftest import settings_for

    url = f"sqlite:///{folder / 'bench.sqlite'}"
    return create_app(settings_for(url, folder), clock=FixedClock(NOW), mail=MemoryMail())


def new_town(folder: Path) -> Flask:
    from flask_migrate import upgrade

    from tests import town

    app = connect(folder)
    with app.app_context():
        from extensions import db

        upgrade()
        town.build(NOW)
        db.session.commit()
    return app


def _town() -> None:
    """1,000 families; every second one has two children; each child eats twelve times in September."""
    import models
    from extensions import db
    from operations.configuration import configuration
    from rules.school_calendar import Place
    from tests import factories

    day_list = configuration().calendar.service_days(MONTH, date(2026, 9, 30), Place(1, 1))[:MEALS]
    canteen = factories.activity().id
    bookings = []
    for number in range(FAMILIES):
        family = factories.family(f"Famille {number:04d}", qf=str(300 + number))
        children = [factories.child(family, f"Enfant {n}") for n in range(1 + number % 2)]
        factories.parent(family, *children, payer=True, email=f"parent{number}@villars.example")
        bookings += [
            {
                "child_id": child.id,
                "activity_id": canteen,
                "family_id": family.id,
                "day": day,
                "state": "booked",
                "timing": "in_time",
                "reason": "",
                "changed_at": NOW.astimezone(UTC),
            }
            for child in children
            for day in day_list
        ]
    db.session.execute(sa.insert(models.Booking.__table__), [_enums(row) for row in bookings])
    db.session.commit()
    print(f"Ville : {FAMILIES} familles, {CHILDREN} enfants, {len(bookings)} repas", flush=True)


def _enums(row: dict[str, object]) -> dict[str, object]:
    from rules.vocabulary import BookingState, Timing

    return row | {"state": BookingState.BOOKED, "timing": Timing.IN_TIME}


# -- the month ---------------------------------------------------------------------------------


def _bill() -> None:
    from extensions import db
    from operations import actors, billing
    from tests.queries import count_queries

    before = peak_mb()
    with timed() as prepared:
        billing.prepare_month(MONTH, by=actors.SYSTEM, now=NOW)
        db.session.commit()
    db.session.remove()
    with count_queries() as statements, timed() as issued:
        result = billing.issue_month(MONTH, NOW.date(), by=actors.SYSTEM, now=NOW)
        db.session.commit()
    print(
        f"Mois : préparer {prepared():.3f} s ; émettre {issued():.3f} s, {len(statements)} instructions, "
        f"{result.invoices} factures ; mémoire {peak_mb():.0f} Mo au plus (au repos {before:.0f})",
        flush=True,
    )


def _floor(folder: Path) -> None:
    """Read the booked days and write the rows of the issue, with the bare driver on a copy of the base."""
    origin = sqlite3.connect(folder / "bench.sqlite")
    copy = sqlite3.connect(folder / "floor.sqlite")
    origin.backup(copy)
    tables = ("invoice", "invoice_line", "billed_day", "outbox", "sending")
    rows = {name: copy.execute(f"SELECT * FROM {name}").fetchall() for name in tables}
    for name in reversed(tables):
        for verb in ("update", "delete"):
            copy.execute(f"DROP TRIGGER IF EXISTS trg_{name}_no_{verb}")
        copy.execute(f"DELETE FROM {name}")
    copy.commit()
    with timed() as floor:
        copy.execute("SELECT child_id, activity_id, day, family_id, timing FROM booking").fetchall()
        for name in tables:
            marks = ", ".join("?" * len(rows[name][0]))
            copy.executemany(f"INSERT INTO {name} VALUES ({marks})", rows[name])
        copy.commit()
    print(f"Plancher (sqlite3 brut, mêmes faits lus, mêmes lignes écrites) : {floor():.3f} s")


# -- paper and pages -----------------------------------------------------------------------------


def _pdf() -> None:
    import models
    import pdf.invoice
    from extensions import db
    from operations.invoices import sheet_of

    invoice = db.session.scalars(
        sa.select(models.Invoice).order_by(models.Invoice.total_cents.desc())
    ).first()
    assert invoice is not None
    sheet = sheet_of(invoice)
    pdf.invoice.render(sheet)
    start = time.process_time()
    for _ in range(PDF_RUNS):
        content = pdf.invoice.render(sheet)
    spent = (time.process_time() - start) / PDF_RUNS * 1000
    print(f"Facture PDF : {spent:.1f} ms de processeur, {len(content) / 1024:.0f} Kio")


def _pages(app: Flask) -> None:
    import models
    from extensions import db
    from tests import factories
    from tests.pages import InspectedClient
    from tests.queries import count_queries

    guardian = db.session.scalars(
        sa.select(models.Guardian).join(models.Family).where(models.Family.name == "Famille 0501")
    ).one()
    child = guardian.guardianships[0].child_id
    app.test_client_class = InspectedClient  # a context and a session of its own for each request
    client = factories.sign_in(app.test_client(), guardian)
    for page in PAGES:
        path = page.format(child=child)
        db.session.remove()
        assert client.get(path).status_code == 200, path  # the first time fills the caches
        with count_queries() as queries:
            weight = len(client.get(path).data)
        print(
            f"{page:60} médiane {_median(client, path) * 1000:5.1f} ms, "
            f"{len(queries):2d} requêtes, {weight / 1024:5.1f} Kio"
        )


def _median(client: FlaskClient, path: str) -> float:
    def once() -> float:
        start = time.perf_counter()
        client.get(path)
        return time.perf_counter() - start

    return statistics.median(once() for _ in range(PAGE_RUNS))


# -- measuring ------------------------------------------------------------------------------------


@contextmanager
def timed() -> Iterator[Callable[[], float]]:
    start = time.perf_counter()
    stop: list[float] = []
    yield lambda: stop[0]
    stop.append(time.perf_counter() - start)


def peak_mb() -> float:
    """The most memory this process has held (VmHWM; unlike ru_maxrss it starts anew at exec)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    if len(sys.argv) > 1:
        bill_only(Path(sys.argv[1]))
    else:
        main()
