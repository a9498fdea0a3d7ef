"""« Quotient familial »: what prices my household's days, and a new attestation with its effect announced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, render_template, request

import models
from extensions import db
from forms import AttestationForm
from gateways import uploads
from operations import quotient_effects, requests
from operations.quotient_effects import Effect, effect_of
from operations.requests_quotient import month_of, new_fact
from portal import access
from portal.documents import offer, taken
from portal.refused import beside
from portal.requests import sent
from portal.room import espace
from rules.documents import DocumentKind
from rules.instants import ONE_DAY
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind
from rules.wording import month_name

MONTHS_BACK = 12


@espace.get("/quotient-familial")
def my_quotient() -> str:
    form = _form()
    offer(form)
    return _page(form)


@espace.post("/quotient-familial")
@uploads.takes_files
def send_attestation() -> Any:
    """`etape` « voir » announces the effect and sends nothing; the files are kept first in any case."""
    form = _form()
    documents = taken(form, DocumentKind.QUOTIENT)
    if form.validate():
        try:
            if form.value.data is None:
                raise Refused("Écrivez le quotient qui est sur l’attestation.", "value")
            asked = _asked(form)
            if request.form.get("etape") == "voir":
                return _page(form, _effect(asked))
            return _submitted(asked, documents)
        except Refused as refusal:
            beside(form, refusal)
    db.session.rollback()
    return _page(form), 422


def _submitted(asked: Mapping[str, Any], documents: Sequence[models.Document]) -> Any:
    return sent(
        lambda: requests.submit(
            RequestKind.QUOTIENT, access.me(), asked, documents=documents, by=access.myself(), now=g.now
        )
    )


def _effect(asked: Mapping[str, Any]) -> Effect:
    day = access.today()
    return effect_of(access.me().family_id, new_fact(asked, day), today=day)


def _asked(form: AttestationForm) -> dict[str, Any]:
    return {
        "value": str(form.value.data),
        "source": form.source.data,
        "period": form.period.data,
        "effective_on": month_of(form.period.data).isoformat(),
    }


def _form() -> AttestationForm:
    form = AttestationForm()
    months, month = [], access.today().replace(day=1)
    for _ in range(MONTHS_BACK):
        months.append((f"{month:%Y-%m}", month_name(month).capitalize()))
        month = (month - ONE_DAY).replace(day=1)
    form.offer_months(months)
    return form


def _page(form: AttestationForm, effect: Effect | None = None) -> str:
    family, day = access.me().family, access.today()
    mine = {child_id: facts for child_id, facts in access.my_facts().items() if family.id in facts.families}
    return render_template(
        "portal/quotient.html",
        form=form,
        effect=effect,
        standing=quotient_effects.standing_of(family.id, day),
        today=day,
        paid=quotient_effects.paid_now(family.id, mine, day),
        history=quotient_effects.recorded(family.id),
        waiting=access.my_open_request(RequestKind.QUOTIENT),
    )
