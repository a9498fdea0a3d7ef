"""What the demo's parents did on their own pages: contacts, « je confirme », a move that waits, a new job."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

import models
from demo.dates import at
from demo.people import account_of, agent_called
from extensions import db
from operations import contacts, own_details, requests
from operations.actors import Actor, parent
from operations.contacts import Person
from rules.family_vocabulary import MaritalStatus, SituationChange
from rules.request_vocabulary import RequestKind

CLAIRE, PAUL = "claire.martin@villars.example", "paul.martin@villars.example"
SONIA, KARIM = "sonia.bernard@villars.example", "karim.haddad@villars.example"
SAID = at(date(2026, 9, 3), 20, 15)
CIRCLES = {
    CLAIRE: (("Monique", "Martin", "Grand-mère", "0639989900"), ("Julie", "Pradel", "Voisine", "0639989901")),
    SONIA: (("Hélène", "Bernard", "Grand-mère", "0639989902"),),
    KARIM: (("Samir", "Haddad", "Oncle", "0639989903"),),
}


def tell() -> None:
    """Their own words, after what the import gave."""
    for email, people in CIRCLES.items():
        _give(email, people)
    for email in (CLAIRE, SONIA):
        own_details.confirm(_adult(email), by=_by(email), now=SAID)
    _new_job()
    _move()


def _give(email: str, people: tuple[tuple[str, str, str, str], ...]) -> None:
    adult = _adult(email)
    children = [row.child for row in adult.guardianships]
    _forget(children)
    for rank, (first_name, last_name, relation, phone) in enumerate(people):
        person = Person(
            first_name=first_name, last_name=last_name, relation=relation, phone=phone, may_collect=rank == 0
        )
        contacts.set_person(person, children, of=adult.family, by=_by(email), now=SAID)


def _forget(children: list[models.Child]) -> None:
    """The drawn contacts of these children give way to those their parents name; those named stay."""
    named = [phone for people in CIRCLES.values() for *_, phone in people]
    gone = sa.delete(models.Contact).where(
        models.Contact.child_id.in_([child.id for child in children]), models.Contact.phone.not_in(named)
    )
    db.session.execute(gone)


def _new_job() -> None:
    claire = _adult(CLAIRE)
    claire.marital_status, claire.occupation, claire.employer = MaritalStatus.MARRIED, "Infirmière", "CHU"
    asked = {
        "about": SituationChange.WORK,
        "since": "2026-11-02",
        "marital_status": MaritalStatus.MARRIED,
        "last_name": claire.last_name,
        "occupation": "Cadre de santé",
        "employer": "CHU",
        "details": "",
    }
    request = _ask(RequestKind.SITUATION, CLAIRE, asked, at(date(2026, 11, 3), 19, 40))
    by = agent_called("education@villars.example")
    requests.accept(request, note="C’est noté, merci.", by=by, now=at(date(2026, 11, 5), 9, 30))


def _move() -> None:
    asked = {
        "street": "14 rue des Lilas",
        "street_extra": "",
        "postcode": "42390",
        "city": "Villars",
        "since": "2026-12-01",
    }
    _ask(RequestKind.ADDRESS, KARIM, asked, at(date(2026, 11, 20), 21, 5))


def _ask(kind: RequestKind, email: str, asked: dict[str, str], when: datetime) -> models.Request:
    return requests.submit(kind, _adult(email), asked, by=_by(email), now=when)


def _adult(email: str) -> models.Guardian:
    return db.session.scalars(sa.select(models.Guardian).filter_by(email=email)).one()


def _by(email: str) -> Actor:
    return parent(account_of(email))
