"""« Prélèvement »: the guide's four steps, each with its address, to be left and taken up again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, flash, g, redirect, render_template, request, url_for

import models
from extensions import db
from forms import BankDetailsForm, ConfirmForm, SignedMandateForm
from gateways import uploads
from operations import mandates
from operations.configuration import commune_settings
from operations.invoices import issuer_of
from operations.mandate_papers import appointment
from operations.mandates import BankDetails, Mandates
from papers import mandate_response
from portal import access
from portal.documents import offer, taken
from portal.refused import beside
from portal.room import espace
from rules.addresses import PostalAddress
from rules.documents import DocumentKind
from rules.mandate_vocabulary import MandateState, SignedReturn
from rules.mandates import EXAMPLE_ICS
from rules.refusals import Refused

URL = "/prelevement"
STEPS = (
    ("portal.debit_account", "Coordonnées bancaires"),
    ("portal.debit_edition", "Édition du mandat"),
    ("portal.debit_return", "Mandat signé"),
    ("portal.debit_sending", "Transmission"),
)
_DONE = {MandateState.DRAFT: 1, MandateState.TO_SIGN: 2, MandateState.REFUSED: 2, MandateState.RECEIVED: 4}
_SIGNABLE = frozenset({MandateState.TO_SIGN, MandateState.REFUSED})


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the guide: where it is, whether it is done, whether it is the page shown."""

    url: str
    label: str
    is_done: bool
    is_current: bool


def _steps(mandate: models.Mandate | None, current: int = 0) -> list[Step]:
    done = 0 if mandate is None else _DONE[mandate.state]
    if mandate is not None and mandate.state is MandateState.TO_SIGN and mandate.papers:
        done = 3
    return [
        Step(url_for(endpoint), label, number <= done, number == current)
        for number, (endpoint, label) in enumerate(STEPS, start=1)
    ]


def _next_url(mandate: models.Mandate | None) -> str:
    """Where to take it up again."""
    steps = _steps(mandate)
    return next((step.url for step in steps if not step.is_done), steps[-1].url)


def _page(template: str, mine: Mandates, current: int, **values: Any) -> str:
    commune = commune_settings()
    return render_template(
        f"portal/debit/{template}.html",
        mine=mine,
        mandate=mine.under_way,
        steps=_steps(mine.under_way, current),
        appointment=appointment(commune),
        creditor=commune.creditor_name or issuer_of(commune).commune,
        is_example=commune.ics == EXAMPLE_ICS,
        **values,
    )


def _mine() -> Mandates:
    """My mandates, where I may adhere; elsewhere the subject's own page says why not."""
    if not (mandates.is_offered() and access.me().is_payer):
        abort(redirect(url_for("portal.direct_debit"), 303))
    return mandates.mandates_of(access.me())


# -- where it stands ----------------------------------------------------------------------------


@espace.get(URL)
def direct_debit() -> str:
    mine = mandates.mandates_of(access.me())
    return _page(
        "overview",
        mine,
        0,
        me=access.me(),
        is_offered=mandates.is_offered(),
        payer=next((adult for adult in access.adults_of_my_family() if adult.is_payer), None),
        resume_url=_next_url(mine.under_way),
    )


@espace.get(f"{URL}/<rum>.pdf")
def debit_paper(rum: str) -> Response:
    return mandate_response(access.my_mandate(rum))


# -- 1. the account --------------------------------------------------------------------------------


@espace.route(f"{URL}/coordonnees-bancaires", methods=("GET", "POST"))
def debit_account() -> Any:
    mine, form = _mine(), BankDetailsForm()
    form.ask_of(access.me().full_name)
    if request.method == "GET":
        _remember(form, mine.under_way)
    elif form.validate() and (details := _details(form)) is not None:
        done = _done(form, lambda: mandates.fill_in(access.me(), details, by=access.myself(), now=g.now))
        if done:
            return redirect(url_for("portal.debit_edition"), 303)
        mine = _mine()
    return _page("account", mine, 1, form=form, me=access.me()), _status(form)


def _details(form: BankDetailsForm) -> BankDetails | None:
    """What step 1 asks; None when the other holder is not told whole."""
    me = access.me()
    holder: tuple[str, PostalAddress] | None = (me.full_name, _address_of(me.family))
    if form.is_of_another:
        holder = form.other_holder()
    return None if holder is None else BankDetails(form.iban.data, *holder)


def _address_of(family: models.Family) -> PostalAddress:
    return PostalAddress(family.street, family.postcode, family.city, family.street_extra, family.country)


def _remember(form: BankDetailsForm, mandate: models.Mandate | None) -> None:
    """Whose account it is, as told before; never the account, which only the paper shows whole."""
    if mandate is None or not mandate.is_of_another_holder:
        return
    form.titulaire.data = "autre"
    form.nom.data, form.rue.data, form.complement.data = (
        mandate.holder_name, mandate.street, mandate.street_extra,
    )  # fmt: skip
    form.code_postal.data, form.commune.data = mandate.postcode, mandate.city


# -- 2. the paper ----------------------------------------------------------------------------------


@espace.route(f"{URL}/mandat", methods=("GET", "POST"))
def debit_edition() -> Any:
    mine, form = _mine(), ConfirmForm()
    mandate = mine.under_way
    if request.method == "POST" and mandate is not None and form.validate():
        if _done(form, lambda: mandates.edit(mandate, by=access.myself(), now=g.now)):
            return redirect(url_for("portal.debit_edition"), 303)
        mine = _mine()
    return _page("edition", mine, 2, form=form), _status(form)


# -- 3. the paper, signed --------------------------------------------------------------------------


@espace.route(f"{URL}/mandat-signe", methods=("GET", "POST"))
@uploads.takes_files
def debit_return() -> Any:
    mine, form = _mine(), SignedMandateForm()
    mandate = mine.under_way
    signable = mandate is not None and mandate.state in _SIGNABLE
    if mandate is None or not signable:
        return _page("return", mine, 3, form=form, signable=False)
    if request.method == "GET":
        form.retour.data = (mandate.returned_by or SignedReturn.PORTAL).value
        form.pieces.data = [paper.document_id for paper in mandate.papers]
    pieces = _pieces(form)
    if request.method == "POST" and form.validate() and _joined(form, pieces):
        if _done(form, lambda: _return(mine, SignedReturn(form.retour.data), pieces)):
            return redirect(url_for("portal.debit_sending"), 303)
        mine = _mine()
    return _page("return", mine, 3, form=form, signable=True), _status(form)


def _pieces(form: SignedMandateForm) -> list[models.Document]:
    """The scans sent or ticked; only those of signed mandates may be ticked."""
    kind = DocumentKind.SIGNED_MANDATE
    if request.method == "POST":
        taken(form, kind)
    else:
        offer(form)
    form.pieces.offer([piece for piece in form.pieces.offered.values() if piece.kind is kind])
    return list(form.pieces.chosen)


def _joined(form: SignedMandateForm, pieces: list[models.Document]) -> bool:
    if pieces or form.retour.data == SignedReturn.TOWN_HALL.value:
        return True
    form.pieces.errors = [*form.pieces.errors, "Joignez le mandat signé, scanné ou photographié."]
    return False


def _return(mine: Mandates, way: SignedReturn, pieces: list[models.Document]) -> None:
    assert mine.under_way is not None
    mandates.choose_return(mine.under_way, way, by=access.myself(), now=g.now)
    mandates.join(mine.under_way, pieces if way is SignedReturn.PORTAL else [])


# -- 4. to the service -----------------------------------------------------------------------------


@espace.route(f"{URL}/transmission", methods=("GET", "POST"))
def debit_sending() -> Any:
    mine, form = _mine(), ConfirmForm()
    mandate = mine.under_way
    if request.method == "POST" and mandate is not None and form.validate():
        if _done(form, lambda: mandates.send(mandate, by=access.myself(), now=g.now)):
            flash("Votre mandat signé est transmis au service.", "success")
            return redirect(url_for("portal.direct_debit"), 303)
        mine = _mine()
    return _page("sending", mine, 4, form=form), _status(form)


# -- the end ------------------------------------------------------------------------------------------


@espace.route(f"{URL}/<rum>/revoquer", methods=("GET", "POST"))
def debit_end(rum: str) -> Any:
    mandate, form = access.my_mandate(rum), ConfirmForm()
    if request.method == "POST" and form.validate():
        if _done(form, lambda: mandates.revoke(mandate, by=access.myself(), now=g.now)):
            flash(f"Le mandat {rum} est révoqué.", "success")
            return redirect(url_for("portal.direct_debit"), 303)
        mandate = access.my_mandate(rum)
    page = render_template("portal/debit/end.html", mandate=mandate, form=form, debited=_debited(mandate))
    return page, _status(form)


def _debited(mandate: models.Mandate) -> list[models.Invoice]:
    """The invoices that say they will be debited under this mandate, and are not paid."""
    mine = (account.invoice for account in access.my_unpaid_invoices())
    return [invoice for invoice in mine if invoice.debit_rum == mandate.rum]


def _done(form: Any, work: Callable[[], object]) -> bool:
    """Do the work and commit; what refuses it is said on the form."""
    try:
        work()
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        beside(form, refusal)
        return False
    return True


def _status(form: Any) -> int:
    return 422 if request.method == "POST" and form.errors else 200
