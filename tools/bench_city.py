"""`make bench-city`: a city's year, two million meals, replayed with other prices (a few minutes).

As many meals as Nantes Métropole's canteens booked in 2017-18 (shared/data: about 15,000 a day on 131
days, 1.97 million in all): 10,000 families, 15,000 children, every meal on a closed sheet, one in
twenty missed. On SQLite, in a folder thrown away.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tools.bench import connect, peak_mb, timed

FAMILIES, CHILDREN, DAYS = 10_000, 15_000, 131
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2027, 7, 5, 10, 0, tzinfo=PARIS)
FIRST, LAST = date(2026, 9, 1), date(2027, 7, 2)
AT_ONCE = 100_000
OTHER = """
commune: Villars
calendrier: {zone: A, années scolaires: 2027-2028, jours d’école: "lundi, mardi, jeudi, vendredi"}
activités:
  Cantine:
    service: Restauration scolaire
    unité: repas
    début: 11:30
    délais: {chaque semaine: mercredi 23:59}
    tarif:
      - {quotient: moins de 500, prix: 1.00}
      - {quotient: 500 et plus, prix: 0.45 % du quotient, plancher: 2.25, plafond: 6.50}
      - {quotient: sans quotient, prix: 6.50}
    situations: {absent: [gratuit, {effet: prix habituel, à partir de: 4}]}
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with timed() as built:
            _city(folder)
        print(f"Ville construite en {built():.0f} s", flush=True)
        # A process of its own: its peak of memory is the replay's.
        subprocess.run([sys.executable, "-m", "tools.bench_city", str(folder)], check=True)


def _city(folder: Path) -> None:
    from tools.bench import new_town

    app = new_town(folder)
    with app.app_context():
        import models
        from extensions import db
        from operations.configuration import configuration
        from rules.school_calendar import Place

        days = configuration().calendar.service_days(FIRST, LAST, Place(1, 1))[:DAYS]
        for table, rows in _people():
            _insert(table, rows)
        sheets = [
            {
                "id": n,
                "activity_id": 1,
                "school_id": 1,
                "class_id": None,
                "day": day,
                "state": "closed",
                "no_child": False,
                "opened_at": NOW,
                "closed_at": NOW,
            }
            for n, day in enumerate(days, start=1)
        ]
        _insert(models.AttendanceSheet, sheets)
        _insert(models.Booking, _meals(days, _booking))
        _insert(models.Attendance, _meals(days, _attendance))
        db.session.commit()


def _people() -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    import models

    address = {"street": "1 rue des Lilas", "street_extra": "", "postcode": "42390", "city": "Villars"}
    known = {"created_at": NOW, "search_text": ""}
    homes = [_home(n) for n in range(1, CHILDREN + 1)]
    yield (
        models.Family,
        [
            {"id": n, "name": f"Famille {n}", "notes": "", "country": "France", **address, **known}
            for n in range(1, FAMILIES + 1)
        ],
    )
    yield (
        models.Quotient,
        [
            {
                "family_id": n,
                "value": 100 + n % 2400,
                "source": "caf",
                "document": "",
                "period": "",
                "effective_on": FIRST,
                "received_on": FIRST,
                "validated_at": NOW,
            }
            for n in range(1, FAMILIES + 1)
        ],
    )
    yield (
        models.Residence,
        [
            {"family_id": n, "resident": n % 20 > 0, "reason": "", "first_day": FIRST}
            for n in range(1, FAMILIES + 1)
        ],
    )
    yield (
        models.Child,
        [
            {
                "id": n,
                "last_name": f"Famille {home}",
                "first_name": f"Enfant {n}",
                "birth_date": date(2018, 1, 1),
                **known,
            }
            for n, home in enumerate(homes, start=1)
        ],
    )
    yield (
        models.Custody,
        [
            {
                "child_id": n,
                "first_day": FIRST,
                "kind": "single",
                "family_id": home,
                "judgment": "",
                "changeover_weekday": 1,
            }
            for n, home in enumerate(homes, start=1)
        ],
    )
    yield (
        models.Schooling,
        [{"child_id": n, "class_id": 1, "level": "cp", "first_day": FIRST} for n in range(1, CHILDREN + 1)],
    )


def _home(child: int) -> int:
    """Every second family has two children."""
    return child if child <= FAMILIES else 2 * (child - FAMILIES)


def _meals(days: list[date], row: Any) -> Iterator[dict[str, Any]]:
    for sheet, day in enumerate(days, start=1):
        for child in range(1, CHILDREN + 1):
            yield row(child, day, sheet)


def _booking(child: int, day: date, _sheet: int) -> dict[str, Any]:
    return {
        "child_id": child,
        "activity_id": 1,
        "family_id": _home(child),
        "day": day,
        "state": "booked",
        "timing": "in_time",
        "reason": "",
        "changed_at": NOW,
    }


def _attendance(child: int, day: date, sheet: int) -> dict[str, Any]:
    missed = (child + sheet) % 20 == 0
    return {
        "sheet_id": sheet,
        "child_id": child,
        "activity_id": 1,
        "family_id": _home(child),
        "day": day,
        "presence": "absent" if missed else "present",
        "recorded_at": NOW,
    }


def _insert(table: Any, rows: Iterable[dict[str, Any]]) -> None:
    from extensions import db

    columns = {c.name: c.type for c in table.__table__.columns}
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append({name: _typed(columns[name], value) for name, value in row.items()})
        if len(batch) >= AT_ONCE:
            db.session.execute(sa.insert(table.__table__), batch)
            batch = []
    if batch:
        db.session.execute(sa.insert(table.__table__), batch)


def _typed(column: Any, value: Any) -> Any:
    """Enums by their member, instants in UTC: what the columns take."""
    known = getattr(column, "enum_class", None)
    if known is not None and value is not None:
        return known(value)
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def replay_only(folder: Path) -> None:
    app = connect(folder)
    app.extensions["clock"].set(NOW)
    with app.app_context():
        from operations import commune_files, replay_plans, replays
        from rules.money import format_cents

        before = peak_mb()
        checked = commune_files.check_text(OTHER)
        assert checked.reglement is not None, checked.problems
        start = time.perf_counter()
        plan = replay_plans.of_file(checked.reglement, "autres prix", FIRST)
        told = replays.replay(FIRST, LAST, plan)
        spent = time.perf_counter() - start
        print(
            f"Rejeu : {told.total.days} repas, deux fois, en {spent:.0f} s "
            f"({spent / max(told.total.days, 1) * 1_000_000:.0f} µs par repas) ; "
            f"mémoire {peak_mb():.0f} Mo au plus (au repos {before:.0f}) ; "
            f"{format_cents(told.total.now_cents)} puis {format_cents(told.total.then_cents)}"
        )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        replay_only(Path(sys.argv[1]))
    else:
        main()
