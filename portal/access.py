"""What is mine: the only place of the parents' space that fetches by id.

What is not mine answers 404, exactly as what does not exist. A child is opened by a guardianship
in force today that sees and books; living in the same household opens nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask import abort, g
from flask_login import current_user
from sqlalchemy.orm import contains_eager, joinedload, selectinload

import models
from extensions import db
from operations import documents
from operations.actors import Actor, parent
from operations.agenda import activities_of, unpaid
from operations.bookings import Viewer, viewer_of
from operations.children import ChildFacts, facts_of
from operations.configuration import ActivityFacts, configuration
from operations.document_needs import Expected, expected_documents
from operations.invoices import Account, announced, with_lines
from operations.my_data_reading import Whose
from operations.news import Audience
from operations.swap_views import Seen, swaps_of
from rules.instants import paris
from rules.request_vocabulary import RequestKind, RequestState
from rules.requests import OPEN, key_of

MOST_CLAIMS = 100
MOST_INVOICES = 120  # ten years of months
HIGHEST_ID = 2**31 - 1  # what a key holds: beyond, nothing exists


@dataclass(frozen=True, slots=True)
class MyChild:
    """A child I may see and book for, with where it goes to school today."""

    child: models.Child
    guardianship: models.Guardianship
    schooling: models.Schooling | None
    school_class: models.SchoolClass | None
    school: models.School | None

    @property
    def id(self) -> int:
        return self.child.id

    @property
    def where(self) -> str:
        """`CE2 · École Jules Ferry`, or why there is no school to name."""
        if self.schooling is None or self.school is None:
            return "Pas d’école dans la commune"
        return f"{self.schooling.level.label} · {self.school.name}"


def today() -> date:
    return paris(g.now).date()


def me() -> models.Guardian:
    guardian: models.Guardian = g.get("acting") or current_user.guardian
    return guardian


def act_as(guardian: models.Guardian) -> None:
    """For this request I am the adult that a secret address belongs to; to read, never to change."""
    g.acting = guardian


def myself() -> Actor:
    """Me, as operations record who acted."""
    return parent(current_user._get_current_object())


# -- children -------------------------------------------------------------------------


def my_children() -> list[MyChild]:
    """The children I see and book for today, by first name; one query, kept for the request."""
    if "my_children" not in g:
        rows = (MyChild(*row) for row in db.session.execute(_my_children_query()))
        g.my_children = list({mine.id: mine for mine in rows}.values())
    found: list[MyChild] = g.my_children
    return found


def _my_children_query() -> sa.Select[tuple[models.Child, ...]]:
    schooling, day = models.Schooling, today()
    return (
        sa.select(models.Child, models.Guardianship, schooling, models.SchoolClass, models.School)
        .join(models.Guardianship, models.Guardianship.child_id == models.Child.id)
        .outerjoin(schooling, sa.and_(schooling.child_id == models.Child.id, _in_force(schooling, day)))
        .outerjoin(models.SchoolClass, models.SchoolClass.id == schooling.class_id)
        .outerjoin(models.School, models.School.id == models.SchoolClass.school_id)
        .where(
            models.Guardianship.guardian_id == me().id,
            models.Guardianship.can_book,
            _in_force(models.Guardianship, day),
        )
        .order_by(models.Child.birth_date, models.Child.first_name)
    )


def _in_force(table: type[models.Guardianship] | type[models.Schooling], day: date) -> sa.ColumnElement[bool]:
    return sa.and_(table.first_day <= day, sa.or_(table.last_day.is_(None), table.last_day >= day))


def my_child(child_id: int) -> MyChild:
    return next((mine for mine in my_children() if mine.id == child_id), None) or abort(404)


def my_facts() -> Mapping[int, ChildFacts]:
    """The dated facts of all my children, kept for the request."""
    if "my_facts" not in g:
        g.my_facts = facts_of([mine.id for mine in my_children()])
    found: Mapping[int, ChildFacts] = g.my_facts
    return found


def my_view(child_id: int) -> Viewer:
    """How I see this child of mine: shared with the other parent, or only my own days."""
    return viewer_of(my_facts()[child_id], me())


def my_views() -> dict[int, Viewer]:
    """The same for all my children."""
    return {mine.id: my_view(mine.id) for mine in my_children()}


def activity_called(slug: str) -> ActivityFacts:
    return configuration().activity(slug) or abort(404)


def my_audience() -> Audience:
    """The news that concern me: those of my children's schools, classes and activities."""
    mine, day = my_children(), today()
    return Audience(
        school_ids=[each.school.id for each in mine if each.school],
        class_ids=[each.school_class.id for each in mine if each.school_class],
        activity_ids={activity.id for facts in my_facts().values() for activity in activities_of(facts, day)},
    )


def my_swap(mine: MyChild, swap_id: int) -> Seen:
    """A swap of days of this child between my household and another."""
    if swap_id > HIGHEST_ID:
        abort(404)
    found = swaps_of(mine.id, me().family_id, today(), swap_id)
    return found[0] if found else abort(404)


def my_swaps() -> sa.Select[tuple[models.CustodySwap]]:
    """The swaps of days of my children that concern my household."""
    row, mine = models.CustodySwap, me().family_id
    ours = sa.or_(row.family_id == mine, row.from_family_id == mine)
    return sa.select(row).where(ours, row.child_id.in_([each.id for each in my_children()]))


# -- receipts -------------------------------------------------------------------------


def my_receipt(receipt_id: int) -> models.Receipt:
    if receipt_id > HIGHEST_ID:
        abort(404)
    receipt = db.session.scalars(my_receipts().where(models.Receipt.id == receipt_id)).one_or_none()
    return receipt or abort(404)


def my_receipts_of(receipt_ids: Collection[int]) -> list[models.Receipt]:
    """These receipts, in their order; 404 unless all are mine."""
    wanted = {receipt_id for receipt_id in receipt_ids if 0 < receipt_id <= HIGHEST_ID}
    query = my_receipts().where(models.Receipt.id.in_(wanted)).order_by(models.Receipt.id)
    found = list(db.session.scalars(query))
    return found if len(found) == len(set(receipt_ids)) else abort(404)


def my_receipts() -> sa.Select[tuple[models.Receipt]]:
    """Receipts about my children only; for the days when custody alternates, my family's only."""
    line, owner = models.ReceiptLine, models.Receipt.family_id.expression
    mine = [
        sa.and_(line.child_id == each.id, my_view(each.id).seen(owner, line.day.expression))
        for each in my_children()
    ]
    seen = sa.or_(sa.false(), *mine)
    of_receipt = line.receipt_id == models.Receipt.id
    return sa.select(models.Receipt).where(
        sa.exists().where(of_receipt), ~sa.exists().where(of_receipt, sa.not_(seen))
    )


# -- démarches ------------------------------------------------------------------------


def my_requests() -> sa.Select[tuple[models.Request]]:
    """Those I asked, or that staff recorded for me; never another adult's."""
    return sa.select(models.Request).where(models.Request.guardian_id == me().id)


def my_requests_to_complete() -> Sequence[models.Request]:
    """Those of which the town hall has asked me something more."""
    return db.session.scalars(my_requests().filter_by(state=RequestState.ASKED)).all()


def my_open_request(kind: RequestKind) -> models.Request | None:
    """The latest of that kind that nobody has decided yet."""
    row = models.Request
    query = my_requests().where(row.kind == kind, row.state.in_(OPEN))
    return db.session.scalars(query.order_by(row.id.desc())).first()


def my_request(number: str) -> models.Request:
    request_id = key_of(number)
    if request_id is None or request_id > HIGHEST_ID:
        abort(404)
    found = db.session.scalars(my_requests().where(models.Request.id == request_id)).one_or_none()
    return found if found is not None and found.number == number else abort(404)


def my_claims() -> sa.Select[tuple[models.AbsenceClaim]]:
    """The absences of my children: those declared by me, and those of my family."""
    claim, mine = models.AbsenceClaim, [each.id for each in my_children()]
    ours = sa.or_(claim.guardian_id == me().id, claim.family_id == me().family_id)
    return sa.select(claim).where(claim.child_id.in_(mine), ours)


def my_latest_claims() -> list[models.AbsenceClaim]:
    claim = models.AbsenceClaim
    shown = selectinload(claim.days), joinedload(claim.child), selectinload(claim.documents)
    query = my_claims().order_by(claim.id.desc()).limit(MOST_CLAIMS)
    return list(db.session.scalars(query.options(*shown)))


def my_claim(claim_id: int) -> models.AbsenceClaim:
    query = my_claims().where(models.AbsenceClaim.id == claim_id)
    return db.session.scalars(query).one_or_none() or abort(404)


# -- invoices -------------------------------------------------------------------------


def _my_invoices() -> sa.Select[tuple[models.Invoice]]:
    """Those I pay, and my family's when I may see the invoices of every child they name."""
    line, day = models.InvoiceLine, today()
    guardianship = models.Guardianship
    seen = sa.select(guardianship.child_id).where(
        guardianship.guardian_id == me().id, guardianship.sees_invoices, _in_force(guardianship, day)
    )
    named = sa.and_(line.invoice_id == models.Invoice.id, line.child_id.is_not(None))
    of_my_children = sa.and_(
        models.Invoice.family_id == me().family_id,
        sa.exists().where(named),
        ~sa.exists().where(named, line.child_id.not_in(seen)),
    )
    mine = sa.select(models.Invoice).where(sa.or_(models.Invoice.payer_id == me().id, of_my_children))
    return announced(mine, day)


def my_unpaid_invoices() -> list[Account]:
    return unpaid(_my_invoices(), today())


def my_latest_invoices() -> list[models.Invoice]:
    """My invoices, newest first."""
    newest = models.Invoice.exercice.desc(), models.Invoice.sequence.desc()
    return list(db.session.scalars(_my_invoices().order_by(*newest).limit(MOST_INVOICES)))


def my_invoice(number: str) -> models.Invoice:
    query = with_lines(_my_invoices().where(models.Invoice.number == number))
    return db.session.scalars(query).one_or_none() or abort(404)


def my_mandate(rum: str) -> models.Mandate:
    """The direct debit mandate that I gave, by its reference."""
    return db.session.scalars(my_mandates().where(models.Mandate.rum == rum)).one_or_none() or abort(404)


def my_mandates() -> sa.Select[tuple[models.Mandate]]:
    """The direct debit mandates that I gave."""
    return sa.select(models.Mandate).where(models.Mandate.guardian_id == me().id)


# -- documents ------------------------------------------------------------------------


def my_documents() -> list[models.Document]:
    """What my vault holds, newest first: mine, and what my household gave about my children."""
    query = _my_documents().where(models.Document.removed_at.is_(None))
    return list(db.session.scalars(query.order_by(models.Document.id.desc())))


def my_document(document_id: int) -> models.Document:
    """One of them; removed from the vault, it still opens from the démarche that used it."""
    if document_id > HIGHEST_ID:
        abort(404)
    kept = sa.or_(models.Document.removed_at.is_(None), documents.is_used())
    query = _my_documents().where(models.Document.id == document_id, kept)
    return db.session.scalars(query).one_or_none() or abort(404)


def my_expected_documents() -> list[Expected]:
    """What is asked of my household and of my children today, and where each stands; kept for the request."""
    if "my_expected_documents" not in g:
        g.my_expected_documents = expected_documents(my_facts(), me().family_id, today())
    found: list[Expected] = g.my_expected_documents
    return found


def my_own_document(document_id: int) -> models.Document:
    """One that I deposited and that is still in my vault: nobody else takes it out."""
    row = my_document(document_id)
    return row if row.guardian_id == me().id and row.removed_at is None else abort(404)


def _my_documents() -> sa.Select[tuple[models.Document]]:
    seen = documents.visible_to(me(), [mine.id for mine in my_children()])
    loaded = joinedload(models.Document.child), joinedload(models.Document.guardian)
    return sa.select(models.Document).where(seen).options(*loaded)


def whose_data() -> Whose:
    """All that is mine to read, for the file of my own data."""
    viewers = {mine.id: my_view(mine.id) for mine in my_children()}
    mine = _my_documents().where(models.Document.removed_at.is_(None))
    return Whose(me(), viewers, my_receipts(), _my_invoices(), my_claims(), mine)


# -- family ---------------------------------------------------------------------------


def adults_of_my_family() -> Collection[models.Guardian]:
    query = sa.select(models.Guardian).where(models.Guardian.family_id == me().family_id)
    return db.session.scalars(query.order_by(models.Guardian.id)).all()


def adult_of_my_family(guardian_id: int) -> models.Guardian:
    return next((adult for adult in adults_of_my_family() if adult.id == guardian_id), None) or abort(404)


def my_contacts() -> Sequence[models.Contact]:
    """The contacts that my household gives for my children, in the order in which to call; one query."""
    row = models.Contact
    mine = row.family_id == me().family_id, row.child_id.in_([each.id for each in my_children()])
    return db.session.scalars(sa.select(row).where(*mine).order_by(row.call_order, row.id)).all()


def my_contact(contact_id: int) -> models.Contact:
    """One of them, of a child for whom I hold parental authority: it alone says who may collect it."""
    mine = next((row for row in my_contacts() if row.id == contact_id), None) or abort(404)
    return mine if my_child(mine.child_id).guardianship.has_authority else abort(404)


def callers_of_my_household() -> Sequence[models.Guardianship]:
    """The responsibilities of my household's adults for my children, in the order in which to call."""
    row, adult = models.Guardianship, models.Guardian
    query = (
        sa.select(row)
        .join(adult, adult.id == row.guardian_id)
        .where(
            adult.family_id == me().family_id,
            row.child_id.in_([each.id for each in my_children()]),
            _in_force(row, today()),
        )
        .options(contains_eager(row.guardian), joinedload(row.child))
    )
    return db.session.scalars(query.order_by(row.call_order, row.id)).all()


def contacts_of(mine: MyChild) -> Collection[models.Contact]:
    """Whom my household says to call, and who may collect the child, in the order in which to call."""
    query = sa.select(models.Contact).filter_by(child_id=mine.id, family_id=me().family_id)
    return db.session.scalars(query.order_by(models.Contact.call_order, models.Contact.id)).all()
