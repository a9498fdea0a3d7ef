"""The demo: a fictional town like Villars, on 23 November 2026. Nobody in it exists.

Its families come through the same import as a real town's; its autumn is then told from a fixed
seed, so that it is always the same.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path
from random import Random

import sqlalchemy as sa

import models
from demo import care, custody, documents, family_pages, habits, money, people, publications, requests, town
from demo.dates import FIRST_DAY, IMPORTED, NOW, at
from extensions import db
from operations import configuration
from operations.actors import parent
from operations.bookings import viewer_of
from operations.changes import change_days
from operations.children import facts_of
from operations.import_files import read_table
from operations.imports import IMPORTER, import_families
from operations.installation import install
from rules.import_reports import Outcome
from rules.refusals import Refused
from rules.vocabulary import BookingState, MailState

SONIA = "sonia.bernard@villars.example"
FULL_DAY = date(2026, 12, 8)
FAMILIES = Path(__file__).parent / "familles.csv"


def load() -> str:
    """Fill an installed and empty portal; returns what to print. Refused when it has families already."""
    if db.session.scalar(sa.select(models.Family.id).limit(1)) is not None:
        raise Refused("La base a déjà des familles : la démonstration ne se charge que dans une base vide.")
    random = Random(20261123)  # noqa: S311 - fiction, not a secret
    _commune = _build_town()  # held, or the session would read it again at each step
    people.open_staff_accounts()
    _import()
    people.open_parent_accounts(random)
    people.add_contacts(random)
    people.add_quotient_history(random)
    pupils = habits.pupils(random)
    habits.book_the_year(pupils, random)
    habits.take_attendance(pupils, random)
    money.issue_and_collect(random)
    family_pages.tell()
    care.tell()
    _recent_changes()
    _full_day()
    documents.build()
    custody.propose_a_swap()
    requests.ask()
    _mails_are_gone()
    return _summary()


def _build_town() -> models.Commune:
    commune = install(billed_from=FIRST_DAY)
    commune.billed_from = FIRST_DAY
    commune.phone = "04 65 71 00 00"
    commune.opening_hours = "Du lundi au vendredi, de 8 h 30 à 12 h et de 13 h 30 à 17 h"
    town.build()
    publications.publish()
    return commune


def _import() -> None:
    report = import_families(read_table(FAMILIES.read_bytes()), by=IMPORTER, now=IMPORTED)
    wrong = [line.sentence for line in report.lines if line.outcome is Outcome.REFUSED]
    if wrong:
        raise Refused(f"Le fichier de la démonstration ne passe plus : {wrong[0]}")


def _recent_changes() -> None:
    """What the published accounts did last week, so that their boards are not empty."""
    for email, child, add, remove, when in (
        ("claire.martin@villars.example", "Léa", (), (date(2026, 12, 4),), at(date(2026, 11, 18), 20, 12)),
        ("paul.martin@villars.example", "Hugo", (), (date(2026, 12, 1),), at(date(2026, 11, 19), 7, 48)),
        (SONIA, "Inès", (), (FULL_DAY,), at(date(2026, 11, 21), 21, 5)),
    ):
        _change(email, child, add, remove, when)


def _full_day() -> None:
    """A day as full as it is booked: Sonia, who had given hers up, asks again and is first in line."""
    canteen = _canteen()
    taken = sa.select(sa.func.count()).where(
        models.Booking.activity_id == canteen.id,
        models.Booking.day == FULL_DAY,
        models.Booking.state == BookingState.BOOKED,
    )
    places = db.session.scalar(taken) or 0
    db.session.add(
        models.Capacity(activity_id=canteen.id, places=places, first_day=FULL_DAY, last_day=FULL_DAY)
    )
    db.session.flush()
    _change(SONIA, "Inès", (FULL_DAY,), (), at(date(2026, 11, 22), 9, 30))


def _change(email: str, child: str, add: Collection[date], remove: Collection[date], when: datetime) -> None:
    account = people.account_of(email)
    guardian = account.guardian
    row = next(g.child for g in guardian.guardianships if g.child.first_name == child)
    viewer = viewer_of(facts_of([row.id])[row.id], guardian)
    change_days(row, _canteen(), add, remove, by=parent(account), now=when, viewer=viewer)


def _canteen() -> configuration.ActivityFacts:
    found = configuration.configuration().activity("cantine")
    assert found is not None
    return found


def _mails_are_gone() -> None:
    """The mails of the autumn left in their time: nobody gets them when the demo starts."""
    row = models.Outbox
    gone = {"state": MailState.SENT, "sent_at": row.created_at, "attempts": 1, "secret": None}
    db.session.execute(sa.update(row).where(row.state == MailState.DUE).values(gone))


def _summary() -> str:
    counted = {
        "familles": models.Family,
        "enfants": models.Child,
        "réservations": models.Booking,
        "présences": models.Attendance,
        "factures": models.Invoice,
    }
    counts = [
        f"{db.session.scalar(sa.select(sa.func.count()).select_from(table))} {name}"
        for name, table in counted.items()
    ]
    return "\n".join([f"Démonstration au {NOW:%d/%m/%Y} : {', '.join(counts)}.", *_accounts()])


def _accounts() -> list[str]:
    lines = [
        f"  {email:34} {people.STAFF_PASSWORD:22} {role.label}" for email, (_, role) in people.STAFF.items()
    ]
    lines += [f"  {email:34} {people.PARENT_PASSWORD}" for email in people.PARENTS]
    return [*lines, f"  {people.NEWCOMER:34} {people.FIRST_PASSWORD:22} première connexion"]
