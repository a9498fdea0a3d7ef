"""« Justifier une absence »: the two steps, each claim and its proof; « Absent aujourd’hui »."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

import models
from extensions import db
from forms import ClaimForm, ProofForm
from gateways import uploads
from operations import absences, claim_proofs, told_absences
from operations.absences import ClaimFacts
from operations.configuration import configuration
from operations.justifiable_days import Justifiable, Justification, justifiable
from portal import access
from portal.documents import offer, taken
from portal.room import espace
from rules.absence_words import in_words
from rules.absences import AbsenceRuling
from rules.documents import DocumentKind
from rules.labelled import in_order
from rules.refusals import Refused
from rules.vocabulary import AbsenceReason, ProofKind

URL = "/absences/<int(max=2147483647):claim_id>"


# -- the list -------------------------------------------------------------------------


@espace.get("/absences", endpoint="absences")
def my_absences() -> str:
    found = _justifiable()
    return render_template(
        "portal/absences/list.html",
        claims=access.my_latest_claims(),
        children=[(mine, found[mine.id]) for mine in access.my_children()],
        policies=_policies(),
        today=_today_of(),
    )


def _justifiable() -> Mapping[int, Justification]:
    """What can be justified of each of my children, kept for the request."""
    if "justifiable" not in g:
        g.justifiable = justifiable(access.my_facts(), access.my_views(), now=g.now)
    found: Mapping[int, Justification] = g.justifiable
    return found


def _policies() -> list[tuple[str, list[str]]]:
    """What the règlement takes off today, activity by activity, in words."""
    rules, day = configuration(), access.today()
    said = [
        (activity.name, [in_words(each) for each in rules.absences.get(activity.id, ()) if each.covers(day)])
        for activity in rules.activities.values()
    ]
    return [(name, words) for name, words in said if words]


# -- the two steps ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """The child that a claim is about, and the days that its form offers."""

    mine: access.MyChild
    days: Justification

    @property
    def by_key(self) -> dict[str, Justifiable]:
        return {each.key: each for each in self.days.still}

    def form(self) -> ClaimForm:
        form = ClaimForm()
        form.offer([(each.key, "") for each in self.days.still])
        return form

    def facts(self, form: ClaimForm, proof: ProofKind = ProofKind.NONE) -> ClaimFacts:
        days: dict[int, list[date]] = {}
        for key in form.jour.data or ():
            each = self.by_key[key]
            days.setdefault(each.activity.id, []).append(each.day)
        return ClaimFacts(
            reason=AbsenceReason(form.motif.data), days=days, proof=proof, details=form.precisions.data or ""
        )


@espace.get("/absences/justifier")
def justify() -> Any:
    """Step 1. `enfant` and `jour` of the address choose the child and tick its days."""
    asked = _asked(request.args.get("enfant", type=int))
    if asked is None:
        return redirect(url_for("portal.absences"), 303)
    form = asked.form()
    form.jour.data = [key for key in request.args.getlist("jour") if key in asked.by_key]
    return _days_page(asked, form)


@espace.post("/absences/justifier")
@uploads.takes_files
def claim_absence() -> Any:
    """`etape`: « justificatif » asks for step 2, « jours » goes back with everything, « envoyer » sends.

    The files are kept first: a form that comes back for another reason has lost none of them.
    """
    asked = _asked(request.form.get("enfant", type=int))
    if asked is None:
        return redirect(url_for("portal.absences"), 303)
    form, step = asked.form(), request.form.get("etape")
    kept = taken(form, document_kind(form.proof), asked.mine)
    if step == "jours":
        return _days_page(asked, form)
    if not form.validate_on_submit():
        return _sent_already(asked) or (_again(asked, form), 422)
    try:
        ruled = absences.ensure_possible(asked.mine.child, asked.facts(form), now=g.now)
    except Refused as refusal:
        form.motif.errors = [*form.motif.errors, refusal.sentence]
        return _days_page(asked, form), 422
    return _proof_page(asked, form, ruled) if step != "envoyer" else _send(asked, form, kept)


def _send(asked: Asked, form: ClaimForm, kept: Sequence[models.Document]) -> Any:
    facts = asked.facts(form, form.proof if kept else ProofKind.NONE)
    try:
        claim = absences.record_claim(asked.mine.child, facts, documents=kept, by=access.myself(), now=g.now)
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        field = form.jour if refusal.field == "days" else form.nature
        field.errors = [*field.errors, refusal.sentence]
        return _again(asked, form), 422
    return redirect(url_for("portal.absence", claim_id=claim.id), 303)


def _again(asked: Asked, form: ClaimForm) -> str:
    """The step where something is to mend, the first of them first."""
    if form.jour.errors or form.motif.errors or form.precisions.errors:
        return _days_page(asked, form)
    ruled = absences.promised(asked.mine.child, asked.facts(form), now=g.now)
    return _proof_page(asked, form, ruled)


def _asked(child_id: int | None) -> Asked | None:
    """The child of the address; without one, the first that has something to justify."""
    found = _justifiable()
    if child_id is not None:
        return Asked(access.my_child(child_id), found[child_id])
    with_days = [mine for mine in access.my_children() if found[mine.id].still]
    chosen = next(iter([*with_days, *access.my_children()]), None)
    return Asked(chosen, found[chosen.id]) if chosen else None


def _days_page(asked: Asked, form: ClaimForm) -> str:
    return render_template(
        "portal/absences/days.html",
        asked=asked,
        form=form,
        children=access.my_children(),
        policies=_policies(),
    )


def _proof_page(asked: Asked, form: ClaimForm, ruled: Mapping[int, AbsenceRuling]) -> str:
    wanted = absences.wanted_proofs(asked.mine.child, asked.facts(form), now=g.now)
    if "nature" not in request.form and wanted:
        form.nature.data = min(wanted).value
    limits = sorted(limit for ruling in ruled.values() for limit in ruling.limits.values())
    return render_template(
        "portal/absences/proof.html",
        asked=asked,
        form=form,
        chosen=[asked.by_key[key] for key in form.jour.data],
        ruled=ruled,
        wanted=in_order(wanted),
        limit=limits[0] if limits else None,
    )


def document_kind(proof: ProofKind) -> DocumentKind:
    """Where a proof stands among my documents."""
    return DocumentKind.MEDICAL if proof is ProofKind.CERTIFICATE else DocumentKind.OTHER


def _sent_already(asked: Asked) -> Any:
    """The same sending twice (a double click, a reload): the claim that it made the first time."""
    days = {tuple(key.split("-", 1)) for key in request.form.getlist("jour")}
    for claim in access.my_latest_claims():
        known = {(str(row.activity_id), row.day.isoformat()) for row in claim.days}
        if claim.child_id == asked.mine.id and known == days and claim.is_standing:
            flash("Cette demande est déjà enregistrée.", "info")
            return redirect(url_for("portal.absence", claim_id=claim.id), 303)
    return None


# -- one claim ---------------------------------------------------------------------------


@espace.get(URL, endpoint="absence")
def my_absence(claim_id: int) -> str:
    claim, form = access.my_claim(claim_id), ProofForm()
    offer(form, access.my_child(claim.child_id))
    return _claim_page(claim, form)


@espace.post(f"{URL}/justificatif")
@uploads.takes_files
def join_proof(claim_id: int) -> Any:
    claim, form = access.my_claim(claim_id), ProofForm()
    kept = taken(form, document_kind(form.proof), access.my_child(claim.child_id))
    if not form.validate_on_submit():
        return _claim_page(claim, form), 422
    try:
        claim_proofs.add_proof(claim, kept, form.proof, by=access.myself(), now=g.now)
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        form.pieces.errors = [*form.pieces.errors, refusal.sentence]
        return _claim_page(access.my_claim(claim_id), form), 422
    flash("Le justificatif est joint à votre demande.", "success")
    return redirect(url_for("portal.absence", claim_id=claim_id), 303)


@espace.post(f"{URL}/retirer")
def withdraw_claim(claim_id: int) -> Any:
    claim = access.my_claim(claim_id)
    try:
        absences.withdraw(claim, by=access.myself(), now=g.now)
        db.session.commit()
        flash(f"La demande {claim.number} est retirée : ces jours restent dus.", "success")
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
    return redirect(url_for("portal.absence", claim_id=claim_id), 303)


def _claim_page(claim: models.AbsenceClaim, form: ProofForm) -> str:
    is_ours = claim.guardian is None or claim.guardian.family_id == access.me().family_id
    awaited = claim_proofs.awaited(claim)
    if awaited and not form.is_submitted():
        form.nature.data = awaited.proofs[0].value
    return render_template(
        "portal/absences/claim.html",
        claim=claim,
        form=form,
        awaited=awaited,
        is_ours=is_ours,
        sees_money=claim.family_id == access.me().family_id,
        is_open=awaited is not None and awaited.is_open(g.now),
        readable={each.id for each in claim.documents if _may_read(each)},
    )


def _may_read(piece: models.Document) -> bool:
    """A document about my child: mine, or my household's when its kind is not personal."""
    me = access.me()
    return piece.guardian_id == me.id or (piece.family_id == me.family_id and not piece.kind.is_personal)


# -- absent today --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Today:
    """A child of mine today: where it is expected, and since when it is told absent."""

    mine: access.MyChild
    expected: Sequence[Any]
    told: Sequence[models.ToldAbsence]
    meals: Sequence[Justifiable]


@espace.get("/absences/aujourdhui")
def absent_today() -> str:
    return render_template("portal/absences/today.html", children=_today_of(), policies=_policies())


@espace.post("/absences/aujourdhui")
def tell_absent() -> Any:
    """`enfant`: who; `etape` `annuler` takes it back. The day must be mine."""
    child_id = request.form.get("enfant", type=int)
    if child_id is None:
        return redirect(url_for("portal.absent_today"), 303)
    mine = access.my_child(child_id)
    try:
        if request.form.get("etape") == "annuler":
            told_absences.take_back(mine.child, _family_of_today(mine), by=access.myself(), now=g.now)
            said = f"Le signalement est annulé : {mine.child.first_name} est attendu comme d’habitude."
        else:
            facts = access.my_facts()[mine.id]
            told_absences.tell(mine.child, facts, _family_of_today(mine), by=access.myself(), now=g.now)
            said = f"La cantine et les agents savent que {mine.child.first_name} ne viendra pas aujourd’hui."
        db.session.commit()
        flash(said, "success")
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
    return redirect(url_for("portal.absent_today"), 303)


def _family_of_today(mine: access.MyChild) -> int:
    """The household whose day it is: what one parent tells, another who shares the calendar takes back."""
    day = access.today()
    family_id = access.my_facts()[mine.id].family_on(day)
    if not access.my_view(mine.id).sees(family_id, day):
        raise Refused(f"Aujourd’hui, {mine.child.first_name} est chez l’autre parent.")
    return access.me().family_id if family_id is None else family_id


def _today_of() -> list[Today]:
    """My children whose day it is, and what can be justified of it; the queries do not grow with them."""
    day, facts = access.today(), access.my_facts()
    mine = [
        each
        for each in access.my_children()
        if access.my_view(each.id).sees(facts[each.id].family_on(day), day)
    ]
    told = told_absences.told_of([each.id for each in mine], day)
    expected = told_absences.expected_on({each.id: facts[each.id] for each in mine}, day)
    days = _justifiable()
    return [
        Today(
            each,
            expected[each.id],
            [row for row in told if row.child_id == each.id],
            [meal for meal in days[each.id].still if meal.day == day],
        )
        for each in mine
    ]
