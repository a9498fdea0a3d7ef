"""Léa and her two households: all that is the first one's alone, which the other must never meet.

The first household's rows are made in *every* table that names a family or an adult, with a mark in every
text: a table or a page added later is covered without a line here. `<contact_id>` names her row of that
table; the other variables of addresses are in `OF_HERS`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

import models
from extensions import db
from operations import actors
from operations.bookings import viewer_of
from operations.changes import change_days
from operations.children import facts_of
from operations.configuration import configuration
from operations.feeds import open_feed
from rules.folding import fold
from rules.vocabulary import InvoiceKind, Relation
from tests import factories
from tests.conftest import START
from tests.invariants.rows import insert
from tests.pdf import reading

MARK = "zqxmark"
STREET, PHONE, OTHER_PHONE = "77 impasse des Secrets", "+33611223344", "+33655667788"
HER_WEEK = (date(2026, 9, 15), date(2026, 9, 17))  # week 38, even: hers under alternation
LATER = (date(2026, 9, 14), date(2026, 9, 18))
BOTH = "both"  # what the two households share
HERS = "hers"  # what the other must be answered 404 for, as for what does not exist

# Rows that both households know of by design, or that are nobody's facts.
SHARED = frozenset({"custody", "custody_swap", "guardianship", "booking", "receipt", "history"})


@dataclass
class Scene:
    """Two households of one child, and who knocks: an adult of the other."""

    sonia: models.Guardian
    karim: models.Guardian
    lea: models.Child
    zephirine: models.Child
    receipt: models.Receipt
    rows: dict[str, dict[str, Any]]
    invoice: models.Invoice
    rum: str
    swap_id: int
    feed: str

    @property
    def marks(self) -> list[str]:
        names = ["Sonia", "Marquise", "Théodule", "Zéphirine", "Gertrude"]
        quotients = ["641,37", "641.37", "712,45", "712.45"]
        return [*names, *quotients, STREET, PHONE[3:], OTHER_PHONE[3:], "secret.example", "739,51", MARK]

    def values(self, name: str) -> list[tuple[object, str]]:
        """What the variable of an address may be, and whose it is."""
        if name in OF_HERS:
            return OF_HERS[name](self)
        table = name.removesuffix("_id")
        assert table in self.rows, (
            f"<{name}>: say in tests/invariants/two_households.py what of the first household it names, "
            "so that the other one's parent asks for it"
        )
        return [(self.rows[table]["id"], HERS)]


OF_HERS: dict[str, Callable[[Scene], list[tuple[object, str]]]] = {
    "guardian_id": lambda scene: [(scene.sonia.id, HERS)],
    "guardianship_id": lambda scene: [(scene.sonia.guardianships[0].id, HERS)],
    "claim_id": lambda scene: [(scene.rows["absence_claim"]["id"], HERS)],
    "child_id": lambda scene: [(scene.lea.id, BOTH), (scene.zephirine.id, HERS)],
    "activity_slug": lambda _scene: [("cantine", BOTH)],
    "swap_id": lambda scene: [(scene.swap_id, HERS)],
    "receipt_id": lambda scene: [(scene.receipt.id, HERS)],
    "number": lambda scene: [(scene.invoice.number, HERS)],
    "request_number": lambda scene: [(f"D2026-{scene.rows['request']['id']:06d}", HERS)],
    "rum": lambda scene: [(scene.rum, HERS)],
    "position": lambda _scene: [(1, BOTH)],
    "year": lambda _scene: [(2025, BOTH)],
    # of the open pages: nobody's
    "slug": lambda _scene: [("cantine", BOTH)],
    "document_slug": lambda _scene: [("faux", BOTH)],
    "version_number": lambda _scene: [(1, BOTH)],
    "image_name": lambda _scene: [("faux", BOTH)],
    "token": lambda scene: [("faux", BOTH), (scene.feed, BOTH)],  # his own calendar's
    "file_name": lambda _scene: [("faux", BOTH)],
}


def build(*, alternating: bool) -> Scene:
    hers = factories.family("Marquise", qf="641.37")
    his = factories.family("Haddad", qf="1500")
    hers.street = STREET
    lea = factories.child(hers, "Léa", last_name="Haddad")
    zephirine = factories.child(hers, "Zéphirine")
    sonia = factories.parent(
        hers, lea, zephirine, first_name="Sonia", email="sonia@secret.example", payer=True
    )
    sonia.mobile_phone = PHONE
    second = factories.guardian(hers, "Théodule", email="theodule@secret.example")
    factories.guardianship(second, lea, relation=Relation.STEP_PARENT)
    karim = factories.parent(his, first_name="Karim", email="karim@villars.example", payer=True)
    factories.guardianship(karim, lea, relation=Relation.FATHER)
    if alternating:
        factories.alternate(lea, hers, his)
    _contact(hers, lea, "Gertrude")
    health = {"child_id": lea.id, "confirmed_by_id": sonia.id}  # the child's, known to both: not by whom
    insert(db.session.connection(), db.metadata.tables["child_health"], **health)
    receipt = book(lea, sonia, HER_WEEK)
    invoice = _invoice(sonia, lea, zephirine)
    rum = str(factories.mandate(sonia).rum)
    rows = rows_of(hers, sonia, zephirine)
    swap_id = _swap(zephirine, hers)
    feed = str(open_feed(karim, by=actors.parent(karim.account), now=START).token)
    db.session.commit()
    return Scene(sonia, karim, lea, zephirine, receipt, rows, invoice, rum, swap_id, feed)


def _swap(child: models.Child, family: models.Family) -> int:
    """A swap of another child, with a third household."""
    both = {"child_id": child.id, "family_id": family.id, "from_family_id": factories.family("Roy").id}
    table = db.metadata.tables["custody_swap"]
    swap_id: int = insert(db.session.connection(), table, **both, reason=MARK)["id"]
    return swap_id


def _contact(family: models.Family, child: models.Child, name: str) -> None:
    db.session.add(
        models.Contact(
            child=child,
            family_id=family.id,
            last_name="Marquise",
            first_name=name,
            relation="Grand-mère",
            phone=OTHER_PHONE,
            may_collect=True,
        )
    )
    db.session.flush()


def book(child: models.Child, who: models.Guardian, days: tuple[date, ...]) -> models.Receipt:
    canteen = configuration().activity("cantine")
    assert canteen is not None and who.account is not None
    viewer = viewer_of(facts_of([child.id])[child.id], who)
    by = actors.parent(who.account)
    receipt = change_days(child, canteen, set(days), (), by=by, now=START, viewer=viewer)
    assert receipt is not None
    return receipt


def _invoice(payer: models.Guardian, *children: models.Child) -> models.Invoice:
    sequence = next(_count)
    row = models.Invoice(
        kind=InvoiceKind.INVOICE,
        number=f"F2026-{sequence:06d}",
        exercice=2026,
        sequence=sequence,
        month=date(2026, 8, 1),
        family=payer.family,
        payer=payer,
        payer_name=payer.full_name,
        payer_address=f"{STREET}\n42390 Villars",
        total_cents=73951,
        issued_at=factories.CREATED,
        announced_on=date(2026, 9, 1),
        due_on=date(2026, 9, 22),
        is_example=True,
        keep_until=date(2036, 12, 31),
    )
    row.lines = [
        models.InvoiceLine(
            position=position,
            month=date(2026, 8, 1),
            child_id=child.id,
            activity_id=factories.activity().id,
            child_name=child.full_name,
            label="Cantine",
            days=["2026-08-31"],
            quantity=1,
            unit_price_cents=73951,
            amount_cents=73951,
            keep_until=date(2036, 12, 31),
        )
        for position, child in enumerate(children, start=1)
    ]
    db.session.add(row)
    db.session.flush()
    return row


_count = itertools.count(700)


def rows_of(family: models.Family, adult: models.Guardian, child: models.Child) -> dict[str, dict[str, Any]]:
    """A row of hers in every table that names a family or an adult, a mark in each of its texts."""
    found = {}
    mine = {"family": family.id, "guardian": adult.id, "child": child.id}
    for table in db.metadata.sorted_tables:
        given = {
            column.name: mine[key.column.table.name]
            for column in table.columns
            for key in column.foreign_keys
            if key.column.table.name in mine
        }
        if table.name in SHARED or not given.keys() & {"family_id", "guardian_id"}:
            continue
        try:
            with db.session.begin_nested():
                found[table.name] = insert(db.session.connection(), table, **given, **_marked(table, True))
        except IntegrityError:  # texts that only go together with other columns
            found[table.name] = insert(db.session.connection(), table, **given, **_marked(table, False))
    return found


def _marked(table: sa.Table, optional: bool) -> dict[str, str]:
    return {
        column.name: f"{MARK}{next(_count)}"
        for column in table.columns
        if (optional or not column.nullable)
        and isinstance(column.type, (sa.String, sa.types.TypeDecorator))
        and column.type.python_type is str
        and not isinstance(column.type, sa.Enum)
        and not column.foreign_keys
        and (getattr(column.type, "length", None) or 99) >= 20
    }


def change_hers(scene: Scene, *, alternating: bool) -> None:
    """Everything that is hers alone becomes something else: what he is shown must not move."""
    family, sonia = scene.sonia.family, scene.sonia
    family.street, family.city, sonia.mobile_phone = "8 rue Cachée", "Lyon", OTHER_PHONE
    family.quotients.append(factories.quotient("712.45", since=date(2026, 9, 2)))
    family.residences[0].resident = False
    _contact(family, scene.lea, "Hortense")
    newcomer = factories.parent(family, scene.lea, first_name="Barnabé", email="barnabe@secret.example")
    if alternating:
        book(scene.lea, sonia, LATER)
        book(scene.lea, sonia, (date(2026, 9, 29),))
    book(scene.zephirine, sonia, LATER)
    _invoice(sonia, scene.lea)
    rows_of(family, newcomer, scene.lea)
    db.session.commit()


# -- reading an answer ----------------------------------------------------------------------

VARYING = re.compile(r'name="csrf_token" value="[^"]*"|"csrf_token": ?"[^"]*"')


def texts(response: TestResponse) -> Iterator[str]:
    """All that a person, or a program, reads in an answer: where it leads, its page, its pages, its files."""
    yield response.headers.get("Location", "")
    yield response.headers.get("Content-Disposition", "")
    yield from _texts(response.mimetype, response.data)


def _texts(kind: str, data: bytes) -> Iterator[str]:
    if kind == "application/pdf":
        yield reading.text(data)
    elif kind == "application/zip":
        with ZipFile(BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name
                yield from _texts(KINDS.get(name.rsplit(".", 1)[-1], "text/plain"), archive.read(name))
    elif kind.startswith("text/") or kind in {"application/json", "image/svg+xml"}:
        yield VARYING.sub("", data.decode())
    else:
        assert data == b"" or kind in OPAQUE, f"say how {kind} is read, in tests/invariants/two_households.py"


KINDS = {"pdf": "application/pdf", "json": "application/json", "csv": "text/csv", "jpg": "image/jpeg"}
OPAQUE = {"image/jpeg", "image/png", "image/x-icon"}


def flat(text: str) -> str:
    """Without case, accents nor spaces: a telephone or an amount is found however it is set."""
    return re.sub(r"[\s\u00a0\u202f]", "", fold(text))


def leaks(scene: Scene, response: TestResponse) -> list[str]:
    """What an answer tells of the first household."""
    read = flat(" ".join(texts(response)))
    return [mark for mark in scene.marks if flat(mark) in read]
