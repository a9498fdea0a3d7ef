"""« Santé »: what care needs to know of each child, written by its parents and confirmed with its date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for

import models
from extensions import db
from forms import HealthForm
from gateways import uploads
from operations import health
from operations.health import HealthFacts, Insurance
from portal import access
from portal.documents import offer, taken
from portal.refused import beside
from portal.room import espace
from rules.documents import DocumentKind
from rules.health import is_out_of_date
from rules.refusals import Refused

URL = "/enfants/<int:child_id>/sante"
PAPERS: Mapping[str, DocumentKind] = {
    "pai_pieces": DocumentKind.PAI,
    "vaccins_pieces": DocumentKind.VACCINES,
    "assurance_pieces": DocumentKind.INSURANCE,
}
# Where a refusal of the operation is shown.
FIELDS = {
    "allergy_details": "precisions",
    "care": "conduite",
    "doctor_name": "medecin",
    "doctor_phone": "medecin_telephone",
    "has_pai": "pai",
    "vaccines_on": "vaccins_le",
    "insurer": "assureur",
    "policy_number": "contrat",
}


@espace.get("/sante")
def health_chooser() -> str:
    children = access.my_children()
    known = health.files_of([mine.id for mine in children])
    return render_template(
        "portal/health/chooser.html", children=[(mine, known.get(mine.id)) for mine in children]
    )


@espace.get(URL)
def child_health(child_id: int) -> str:
    mine = access.my_child(child_id)
    row = health.health_of(mine.id)
    form = HealthForm(data=_answers(row, health.insurance_of(mine.id, access.me().family_id)))
    for name in PAPERS:
        offer(form, mine, name=name)
    return _page(mine, row, form)


@espace.post(URL)
@uploads.takes_files
def save_health(child_id: int) -> Any:
    """Who holds parental authority writes it; the documents are kept first, whatever comes next."""
    mine, form = access.my_child(child_id), HealthForm()
    if not mine.guardianship.has_authority:
        abort(404)
    documents = [piece for name, kind in PAPERS.items() for piece in taken(form, kind, mine, name=name)]
    if not form.validate_on_submit():
        return _page(mine, health.health_of(mine.id), form), 422
    try:
        health.save(
            mine.child,
            HealthFacts(**form.said()),
            documents,
            insurance=Insurance(**form.insured()),
            guardian=access.me(),
            seen=form.seen,
            by=access.myself(),
            now=g.now,
        )
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        beside(form, refusal, FIELDS)
        return _page(mine, health.health_of(mine.id), form), 422
    flash(f"La fiche santé de {mine.child.first_name} est enregistrée et confirmée.", "success")
    return redirect(url_for("portal.child_health", child_id=mine.id), 303)


def _answers(row: models.ChildHealth | None, insurance: Insurance) -> dict[str, Any]:
    """What the form shows of the file in force."""
    facts = health.facts_of(row)
    return {
        "vu": row.confirmed_at.isoformat() if row else "",
        "allergies": list(facts.allergens),
        "precisions": facts.allergy_details,
        "regimes": list(facts.diets),
        "pai": "oui" if facts.has_pai else "non",
        "pai_fin": facts.pai_until,
        "conduite": facts.care,
        "medecin": facts.doctor_name,
        "medecin_telephone": facts.doctor_phone,
        "vaccins_le": facts.vaccines_on,
        "assureur": insurance.insurer,
        "contrat": insurance.policy_number,
        "assurance_fin": insurance.insured_until,
    }


def _page(mine: access.MyChild, row: models.ChildHealth | None, form: HealthForm) -> str:
    """Changed meanwhile by the other parent, both are shown: what is typed and what is in force."""
    may_write = mine.guardianship.has_authority
    insured = health.insurance_of(mine.id, access.me().family_id).insured_until
    is_stale = form.is_submitted() and form.seen != (row.confirmed_at if row else None)
    if is_stale and form.vu.errors:
        form.vu.data = row.confirmed_at.isoformat() if row else ""
    return render_template(
        "portal/health/file.html",
        mine=mine,
        row=row,
        form=form,
        in_force=health.facts_of(row) if is_stale or not may_write else None,
        may_write=may_write,
        kept={kind: _readable(row, kind) for kind in PAPERS.values()},
        pai_is_old=row is not None and row.has_pai and is_out_of_date(row.pai_until, access.today()),
        insured_until=insured if is_out_of_date(insured, access.today()) else None,
        is_ours=row is not None and _is_ours(row.confirmed_by),
    )


def _is_ours(guardian: models.Guardian | None) -> bool:
    return guardian is not None and guardian.family_id == access.me().family_id


def _readable(row: models.ChildHealth | None, kind: DocumentKind) -> Sequence[tuple[models.Document, bool]]:
    """The documents of that kind, and whether I may open them: those of my household only.

    That the other one has deposited a PAI or vaccines is known; its insurance is its own affair.
    """
    found = [] if row is None else [each for each in row.documents if each.kind is kind]
    said = [(each, each.family_id == access.me().family_id) for each in found]
    return [(each, mine) for each, mine in said if mine or kind is not DocumentKind.INSURANCE]
