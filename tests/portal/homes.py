"""The families of these tests, and how a page is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import models
from extensions import db
from operations.prices import pricing_of
from rules.tariffs import Price
from rules.vocabulary import Civility, InvoiceKind, Relation, Situation
from tests import factories

PARIS = ZoneInfo("Europe/Paris")
MON, TUE, THU, FRI = (date(2026, 9, day) for day in (14, 15, 17, 18))  # the week open at START
WEDNESDAY = date(2026, 9, 16)
LAST_SECOND = datetime(2026, 9, 9, 23, 59, 59, tzinfo=PARIS)
FIRST_REFUSED = datetime(2026, 9, 10, 0, 0, tzinfo=PARIS)


@dataclass
class Household:
    family: models.Family
    claire: models.Guardian
    lea: models.Child


def martin(qf: str | None = "742") -> Household:
    """Claire, who pays, and Léa in CP."""
    family = factories.family("Martin", qf=qf)
    lea = factories.child(family, "Léa")
    claire = factories.parent(family, lea, email="claire@villars.example", payer=True)
    return Household(family, claire, lea)


def other_family() -> models.Guardian:
    family = factories.family("Bernard", qf="300")
    child = factories.child(family, "Tom")
    return factories.parent(family, child, first_name="Sonia", email="sonia@villars.example", payer=True)


def second_parent(home: Household, first_name: str = "Paul") -> models.Guardian:
    """The other parent of Léa, in the same family."""
    paul = factories.guardian(home.family, first_name, email="paul@villars.example", civility=Civility.M)
    factories.account(paul)
    factories.guardianship(paul, home.lea, relation=Relation.FATHER)
    return paul


def partner(home: Household) -> models.Guardian:
    """Claire's partner: of the household, without any guardianship."""
    marc = factories.guardian(home.family, "Marc", email="marc@villars.example", civility=Civility.M)
    factories.account(marc)
    return marc


def calendar_url(child: models.Child, query: str = "semaine=2026-W38", slug: str = "cantine") -> str:
    return f"/espace/enfants/{child.id}/reservations/{slug}?{query}"


def post(client: FlaskClient, url: str, **data: object) -> TestResponse:
    """Post as the page would, with its own token."""
    page = client.get("/espace/famille").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    sent = {name: _sent(value) for name, value in data.items()}
    return client.post(url, data={"csrf_token": token[1], **sent})


def _sent(value: object) -> object:
    if isinstance(value, (list, tuple, set)):
        return [day.isoformat() if isinstance(day, date) else day for day in value]
    return value


def boxes(page: str) -> dict[str, bool]:
    """The calendar's checkboxes: day → ticked."""
    found = re.findall(r'<input type="checkbox" name="jour" value="([\d-]+)"([^>]*)>', page)
    return {day: " checked" in rest for day, rest in found}


def seen(page: str) -> list[str]:
    return re.findall(r'name="vu" value="([\d-]+)"', page)


def invoice(
    home: models.Family,
    payer: models.Guardian,
    *children: models.Child,
    announced_on: date = date(2026, 9, 7),
    number: str = "F2026-000001",
) -> str:
    """An issued invoice with a line of two meals for each child; returns its number."""
    meal = factories.activity()
    price = pricing_of({home.id}).price(meal.id, home.id, MON, Situation.AS_BOOKED)
    assert price is not None
    row = models.Invoice(
        kind=InvoiceKind.INVOICE,
        number=number,
        exercice=2026,
        sequence=int(number[-6:]),
        month=date(2026, 8, 1),
        family=home,
        payer=payer,
        payer_name=payer.full_name,
        payer_address="3 rue des Acacias\n42390 Villars",
        total_cents=2 * price.amount_cents * len(children),
        issued_at=factories.CREATED,
        announced_on=announced_on,
        due_on=announced_on + timedelta(days=21),
        is_example=True,
        keep_until=date(2036, 12, 31),
    )
    row.lines = [_line(child, meal, position, price) for position, child in enumerate(children, start=1)]
    db.session.add(row)
    db.session.commit()
    return number


def _line(child: models.Child, meal: models.Activity, position: int, price: Price) -> models.InvoiceLine:
    return models.InvoiceLine(
        position=position,
        month=date(2026, 8, 1),
        child_id=child.id,
        activity_id=meal.id,
        child_name=child.full_name,
        label=meal.name,
        situation=Situation.AS_BOOKED,
        days=["2026-08-31", "2026-09-01"],
        quantity=2,
        unit_price_cents=price.amount_cents,
        amount_cents=2 * price.amount_cents,
        explanation=price.explanation.to_json(),
        keep_until=date(2036, 12, 31),
    )
