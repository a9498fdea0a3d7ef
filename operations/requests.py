"""Démarches: asked, completed, decided. One generic life; what a kind adds is in its own file.

Each move is made under the request's lock, writes the history and the mail to who asked, and neither
commits nor calls outside. What acceptance changes (the kind's `apply`) is in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

import models
from extensions import db
from operations import documents as vault
from operations import history, request_mails
from operations.actors import Actor
from operations.request_kind import Filing, Kind, filing_of, missing_documents
from operations.request_kinds import kind_of
from rules import requests
from rules.instants import paris
from rules.money import NBSP
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind, RequestState
from rules.requests import DAYS_TO_COMPLETE, DECIDED, OPEN, due_date, may_become
from rules.wording import moment


class AlreadyAsked(Refused):
    """The same is already asked and nobody has decided: `number` is that démarche.

    is_same: word for word, as when one page is sent twice.
    """

    def __init__(self, request: models.Request, *, is_same: bool) -> None:
        super().__init__(
            f"C’est déjà demandé{NBSP}: la démarche {request.number} est en cours de traitement."
        )
        self.number, self.is_same = request.number, is_same


# -- asking ---------------------------------------------------------------------------------


def submit(
    kind: RequestKind,
    guardian: models.Guardian,
    asked: Mapping[str, Any],
    *,
    child: models.Child | None = None,
    invoice_line: models.InvoiceLine | None = None,
    documents: Sequence[models.Document] = (),
    message: str = "",
    by: Actor,
    now: datetime,
) -> models.Request:
    """Record what an adult asks; it waits for the town hall, which acknowledges it by mail.

    `asked`: plain values (fit for JSON) by the names of the kind's fields. Refused by the kind's check,
    and (AlreadyAsked) while the same waits already.
    """
    if child is not None:
        _ensure_responsible(guardian, child, _day(now))
    of, values = kind_of(kind), _plain(asked)
    said = requests.message(message, "message")
    filing = Filing(guardian=guardian, child=child, invoice_line=invoice_line, asked=values, before={})
    filing = replace(filing, before=history.readable(of.current(filing)) or {})
    of.check(filing)
    _hold_guardian(guardian)
    _ensure_new(of, filing)
    row = models.Request(
        kind=kind,
        state=RequestState.WAITING,
        family_id=guardian.family_id,
        guardian=guardian,
        child=child,
        invoice_line=invoice_line,
        channel=by.channel,
        asked=values,
        before=filing.before,
        submitted_at=now,
        submitted_by_id=by.account_id,
        submitted_by_name=by.name,
        due_on=due_date(_day(now), of.days),
    )
    db.session.add(row)
    db.session.flush()
    join(row, documents)
    if said:
        _write(row, said, by, now)
    _record(row, "Démarche déposée", by, now)
    request_mails.acknowledge(row, of, now=now)
    return row


def _ensure_responsible(guardian: models.Guardian, child: models.Child, day: date) -> None:
    """Nobody asks for a child that is not theirs, not even through an agent."""
    row = models.Guardianship
    query = sa.select(row.id).where(
        row.guardian_id == guardian.id,
        row.child_id == child.id,
        row.first_day <= day,
        sa.or_(row.last_day.is_(None), row.last_day >= day),
    )
    if db.session.scalars(query).first() is None:
        raise Refused(f"{guardian.full_name} n’est pas responsable de {child.first_name}.", "child")


def _ensure_new(of: Kind, filing: Filing) -> None:
    row = models.Request
    query = sa.select(row).where(
        row.kind == of.kind,
        row.guardian_id == filing.guardian.id,
        row.state.in_(OPEN),
        row.child_id == (filing.child.id if filing.child else None),
        row.invoice_line_id == (filing.invoice_line.id if filing.invoice_line else None),
    )
    for waiting in db.session.scalars(query.order_by(row.id)):
        is_same = waiting.asked == filing.asked
        if is_same or not of.several:
            raise AlreadyAsked(waiting, is_same=is_same)


def _hold_guardian(guardian: models.Guardian) -> None:
    """The same page sent twice at once: the second waits, then finds the first."""
    row = models.Guardian.id
    db.session.execute(sa.select(row).where(row == guardian.id).with_for_update(key_share=True))


# -- between the family and the town hall -------------------------------------------------------


def ask_more(request: models.Request, text: str, *, by: Actor, now: datetime) -> None:
    """The town hall needs something more; the family has fifteen days (CRPA L114-5)."""
    said = requests.message(text, "text", missing="Dites à la famille ce qui manque.")
    _lock(request)
    _ensure_open(request)
    request.state, request.due_on = RequestState.ASKED, due_date(_day(now), DAYS_TO_COMPLETE)
    _write(request, said, by, now)
    _record(request, "Complément demandé", by, now)
    request_mails.ask_more(request, said, now=now)


def answer(
    request: models.Request, text: str, documents: Sequence[models.Document] = (), *, by: Actor, now: datetime
) -> None:
    """The family says or joins something more.

    When something was asked of it, or was missing, the time to decide runs again from today
    (CRPA L114-5).
    """
    missing = "" if documents else "Écrivez un message, ou joignez une pièce."
    said = requests.message(text, "text", missing=missing)
    _lock(request)
    _ensure_open(request)
    of = kind_of(request.kind)
    was_missing = missing_documents(of, request)
    join(request, documents)
    if said:
        _write(request, said, by, now)
    if request.state is RequestState.ASKED or missing_documents(of, request) != was_missing:
        request.state, request.due_on = RequestState.WAITING, due_date(_day(now), of.days)
    _record(request, "Démarche complétée", by, now)


def say(request: models.Request, text: str, *, by: Actor, now: datetime) -> None:
    """The town hall writes to the family; the request stays where it is, decided or not."""
    said = requests.message(text, "text", missing="Écrivez un message.")
    _lock(request)
    _write(request, said, by, now)
    _record(request, "Message à la famille", by, now)
    request_mails.say(request, request.messages[-1], now=now)


def assign(request: models.Request, owner: models.Account | None, *, by: Actor, now: datetime) -> None:
    """Say which agent deals with it; None: nobody in particular."""
    _lock(request)
    _ensure_open(request)
    before, request.owner = request.owner, owner
    if before is not owner:
        _record(
            request,
            "Démarche prise en charge" if owner else "Démarche rendue",
            by,
            now,
            before={"en charge": before.display_name if before else None},
            after={"en charge": owner.display_name if owner else None},
        )


# -- deciding ------------------------------------------------------------------------------------


def accept(
    request: models.Request,
    *,
    asked: Mapping[str, Any] | None = None,
    note: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """Accept, and change what the kind changes; a refusal of the change leaves everything as it was.

    `asked`: the values to apply instead of the family's, whole (Kind.corrected makes them). `note` is
    written to the family; it is the answer itself where the kind is a question.
    """
    of = kind_of(request.kind)
    missing = "Écrivez la réponse." if of.answered else ""
    said = requests.message(note, "note", missing=missing)
    _lock(request)
    _ensure_open(request)
    values = request.asked if asked is None else _plain(asked)
    of.check(replace(filing_of(request), asked=values))
    wanted = request.asked
    with db.session.begin_nested():
        request.asked = values
        _decide(request, RequestState.ACCEPTED, said, by, now)
        if of.apply is not None:
            of.apply(request, by=by, now=now)
        db.session.flush()
    for document in request.documents:
        vault.seen(document, by=by, now=now)
    before, after = _corrections(of, wanted, values)
    _record(request, "Démarche acceptée", by, now, before=before, after=after, reason=said)
    request_mails.decided(request, of, now=now)


def _corrections(
    of: Kind, asked: Mapping[str, Any], values: Mapping[str, Any]
) -> tuple[dict[str, str] | None, dict[str, str] | None]:
    """What an agent said otherwise, in words, and nothing else: other services read the history."""
    fields = [each for each in of.fields if asked.get(each.name) != values.get(each.name)]
    before = {each.label: each.show(asked.get(each.name)) for each in fields}
    return before or None, {each.label: each.show(values.get(each.name)) for each in fields} or None


def refuse(request: models.Request, reason: str, *, by: Actor, now: datetime) -> None:
    """Refuse; nothing changes, and the family reads why (CRPA L211-2)."""
    said = requests.message(
        reason, "reason", missing=f"Donnez la raison du refus{NBSP}: elle est écrite à la famille."
    )
    _lock(request)
    _ensure_open(request)
    _decide(request, RequestState.REFUSED, said, by, now)
    _record(request, "Démarche refusée", by, now, reason=said)
    request_mails.decided(request, kind_of(request.kind), now=now)


def withdraw(request: models.Request, *, by: Actor, now: datetime) -> None:
    """The family no longer asks; refused once somebody has decided."""
    _lock(request)
    _ensure_open(request)
    request.state = RequestState.WITHDRAWN
    _record(request, "Démarche retirée", by, now)


# -- the parts ------------------------------------------------------------------------------------


def _plain(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Values fit for JSON, their texts cleaned."""
    values = history.readable(asked) or {}
    return {k: requests.plain(v) if isinstance(v, str) else v for k, v in values.items()}


def _lock(request: models.Request) -> None:
    """Whoever acts on this request at the same time waits, then reads what was decided."""
    query = sa.select(models.Request).filter_by(id=request.id).with_for_update()
    db.session.scalars(query.execution_options(populate_existing=True)).one()


def _ensure_open(request: models.Request) -> None:
    """Refused, with who decided and when, once the request is closed."""
    if may_become(request.state, RequestState.WITHDRAWN):
        return
    told = f"Cette démarche est déjà {request.state.label.lower()}"
    if request.state in DECIDED and request.decided_at is not None:
        who = request.decided_by.display_name if request.decided_by else "le portail"
        raise Refused(f"{told} par {who}, {moment(request.decided_at)}.")
    raise Refused(f"{told}.")


def _decide(request: models.Request, state: RequestState, said: str, by: Actor, now: datetime) -> None:
    request.state, request.decision = state, said
    request.decided_at, request.decided_by_id = now, by.account_id
    db.session.flush()


def join(request: models.Request, documents: Sequence[models.Document]) -> None:
    """Join documents of the adult who asks, each once."""
    known = {each.document_id for each in request.joined}
    for document in documents:
        if document.id not in known:
            request.joined.append(models.RequestDocument(document=document))
            known.add(document.id)
    db.session.flush()


def _write(request: models.Request, said: str, by: Actor, now: datetime) -> None:
    request.messages.append(
        models.RequestMessage(at=now, by_id=by.account_id, by_name=by.name, from_staff=by.is_staff, body=said)
    )
    db.session.flush()


def _record(
    request: models.Request,
    verb: str,
    by: Actor,
    now: datetime,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    history.record(
        request,
        verb,
        by=by,
        now=now,
        before=before,
        after=after,
        family_id=request.family_id,
        reason=reason[:300],
    )


def _day(now: datetime) -> date:
    return paris(now).date()
