"""A démarche of mine: where it stands, what was asked and said, completing it, taking it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, g, redirect, render_template, url_for

import models
from extensions import db
from forms import AnswerForm
from gateways.uploads import takes_files
from operations import requests
from operations.request_kind import filing_of, missing_documents
from operations.request_kinds import kind_of
from operations.requests import AlreadyAsked
from portal import access
from portal.documents import offer, taken
from portal.room import espace
from rules.documents import DocumentKind
from rules.money import NBSP
from rules.refusals import Refused
from rules.requests import OPEN, said_to_family

URL = "/demarches/<request_number>"


def stands(row: models.Request) -> str:
    """Where a démarche stands, in the family's words."""
    return said_to_family(row.state, answered=kind_of(row.kind).answered)


def sent(work: Callable[[], models.Request]) -> Any:
    """Submit, commit, lead to the démarche's page; the same page sent twice leads to the first.

    What refuses it is raised, for the form to show.
    """
    try:
        number = work().number
        db.session.commit()
        flash(f"C’est envoyé{NBSP}: votre démarche porte le numéro {number}.", "success")
    except AlreadyAsked as already:
        db.session.rollback()
        if not already.is_same:
            raise
        number = already.number
        flash(already.sentence, "info")
    return redirect(url_for("portal.request_page", request_number=number), 303)


@espace.get(URL)
def request_page(request_number: str) -> Any:
    mine, form = access.my_request(request_number), AnswerForm()
    offer(form, _child_of(mine))
    return _page(mine, form)


@espace.post(f"{URL}/completer")
@takes_files
def complete_request(request_number: str) -> Any:
    mine, form = access.my_request(request_number), AnswerForm()
    joined = taken(form, _expected(mine), _child_of(mine))
    if not form.validate():
        return _page(mine, form), 422
    try:
        requests.answer(mine, form.message.data or "", joined, by=access.myself(), now=g.now)
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        form.message.errors = [refusal.sentence]
        offer(form, _child_of(access.my_request(request_number)))
        return _page(access.my_request(request_number), form), 422
    flash("Votre réponse est transmise au service.", "success")
    return _back(request_number)


@espace.post(f"{URL}/retirer")
def withdraw_request(request_number: str) -> Any:
    mine = access.my_request(request_number)
    try:
        requests.withdraw(mine, by=access.myself(), now=g.now)
        db.session.commit()
        flash("Votre démarche est retirée.", "success")
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
    return _back(request_number)


def _expected(mine: models.Request) -> DocumentKind:
    """What a document sent now is taken for: the first that is missing."""
    missing = missing_documents(kind_of(mine.kind), mine)
    return missing[0] if missing else DocumentKind.OTHER


def _child_of(mine: models.Request) -> access.MyChild | None:
    return next((each for each in access.my_children() if each.id == mine.child_id), None)


def _back(number: str) -> Any:
    return redirect(url_for("portal.request_page", request_number=number), 303)


def _page(mine: models.Request, form: AnswerForm) -> Response | str:
    of = kind_of(mine.kind)
    return render_template(
        "portal/request.html",
        mine=mine,
        of=of,
        lines=of.lines_of(filing_of(mine)),
        missing=missing_documents(of, mine) if mine.state in OPEN else [],
        is_open=mine.state in OPEN,
        child=_child_of(mine),
        form=form,
    )
