"""« Démarches des familles »: the queue, oldest due date first, and each one's page, where it is decided."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, request
from flask_admin import expose
from flask_admin.helpers import get_redirect_target
from flask_login import current_user

import models
from admin import filters, request_entry, request_queues
from admin.base import OperationView, RowButton, actor
from admin.display import TONES, badge, lines, link
from admin.families import SECTION
from admin.request_queues import decided_kinds, decides
from admin.saving import committed
from admin.vault import file_link, kinds_of_mine, may_open
from extensions import db
from gateways.uploads import takes_files
from operations import requests
from operations.request_kind import Field, changed_since, filing_of, missing_documents
from operations.request_kinds import kind_of
from rules.documents import DocumentKind
from rules.instants import paris
from rules.money import NBSP
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind, RequestState
from rules.requests import OPEN, said_to_staff
from rules.vocabulary import Role

DECIDERS = frozenset({Role.EDUCATION, Role.FINANCE})
TYPED = "valeur-"  # the names of the fields that an agent corrects


class RequestView(OperationView):
    table, title, slug, section = models.Request, "Démarches des familles", "demandes", SECTION
    new_title = "Démarche au guichet"
    intro = "Ce que les familles demandent, à traiter dans l’ordre des dates de réponse."
    audience = editors = DECIDERS
    creates = True
    list_template = "staff/requests/list.html"
    search_in = (
        "guardian.search_text", "family.search_text", "child.search_text", lambda word: _numbered(word),
    )  # fmt: skip
    search_label = "Numéro, adulte, famille ou enfant"
    eager = ("guardian", "family", "child", "owner")
    column_list = ("number", "kind", "who", "submitted_at", "due_on", "owner", "state")
    column_details_list = column_list
    column_sortable_list = ("submitted_at", "due_on")
    column_default_sort = "due_on"
    column_labels = {
        "kind": "Démarche",
        "guardian": "Demandée par",
        "who": "Demandée par",
        "submitted_at": "Reçue le",
        "due_on": "Réponse avant le",
        "owner": "En charge",
    }
    filters = (
        filters.among("etat", "État", models.Request.state, RequestState),
        filters.among("nature", "Démarche", models.Request.kind, RequestKind),
        filters.Filter(
            "agent", "En charge", lambda value: _owned(value), clean=lambda value: _owner(value),
            choices=lambda: _owners(),
        ),
        filters.yes_no("retard", "En retard", request_queues.overdue()),
    )  # fmt: skip
    form_extra_fields = request_entry.FIELDS
    form_groups = request_entry.GROUPS
    shown_for = request_entry.SHOWN_FOR
    form_args: Any = request_entry.ARGS

    # -- the queue -------------------------------------------------------------------

    @property
    def computed(self) -> Mapping[str, Callable[[Any], Any]]:  # type: ignore[override]
        today = paris(self.now()).date()
        return {
            "who": lambda row: lines([link(row.guardian), *([f"pour {row.child}"] if row.child else [])]),
            "due_on": lambda row: request_queues.due_badge(row, today),
            "owner": lambda row: row.owner.display_name if row.owner else "",
        }

    def get_query(self) -> Any:
        return super().get_query().filter(models.Request.kind.in_(decided_kinds()))

    def get_count_query(self) -> Any:
        return super().get_count_query().filter(models.Request.kind.in_(decided_kinds()))

    def get_one(self, id: Any) -> Any:
        row = super().get_one(id)
        return row if row is not None and row.kind in decided_kinds() else None

    def default_filters(self) -> dict[str, str]:
        return {"etat": RequestState.WAITING.value}

    def queues(self) -> list[request_queues.Queue]:
        """What else waits for a decision, on its own screen: under the list as it opens."""
        return [] if request.args else request_queues.waiting()

    def row_buttons(self, row: models.Request) -> list[RowButton]:
        if row.state in OPEN and row.owner is None:
            return [RowButton("Je m’en charge", ".take")]
        return []

    def create(self, form: Any) -> models.Request:
        return request_entry.submit(form, self.now())

    def show(self, refusal: Refused, form: Any) -> None:
        super().show(request_entry.named(refusal, form), form)

    # -- one of them -------------------------------------------------------------------

    @expose("/detail/")
    def details_view(self) -> Any:
        return self._page(self.wanted())

    def _page(self, row: models.Request, refusal: Refused | None = None) -> Any:
        of = kind_of(row.kind)
        missing, fields = missing_documents(of, row), of.correctable(row.asked)
        return self.render(
            "staff/requests/detail.html",
            model=row,
            of=of,
            lines=of.lines_of(filing_of(row)),
            changed=changed_since(of, row) if row.state in OPEN else [],
            missing=missing,
            missing_said=_missing_said(missing),
            natures=[each for each in DocumentKind if each in kinds_of_mine()],
            documents=[_Piece(each) for each in row.documents],
            notices=of.notices(filing_of(row)) if row.state in OPEN else (),
            history=_history(row),
            others=_others(row),
            following=_following(row),
            is_open=row.state in OPEN,
            may_decide=self.may_change() and decides(of),
            is_mine=row.owner_id == current_user.id,
            due=request_queues.due_badge(row, paris(self.now()).date()),
            stands=badge(said_to_staff(row.state, answered=of.answered), TONES.get(row.state, "")),
            decided=[(f, self._typed(f, row)) for f in fields if f.to_decide],
            corrected=[(f, self._typed(f, row)) for f in fields if not f.to_decide],
            typed=request.form,
            refusal=refusal,
            prefix=TYPED,
            link=link,
        )

    @staticmethod
    def _typed(of: Field, row: models.Request) -> str:
        return request.form.get(f"{TYPED}{of.name}", of.written(row.asked.get(of.name)))

    @expose("/prendre/", methods=("POST",))
    def take(self) -> Any:
        account = current_user._get_current_object()
        return self._move(lambda row: requests.assign(row, account, by=actor(), now=self.now()), "")

    @expose("/rendre/", methods=("POST",))
    def give_back(self) -> Any:
        return self._move(lambda row: requests.assign(row, None, by=actor(), now=self.now()), "")

    @expose("/accepter/", methods=("POST",))
    def accept(self) -> Any:
        note = request.form.get("reponse", "")

        def work(row: models.Request) -> None:
            values = kind_of(row.kind).corrected(row.asked, _corrections())
            requests.accept(row, asked=values, note=note, by=actor(), now=self.now())

        answered = kind_of(self.wanted().kind).answered
        done = "a reçu sa réponse" if answered else "est acceptée"
        return self._move(work, f"{done}, la famille est prévenue")

    @expose("/refuser/", methods=("POST",))
    def refuse(self) -> Any:
        parts = (request.form.get("motif", ""), request.form.get("raison", ""))
        reason = "\n".join(part.strip() for part in parts if part.strip())
        return self._move(
            lambda row: requests.refuse(row, reason, by=actor(), now=self.now()),
            "est refusée, la famille est prévenue",
        )

    @expose("/completer/", methods=("POST",))
    def ask_more(self) -> Any:
        said = request.form.get("complement", "")
        return self._move(
            lambda row: requests.ask_more(row, said, by=actor(), now=self.now()),
            "attend la réponse de la famille",
        )

    @expose("/joindre/", methods=("POST",))
    @takes_files
    def join(self) -> Any:
        row, sent = self.wanted(), request.form.get("nature", "")
        if not decides(kind_of(row.kind)):
            return self.inaccessible_callback("")
        number = row.number
        try:
            kind = next((each for each in kinds_of_mine() if each == sent), DocumentKind.OTHER)
            request_entry.join_paper(row, request.files.get("piece"), kind, self.now())
        except Refused as refusal:
            return self._page(self.wanted(), refusal), 422
        flash(f"La démarche {number} a une pièce de plus.", "success")
        return redirect(self.get_url(".details_view", id=self.wanted().id), 303)

    @expose("/ecrire/", methods=("POST",))
    def write(self) -> Any:
        said = request.form.get("message", "")
        return self._move(
            lambda row: requests.say(row, said, by=actor(), now=self.now()), "a un message de plus"
        )

    def _move(self, work: Callable[[models.Request], None], done: str) -> Any:
        """Do it and come back; a refusal is shown on the page, with what was typed."""
        row = self.wanted()
        number = row.number
        if not decides(kind_of(row.kind)):
            return self.inaccessible_callback("")
        try:
            committed(lambda: work(row))
        except Refused as refusal:
            return self._page(self.wanted(), refusal), 422
        if done:
            flash(f"La démarche {number} {done}.", "success")
        return redirect(get_redirect_target() or self.get_url(".details_view", id=row.id), 303)


class _Piece:
    """A joined document: its link for who may open it, its picture beside when nothing in it is secret."""

    def __init__(self, document: models.Document) -> None:
        self.row, self.opens, self.link = document, may_open(document), file_link(document)
        is_picture = document.media_type.startswith("image/")
        self.is_shown = self.opens and is_picture and not document.kind.is_sensitive


def _corrections() -> dict[str, str]:
    return {name.removeprefix(TYPED): value for name, value in request.form.items() if name.startswith(TYPED)}


def _numbered(word: str) -> Any:
    """A number is searched in two words, its sign and its key: `d2026` and `000123`."""
    if re.fullmatch(r"d\d{4}", word):
        return sa.true()
    return models.Request.id == int(word) if re.fullmatch(r"\d{6,9}", word) else sa.false()


def _missing_said(missing: Sequence[DocumentKind]) -> str:
    """The complement most often asked for, ready to send."""
    if not missing:
        return ""
    listed = "\n".join(f"- {each.label}" for each in missing)
    return f"Pour traiter votre démarche, il manque{NBSP}:\n{listed}"


def _owner(value: str) -> str | int:
    if value in ("moi", "personne"):
        return value
    if not value.isdecimal() or len(value) > 9:
        raise ValueError(value)
    return int(value)


def _owned(value: str | int) -> Any:
    owner = models.Request.owner_id
    if value == "personne":
        return owner.is_(None)
    return owner == (current_user.id if value == "moi" else value)


def _owners() -> list[tuple[str, str]]:
    """Me, nobody, and the agents who have something in charge."""
    account = models.Account
    query = (
        sa.select(account.id, account.display_name)
        .where(account.id.in_(sa.select(models.Request.owner_id)))
        .order_by(account.display_name)
    )
    others = [(str(key), name) for key, name in db.session.execute(query) if key != current_user.id]
    return [("moi", "Moi"), ("personne", "Personne"), *others]


def _history(row: models.Request) -> list[models.History]:
    query = sa.select(models.History).filter_by(subject="request", subject_id=row.id)
    return list(db.session.scalars(query.order_by(models.History.id)))


def _others(row: models.Request) -> list[models.Request]:
    """What else this family has open, for an agent to decide together."""
    other = models.Request
    query = sa.select(other).where(
        other.family_id == row.family_id,
        other.id != row.id,
        other.state.in_(OPEN),
        other.kind.in_(decided_kinds()),
    )
    return list(db.session.scalars(query.order_by(other.due_on, other.id).limit(10)))


def _following(row: models.Request) -> models.Request | None:
    """The next one to decide: after this one in the queue, or else the first."""
    other = models.Request
    is_after = sa.tuple_(other.due_on, other.id) > sa.tuple_(sa.literal(row.due_on), sa.literal(row.id))
    query = sa.select(other).where(
        other.state == RequestState.WAITING, other.id != row.id, other.kind.in_(decided_kinds())
    )
    return db.session.scalars(query.order_by(sa.not_(is_after), other.due_on, other.id)).first()


VIEWS = (RequestView,)
