"""« Contester cette ligne »: what is wrong with a line of an invoice, asked to the service."""

from __future__ import annotations

from typing import Any

from flask import g, render_template

import models
from forms import ContestForm
from gateways import uploads
from operations.contests import contest, ensure_may_contest
from portal import access
from portal.documents import offer, taken
from portal.invoices import days_of, line_of
from portal.refused import beside
from portal.requests import sent
from portal.room import espace
from rules.contests import last_day_to_contest
from rules.documents import DocumentKind
from rules.refusals import Refused


@espace.route("/factures/<number>/lignes/<int:position>/contester", methods=("GET", "POST"))
@uploads.takes_files
def contest_line(number: str, position: int) -> Any:
    line = line_of(number, position)  # mine, or nothing is kept of what is sent
    form, answer = ContestForm(), None
    pieces = taken(form, DocumentKind.OTHER) if form.is_submitted() else []
    if not form.is_submitted():
        offer(form)
    elif form.validate():
        try:
            answer = sent(
                lambda: contest(
                    line,
                    access.me(),
                    reason=form.motif.data,
                    text=form.texte.data,
                    documents=pieces,
                    by=access.myself(),
                    now=g.now,
                )
            )
        except Refused as refusal:
            beside(form, refusal, {"reason": "motif", "text": "texte"})
    return answer or (_page(line, form), 422 if form.is_submitted() else 200)


def _page(line: models.InvoiceLine, form: ContestForm) -> str:
    try:
        left, refusal = ensure_may_contest(line, now=g.now), ""
    except Refused as refused:
        left, refusal = 0, refused.sentence
    return render_template(
        "portal/contest.html",
        line=line,
        invoice=line.invoice,
        form=form,
        left=left,
        refusal=refusal,
        days_of=days_of,
        until=last_day_to_contest(line.invoice.announced_on),
    )
