"""The two démarches about the family itself: a change of address, a change in one's own situation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, render_template, request
from flask_wtf import FlaskForm

from extensions import db
from forms import AddressForm, SituationForm
from gateways import uploads
from operations import requests
from portal import access
from portal.documents import offer, taken
from portal.refused import beside
from portal.requests import sent
from portal.room import espace
from rules.change_dates import check_since
from rules.documents import DocumentKind
from rules.family_vocabulary import SituationChange
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind

GET_POST = ["GET", "POST"]
ONLY_SOME = "Une partie du foyer seulement : déclarez plutôt un changement de situation familiale."
PROOFS = {
    SituationChange.SEPARATION: DocumentKind.JUDGMENT,
    SituationChange.UNION: DocumentKind.FAMILY_BOOK,
    SituationChange.NAME: DocumentKind.IDENTITY,
}


@espace.route("/coordonnees/adresse", methods=GET_POST)
@uploads.takes_files
def change_address() -> Any:
    form = AddressForm()
    page = {"form": form, "family": access.me().family, "adults": access.adults_of_my_family()}
    if request.method == "GET":
        offer(form)
        return render_template("portal/details/address.html", **page)
    documents = taken(form, DocumentKind.HOME_PROOF)
    asked = {name: form[name].data for name in ("street", "street_extra", "postcode", "city", "since")}
    if form.validate():
        try:
            if form.who.data == AddressForm.SOME:
                raise Refused(ONLY_SOME, "who")
            return _submitted(RequestKind.ADDRESS, asked, form, documents)
        except Refused as refusal:
            beside(form, refusal)
    db.session.rollback()
    return render_template("portal/details/address.html", **page), 422


@espace.route("/situation", methods=GET_POST)
@uploads.takes_files
def change_situation() -> Any:
    me = access.me()
    form = SituationForm(
        about=_named(request.args.get("objet")),
        marital_status=me.marital_status or "",
        last_name=me.last_name,
        occupation=me.occupation,
        employer=me.employer,
    )
    if request.method == "GET":
        offer(form)
        return render_template("portal/situation.html", form=form, me=me)
    documents = taken(form, PROOFS.get(_named(form.about.data), DocumentKind.OTHER))
    names = ("about", "since", "marital_status", "last_name", "occupation", "employer", "details")
    if form.validate():
        try:
            asked = {name: form[name].data for name in names}
            return _submitted(RequestKind.SITUATION, asked, form, documents)
        except Refused as refusal:
            beside(form, refusal)
    db.session.rollback()
    return render_template("portal/situation.html", form=form, me=access.me()), 422


def _named(value: str | None) -> SituationChange | None:
    return next((each for each in SituationChange if each == value), None)


def _submitted(kind: RequestKind, asked: Mapping[str, Any], form: FlaskForm, documents: Any) -> Any:
    """What was typed, trimmed, as the démarche; refused for a date out of reach."""
    check_since(form["since"].data, access.today(), "since")
    values = {name: value.strip() if isinstance(value, str) else value for name, value in asked.items()}
    return sent(
        lambda: requests.submit(kind, access.me(), values, documents=documents, by=access.myself(), now=g.now)
    )
