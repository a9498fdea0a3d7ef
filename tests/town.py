"""The base town of the tests: a commune like Villars on the real calendar of 2026-27, without families."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import models
from extensions import db
from operations.installation import install, seed_school_year
from rules.vocabulary import (
    DayUnit,
    DeadlineKind,
    PriceMethod,
    PriceUnit,
    SchoolKind,
    Situation,
    SituationEffect,
    WhenLate,
)

FIRST_DAY = date(2026, 9, 1)
# (from, to, cents): half-open bands, with the decimals that real quotients have.
BANDS = ((None, 400, 150), (400, 600, 250), (600, 900, 380), (900, 1200, 460), (1200, None, 540))
NO_QUOTIENT_CENTS = 540
NON_RESIDENT_CENTS = 700


def build(now: datetime) -> None:
    """Two schools, four classes, a canteen booked by the week, a club by days before, two garderies."""
    install(billed_from=FIRST_DAY)
    year = seed_school_year(2026, "A")
    _schools(year)
    _activities()
    db.session.add(models.WeekPattern(weekdays={1, 2, 4, 5}, first_day=FIRST_DAY))
    db.session.add(
        models.CguVersion(name="Version 1", body="Première règle.\n\nDernière règle.", published_at=now)
    )
    db.session.flush()


def _schools(year: models.SchoolYear) -> None:
    address = {"street": "1 rue de l’École", "postcode": "42390", "city": "Villars"}
    for name, kind, classes in (
        ("École Jules Ferry", SchoolKind.ELEMENTARY, ("CP", "CE2")),
        ("Maternelle des Lilas", SchoolKind.NURSERY, ("PS", "GS")),
    ):
        school = models.School(name=name, kind=kind, **address)
        school.classes = [models.SchoolClass(name=label, school_year=year) for label in classes]
        db.session.add(school)


def _activities() -> None:
    canteen = models.Service(name="Restauration scolaire")
    care = models.Service(name="Garderie municipale")
    club = models.Service(name="Accueil de loisirs")
    db.session.add_all([canteen, care, club])
    _activity(canteen, "Cantine", "cantine", "Les repas", PriceUnit.MEAL, 11 * 60 + 30, _weekly())
    _activity(
        care,
        "Garderie du matin",
        "garderie-du-matin",
        "Les garderies",
        PriceUnit.SESSION,
        7 * 60 + 30,
        _free(),
    )
    _activity(
        care,
        "Garderie du soir",
        "garderie-du-soir",
        "Les garderies",
        PriceUnit.SESSION,
        16 * 60 + 30,
        _free(),
    )
    _activity(club, "Étude", "etude", "Les études", PriceUnit.SESSION, 17 * 60, _two_working_days())


def _weekly() -> dict[str, object]:
    return {"kind": DeadlineKind.WEEKLY, "weekday": 3, "weeks": 1, "minute_of_day": 1439}


def _free() -> dict[str, object]:
    return {"kind": DeadlineKind.NONE}


def _two_working_days() -> dict[str, object]:
    return {"kind": DeadlineKind.DAYS_BEFORE, "amount": 2, "unit": DayUnit.WORKING, "minute_of_day": 600}


def _activity(
    service: models.Service,
    name: str,
    slug: str,
    noun: str,
    unit: PriceUnit,
    minute: int,
    rule: dict[str, object],
) -> None:
    activity = models.Activity(
        service=service,
        name=name,
        slug=slug,
        noun=noun,
        unit=unit,
        starts_at_minute=minute,
        position=minute,
        is_open=True,
    )
    db.session.add(activity)
    db.session.add(
        models.DeadlineRule(activity=activity, when_late=WhenLate.REFUSE, first_day=FIRST_DAY, **rule)
    )
    db.session.add(_meal_tariff(activity) if unit is PriceUnit.MEAL else _session_tariff(activity))


def _meal_tariff(activity: models.Activity) -> models.TariffVersion:
    rows = [
        models.TariffRow(
            position=1,
            label="Hors commune",
            resident=False,
            method=PriceMethod.FIXED,
            amount_cents=NON_RESIDENT_CENTS,
        )
    ]
    for position, (low, high, cents) in enumerate(BANDS, start=2):
        rows.append(
            models.TariffRow(
                position=position,
                label=f"Tranche {position - 1}",
                qf_from=None if low is None else Decimal(low),
                qf_to=None if high is None else Decimal(high),
                method=PriceMethod.FIXED,
                amount_cents=cents,
            )
        )
    rows.append(
        models.TariffRow(
            position=9,
            label="Sans quotient",
            no_quotient=True,
            method=PriceMethod.FIXED,
            amount_cents=NO_QUOTIENT_CENTS,
        )
    )
    return models.TariffVersion(
        activity=activity,
        name="Repas 2026-2027",
        is_example=True,
        first_day=FIRST_DAY,
        rows=rows,
        situations=[
            models.SituationRule(situation=Situation.UNBOOKED, effect=SituationEffect.PLUS, amount_cents=200),
            models.SituationRule(situation=Situation.LATE, effect=SituationEffect.PLUS, amount_cents=100),
        ],
    )


def _session_tariff(activity: models.Activity) -> models.TariffVersion:
    row = models.TariffRow(position=1, label="Pour tous", method=PriceMethod.FIXED, amount_cents=120)
    return models.TariffVersion(
        activity=activity, name=f"{activity.name} 2026-2027", is_example=True, first_day=FIRST_DAY, rows=[row]
    )
