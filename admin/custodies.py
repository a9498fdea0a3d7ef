"""Whose day it is: custodies, whose effects are read before they are set, and swaps of both parents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, request, url_for
from flask_admin import expose
from markupsafe import Markup

import models
from admin import filters
from admin.base import OperationView, Related, actor
from admin.cancelled import tell
from admin.display import link, text
from admin.families import FAMILY_READERS, SECTION
from admin.request_queues import decides
from extensions import db
from operations import custodies, requests, swaps
from operations.custodies import CustodyFacts
from operations.requests_custody import KIND, facts_asked
from rules.custody import parity_warning
from rules.custody_vocabulary import CustodyWish, SwapState
from rules.instants import paris
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind
from rules.requests import OPEN
from rules.swaps import Days, Offer
from rules.vocabulary import CustodyKind, Role

OF_REQUEST = "demarche"  # the address's variable that names the démarche a custody comes from


class CustodyView(OperationView):
    table, title, slug, section = models.Custody, "Gardes", "gardes", SECTION
    new_title = "Nouvelle garde"
    intro = "À quelle famille appartiennent les jours d’un enfant : une seule, ou deux en alternance."
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = True
    search_in = ("child.search_text", "family.search_text", "other_family.search_text")
    search_label = "Enfant ou famille"
    eager = ("child", "family", "other_family")
    column_list = ("child", "kind", "family", "other_family", "first_day")
    column_sortable_list = (("child", "child.search_text"), "first_day")
    column_default_sort = "child.search_text"
    column_details_list = (
        "child", "first_day", "kind", "family", "other_family", "anchor_day", "changeover_weekday",
        "judgment", "request",
    )  # fmt: skip
    filters = (filters.among("garde", "Garde", models.Custody.kind, CustodyKind),)
    column_labels = {"kind": "Garde", "request": "Démarche"}
    _facts = ("kind", "family", "other_family", "anchor_day", "changeover_weekday", "judgment")
    form_groups = {"": ("child", "first_day", *_facts)}
    edit_groups = {"": _facts}
    form_args = {
        "kind": {"description": "Semaines paires : la famille ; semaines impaires : l’autre famille."},
        "anchor_day": {"description": "Un jour de la première semaine de la famille, pour « une sur deux »."},
        "changeover_weekday": {"default": 1},
    }
    refusal_fields = {"anchor_on": "anchor_day"}

    @expose("/nouveau/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """Read what it would do, then confirm."""
        form = self.create_form()
        if self._is_to_read(form):
            return self._preview(form, form.child.data, form.first_day.data)
        return super().create_view()

    @expose("/modifier/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        row = self.wanted()
        form = self.edit_form(row)
        if self._is_to_read(form):
            return self._preview(form, row.child, row.first_day, row)
        return super().edit_view()

    def create_form(self, obj: Any = None) -> Any:
        form = super().create_form(obj)
        asked = self._request()
        if asked is not None and request.method == "GET":
            _prefill(form, asked)
        return form

    def create(self, form: Any) -> models.Custody:
        asked = self._request()
        row = self._set(form.child.data, form, form.first_day.data)
        if asked is not None and asked.state in OPEN:
            row.request_id = asked.id
            db.session.flush()
            requests.accept(asked, by=actor(), now=self.now())
            flash(f"La démarche {asked.number} est acceptée : la famille en est avertie.", "success")
        return row

    def update(self, row: models.Custody, form: Any) -> models.Custody:
        return self._set(row.child, form, row.first_day)

    def _set(self, child: models.Child, form: Any, first_day: Any) -> models.Custody:
        tell(custodies.set_custody(child, _facts(form), first_day, by=actor(), now=self.now()))
        query = sa.select(models.Custody).filter_by(child_id=child.id, first_day=first_day)
        return db.session.scalars(query).one()

    def _is_to_read(self, form: Any) -> bool:
        is_new = request.method == "POST" and request.form.get("confirme") != "oui"
        return is_new and bool(self.validate_form(form))

    def _preview(self, form: Any, child: models.Child, first_day: date, row: Any = None) -> Any:
        """What the custody would cancel and keep, whose the coming weeks would be; nothing is written."""
        page = "admin/model/edit.html" if row is not None else "admin/model/create.html"
        if request.form.get("confirme") == "corriger":
            return self._form_page(page, form, row)
        facts = _facts(form)
        try:
            preview = custodies.preview_custody(child, facts, first_day, by=actor(), now=self.now())
        except Refused as refusal:
            db.session.rollback()
            self.show(refusal, form)
            return self._form_page(page, form, row)
        sent = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
        return self.render(
            "staff/custody/preview.html",
            preview=preview,
            child=child,
            first_day=first_day,
            sent=[(name, value) for name, value in sent if name != "confirme"],
            warning=self._warning(facts.kind, first_day),
        )

    def _request(self) -> models.Request | None:
        """The démarche that the address names, for who may read démarches of custody."""
        number = request.args.get(OF_REQUEST, "")
        if not number:
            return None
        if not number.isdecimal() or len(number) > 9:
            abort(404)
        found = db.session.get(models.Request, int(number))
        if found is None or found.kind is not RequestKind.CUSTODY:
            abort(404)
        return found

    def warnings(self, row: models.Custody) -> list[str]:
        said = self._warning(row.kind, row.first_day)
        return [said] if said else []

    def _warning(self, kind: CustodyKind, first_day: date) -> str | None:
        if kind is not CustodyKind.PARITY:
            return None
        today = paris(self.now()).date()
        return parity_warning(max(first_day, today), today.replace(year=today.year + 2, day=1))


def asked_by_parents(child: models.Child) -> list[Related]:
    """What the parents tell of a judgment and nobody has decided yet, each leading to the custody to set.

    For who decides it alone: others read the custody in force.
    """
    row = models.Request
    if not decides(KIND):
        return []
    query = sa.select(row).where(
        row.child_id == child.id, row.kind == RequestKind.CUSTODY, row.state.in_(OPEN)
    )
    told = Markup('<a href="{}">Lire, puis enregistrer la garde</a>')
    rows = [
        (
            each.number,
            link(each.guardian),
            CustodyWish(each.asked["wish"]).label,
            text(date.fromisoformat(each.asked["since"])),
            told.format(url_for("staff_gardes.create_view", **{OF_REQUEST: each.id})),
        )
        for each in db.session.scalars(query.order_by(row.id))
    ]
    headings = ("Démarche", "Parent", "Ce que dit le jugement", "À partir du", "Décider")
    return [Related("Garde demandée", headings, rows)] if rows else []


def _facts(form: Any) -> CustodyFacts:
    other = form.other_family.data
    return CustodyFacts(
        kind=form.kind.data,
        family_id=form.family.data.id,
        other_family_id=other.id if other else None,
        anchor_day=form.anchor_day.data,
        changeover_weekday=form.changeover_weekday.data,
        judgment=form.judgment.data,
    )


def _prefill(form: Any, asked: models.Request) -> None:
    """What the parent says of the judgment, to be read against it before it is saved."""
    found: Mapping[str, Any] = facts_asked(asked)
    form.child.data = asked.child
    for name, value in found.items():
        form[name].data = value


class SwapView(OperationView):
    table, title, slug, section = models.CustodySwap, "Échanges de jours", "echanges-de-jours", SECTION
    new_title = "Échange signé des deux parents"
    intro = (
        "Les parents échangent des jours depuis leur espace ; un échange signé sur papier s’enregistre ici, "
        "et compte aussitôt."
    )
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = True
    search_in = ("child.search_text", "family.search_text", "from_family.search_text")
    search_label = "Enfant ou famille"
    eager = ("child", "family", "from_family", "proposed_by")
    column_list = ("child", "from_family", "family", "first_day", "last_day", "state", "proposed_at")
    column_sortable_list = (("child", "child.search_text"), "first_day", "proposed_at")
    column_default_sort = ("proposed_at", True)
    column_details_list = (
        "child", "from_family", "family", "first_day", "last_day", "back_first_day", "back_last_day",
        "state", "proposed_by", "proposed_at", "closed_at", "channel", "reason", "void_from",
    )  # fmt: skip
    filters = (filters.among("etat", "État", models.CustodySwap.state, SwapState),)
    column_labels = {
        "family": "Foyer qui prend les jours",
        "from_family": "Foyer qui les laisse",
        "first_day": "Du",
        "last_day": "Au",
        "back_first_day": "Rendus en échange, du",
        "back_last_day": "Rendus en échange, au",
        "proposed_by": "Proposé par",
        "proposed_at": "Proposé le",
        "closed_at": "Répondu le",
        "void_from": "Interrompu à partir du",
    }
    form_groups = {
        "": ("child", "family", "first_day", "last_day"),
        "En échange": ("back_first_day", "back_last_day"),
        "Papier": ("reason",),
    }
    column_descriptions = {
        "family": "Le foyer chez qui l’enfant sera ces jours-là.",
        "reason": "Le papier signé des deux parents, et sa date.",
    }
    refusal_fields = {"demande": "first_day", "laisse": "back_first_day"}

    def create(self, form: Any) -> models.CustodySwap:
        """Both parents agreed on paper: recorded as accepted, with its receipts."""
        first, last = form.back_first_day.data, form.back_last_day.data
        if (first is None) is not (last is None):
            raise Refused("Donnez les premier et dernier jours rendus en échange.", "back_last_day")
        back = None if first is None or last is None else Days(first, last)
        offer = Offer(gives=back, takes=Days(form.first_day.data, form.last_day.data))
        row, done = swaps.record(
            form.child.data, form.family.data.id, offer, form.reason.data or "", by=actor(), now=self.now()
        )
        tell(done)
        return row


VIEWS = (CustodyView, SwapView)
