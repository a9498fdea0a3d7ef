"""The fictional town's règlement: schools, classes, activities, deadlines, and an example of a price grid.

Villars' own prices, hours and school week are not public: everything here is an example, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import models
from extensions import db
from operations.installation import seed_school_year
from rules.vocabulary import (
    DeadlineKind,
    EventEffect,
    Formula,
    Per,
    PerWhom,
    PriceMethod,
    PriceUnit,
    ProofKind,
    SchoolKind,
    Situation,
    SituationEffect,
    WhenLate,
)

FIRST_DAY = date(2026, 9, 1)
TILLEULS, VALLON = "Élémentaire Les Tilleuls", "Élémentaire du Vallon"
HIRONDELLES, PUITS = "Maternelle Les Hirondelles", "Maternelle du Vieux Puits"
# Per school: kind, street, and the classes with their (fictional) teacher.
SCHOOLS = {
    HIRONDELLES: (
        SchoolKind.NURSERY,
        "2 allée des Mésanges",
        {"PS": "Mme Garnon", "MS": "Mme Bellet", "GS": "M. Royer"},
    ),
    PUITS: (
        SchoolKind.NURSERY,
        "5 place du Vieux Puits",
        {"PS": "Mme Ostrowski", "MS": "Mme Chomat", "GS": "Mme Vernay"},
    ),
    TILLEULS: (
        SchoolKind.ELEMENTARY,
        "12 rue des Rubaniers",
        {"CP": "Mme Duret", "CE1": "M. Bastide", "CE2": "Mme Sauzet", "CM1": "Mme Imbert", "CM2": "M. Prat"},
    ),
    VALLON: (
        SchoolKind.ELEMENTARY,
        "1 chemin de la Source",
        {"CP": "Mme Rochet", "CE1": "Mme Alvès", "CE1-CE2": "M. Tissot",
         "CM1": "Mme Crozet", "CM2": "Mme Fargier"},
    ),
}  # fmt: skip
# Half-open bands, with the decimals that real quotients have; amounts in cents, invented.
MEAL_BANDS = (
    (None, "400", 145),
    ("400", "622.50", 230),
    ("622.50", "799.50", 320),
    ("799.50", "1050", 405),
    ("1050", "1400", 480),
    ("1400", None, 545),
)
CARE_BANDS = ((None, "622.50", 90), ("622.50", "1050", 120), ("1050", None, 150))
MEAL_ELSEWHERE, CARE_ELSEWHERE = 690, 180
OWN_MEAL, CARE_OF_A_DAY, LATE_PICKUP = 110, 220, 500
CARE_ENDS = 18 * 60 + 30


def build() -> None:
    """Everything that does not depend on the families."""
    year = seed_school_year(2026, "A")
    _schools(year)
    _activities()
    db.session.add(models.WeekPattern(weekdays={1, 2, 4, 5}, first_day=FIRST_DAY))
    db.session.flush()
    _closures()
    _absences()
    db.session.flush()


def _schools(year: models.SchoolYear) -> None:
    for name, (kind, street, classes) in SCHOOLS.items():
        school = models.School(name=name, kind=kind, street=street, postcode="42390", city="Villars")
        school.classes = [
            models.SchoolClass(name=label, teacher=teacher, school_year=year)
            for label, teacher in classes.items()
        ]
        db.session.add(school)


def _activities() -> None:
    canteen, care = models.Service(name="Restauration scolaire"), models.Service(name="Garderie municipale")
    db.session.add_all([canteen, care])
    weekly = {"kind": DeadlineKind.WEEKLY, "weekday": 3, "weeks": 1, "minute_of_day": 23 * 60 + 59}
    free = {"kind": DeadlineKind.NONE}
    _activity(canteen, "Cantine", "Les repas", PriceUnit.MEAL, 11 * 60 + 30, weekly)
    _activity(care, "Garderie du matin", "Les garderies", PriceUnit.SESSION, 7 * 60 + 30, free)
    _activity(care, "Garderie du soir", "Les garderies", PriceUnit.SESSION, 16 * 60 + 30, free, CARE_ENDS)


def _activity(
    service: models.Service,
    name: str,
    noun: str,
    unit: PriceUnit,
    minute: int,
    rule: dict[str, object],
    ends: int | None = None,
) -> None:
    activity = models.Activity(
        service=service,
        name=name,
        slug=name.lower().replace(" ", "-"),
        noun=noun,
        unit=unit,
        starts_at_minute=minute,
        ends_at_minute=ends,
        position=minute,
        is_open=True,
    )
    db.session.add(activity)
    db.session.add(
        models.DeadlineRule(activity=activity, when_late=WhenLate.REFUSE, first_day=FIRST_DAY, **rule)
    )
    db.session.add(_tariff(activity))


def _absences() -> None:
    """Villars: a medical certificate within fifteen days; later ones are ignored."""
    db.session.add(
        models.AbsencePolicy(
            activity=by_name(models.Activity, "Cantine"),
            first_day=FIRST_DAY,
            proofs={ProofKind.CERTIFICATE},
            window_amount=15,
        )
    )


# -- the example grid -----------------------------------------------------------------------


def _tariff(activity: models.Activity) -> models.TariffVersion:
    is_meal = activity.unit is PriceUnit.MEAL
    bands, elsewhere = (MEAL_BANDS, MEAL_ELSEWHERE) if is_meal else (CARE_BANDS, CARE_ELSEWHERE)
    return models.TariffVersion(
        activity=activity,
        name=f"{activity.name} 2026-2027 (grille d’exemple)",
        deliberation="Grille d’exemple : ce ne sont pas les tarifs de Villars",
        is_example=True,
        first_day=FIRST_DAY,
        rows=list(_rows(bands, elsewhere)),
        situations=list(_meal_situations()) if is_meal else list(_care_situations(activity)),
        caps=[] if is_meal else [_together()],
    )


def _rows(bands: Iterable[tuple[str | None, str | None, int]], elsewhere: int) -> Iterable[models.TariffRow]:
    if bands is MEAL_BANDS:
        yield _row(1, "Repas apporté (PAI)", OWN_MEAL, formula=Formula.OWN_MEAL)
    yield _row(2, "Hors commune", elsewhere, resident=False)
    highest = 0
    for number, (low, high, cents) in enumerate(bands, start=1):
        band = {"qf_from": low and Decimal(low), "qf_to": high and Decimal(high)}
        yield _row(number + 2, f"Tranche {number}", cents, **band)
        highest = max(highest, cents)
    yield _row(20, "Sans quotient", highest, no_quotient=True)


def _row(position: int, label: str, cents: int, **conditions: object) -> models.TariffRow:
    return models.TariffRow(
        position=position, label=label, method=PriceMethod.FIXED, amount_cents=cents, **conditions
    )


def _meal_situations() -> Iterable[models.SituationRule]:
    yield models.SituationRule(situation=Situation.UNBOOKED, effect=SituationEffect.PLUS, amount_cents=200)
    yield models.SituationRule(situation=Situation.LATE, effect=SituationEffect.PLUS, amount_cents=100)


def _care_situations(activity: models.Activity) -> Iterable[models.SituationRule]:
    """Who fetches a child late in the evening pays once for the family, after ten minutes."""
    if activity.ends_at_minute is not None:
        yield models.SituationRule(
            situation=Situation.LATE_PICKUP,
            effect=SituationEffect.FIXED,
            amount_cents=LATE_PICKUP,
            once=PerWhom.FAMILY,
            tolerance_minutes=10,
        )


def _together() -> models.TariffCap:
    return models.TariffCap(
        label="Matin et soir", max_cents=CARE_OF_A_DAY, period=Per.DAY, whole_service=True
    )


# -- what happens in the year -----------------------------------------------------------------


def _closures() -> None:
    canteen, vallon, birds = by_name(models.Activity, "Cantine"), school(VALLON), school(HIRONDELLES)
    for name, day, where, what in (
        ("Grève : pas de cantine au Vallon", date(2026, 11, 12), vallon, canteen),
        ("Fête de fin d’année : repas partagé à l’école", date(2026, 12, 18), birds, canteen),
    ):
        db.session.add(
            models.Closure(
                name=name,
                first_day=day,
                last_day=day,
                effect=EventEffect.CLOSED,
                school=where,
                activity=what,
            )
        )


def by_name(table: type[Any], name: str) -> Any:
    return db.session.query(table).filter_by(name=name).one()


def school(name: str) -> models.School:
    return db.session.query(models.School).filter_by(name=name).one()
