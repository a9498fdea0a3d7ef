"""« Mes pièces »: the vault of supporting documents, and what any other form does with files."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, current_app, flash, g, redirect, render_template, request, url_for

import models
from extensions import db
from forms import DepositForm
from gateways import uploads
from gateways.storage import Storage
from operations import documents
from papers import document_response
from portal import access
from portal.access import MyChild
from portal.room import espace
from rules.documents import MOST_BYTES, MOST_FILES, DocumentKind, Upload, has_expired
from rules.refusals import Refused

# -- files in any form ------------------------------------------------------------------


def offer(
    form: Any, child: MyChild | None = None, *, name: str = "pieces", kind: DocumentKind | None = None
) -> None:
    """Show in a form the documents of my vault that are still good: about that child, or about no child.

    `kind`: only these, where nothing else would answer.
    """
    day = access.today()
    about = {None} if child is None else {None, child.id}
    good = (each for each in access.my_documents() if not has_expired(each.expires_on, day))
    fit = (each for each in good if kind in (None, each.kind))
    form[name].offer(each for each in fit if child is None or each.child_id in about)


def taken(
    form: Any,
    kind: DocumentKind,
    child: MyChild | None = None,
    *,
    name: str = "pieces",
    only_kind: bool = False,
    expires_on: date | None = None,
) -> list[models.Document]:
    """The documents that a form joins: those just sent, deposited in my vault, and those ticked.

    Called first, before the form is validated and before anything else is changed: it commits, so that a
    form that comes back for another reason has lost no file (they come back ticked). Each file that is
    refused is said under the field, the others are kept.
    """
    field = form[name]
    for upload in _cleaned(field):
        row = _deposited(upload, kind, child, field, expires_on)
        if row is not None and row.id not in field.data:
            field.data.append(row.id)
    offer(form, child, name=name, kind=kind if only_kind else None)
    return list(field.chosen)


def _cleaned(field: Any) -> list[Upload]:
    """What was sent, judged and kept, while no transaction holds the database."""
    files, field.files = field.files, []
    if len(files) > MOST_FILES:
        field.process_errors.append(f"{len(files)} fichiers à la fois : {MOST_FILES} au plus.")
        return []
    db.session.commit()
    kept = []
    for file in files:
        try:
            clean = uploads.clean(file.filename, file.stream.read(MOST_BYTES + 1))
            kept.append(uploads.kept(clean, _storage()))
        except Refused as refusal:
            field.process_errors.append(refusal.sentence)
    return kept


def _deposited(
    upload: Upload,
    kind: DocumentKind,
    child: MyChild | None,
    field: Any,
    expires_on: date | None,
) -> models.Document | None:
    """One file in my vault, committed; when it was there already, the copy just stored is deleted."""
    row = None
    try:
        row = documents.deposit(
            upload,
            guardian=access.me(),
            child=None if child is None else child.child,
            kind=kind,
            expires_on=expires_on,
            by=access.myself(),
            now=g.now,
        )
        db.session.commit()
    except Refused as refusal:
        field.process_errors.append(refusal.sentence)
    if row is None or row.storage_key != upload.storage_key:
        _storage().delete(upload.storage_key)
    return row


def _storage() -> Storage:
    storage: Storage = current_app.extensions["storage"]
    return storage


# -- the vault -------------------------------------------------------------------------


@espace.get("/pieces")
def vault() -> str:
    return _vault(_deposit_form())


@espace.post("/pieces")
@uploads.takes_files
def deposit() -> Any:
    form = _deposit_form()
    child = access.my_child(form.enfant.data) if form.enfant.data else None
    kind = DocumentKind(form.nature.data) if form.nature.data in set(DocumentKind) else DocumentKind.OTHER
    rows = taken(form, kind, child)
    if form.validate() and _dated(rows, form):
        flash(_deposited_sentence(rows), "success")
        return redirect(url_for("portal.vault"), 303)
    db.session.rollback()
    return _vault(form), 422


def _deposit_form() -> DepositForm:
    form = DepositForm()
    names = {mine.id: mine.child.first_name for mine in access.my_children()}
    form.ask_about(names.items())
    if request.method == "GET":  # the link of a document that is asked for says which and for whom
        asked = request.args.get("nature", "")
        form.nature.data = asked if asked in set(DocumentKind) else form.nature.data
        form.enfant.data = next((each for each in names if str(each) == request.args.get("enfant")), 0)
    return form


def _dated(rows: list[models.Document], form: DepositForm) -> bool:
    """The date written on them, when one was typed; a date that has passed is said under its field."""
    try:
        for row in rows:
            if form.valable_jusquau.data is not None and row.guardian_id == access.me().id:
                documents.good_until(row, form.valable_jusquau.data, by=access.myself(), now=g.now)
    except Refused as refusal:
        form.valable_jusquau.errors = [refusal.sentence]
        return False
    db.session.commit()
    return True


def _deposited_sentence(rows: list[models.Document]) -> str:
    names = ", ".join(row.name for row in rows)
    return f"Pièce déposée : {names}." if len(rows) == 1 else f"{len(rows)} pièces déposées : {names}."


def _vault(form: DepositForm) -> str:
    mine = access.my_documents()
    form.pieces.offer(form.pieces.chosen)  # only what this very form has just sent
    return render_template(
        "portal/documents/vault.html",
        form=form,
        me=access.me(),
        names={each.id: each.child.first_name for each in access.my_children()},
        expected=access.my_expected_documents(),
        today=access.today(),
        groups=[(kind, found) for kind in DocumentKind if (found := [r for r in mine if r.kind is kind])],
    )


@espace.get("/pieces/<int:document_id>")
def document(document_id: int) -> Response:
    return document_response(access.my_document(document_id))


@espace.route("/pieces/<int:document_id>/retirer", methods=("GET", "POST"))
def removal(document_id: int) -> Any:
    piece, refused = access.my_own_document(document_id), ""
    try:
        if request.method == "POST":
            documents.remove(piece, by=access.myself(), now=g.now)
            db.session.commit()
            flash(f"Pièce retirée : {piece.name}.", "success")
            return redirect(url_for("portal.vault"), 303)
        documents.check_removable(piece)
    except Refused as refusal:
        refused = refusal.sentence
    page = render_template("portal/documents/removal.html", piece=piece, refused=refused)
    return page, 422 if refused and request.method == "POST" else 200
