"""« Entourage »: whom to call first, who may collect each child, and the way to the changes of situation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_wtf import FlaskForm

import models
from extensions import db
from forms import ChildrenForm, ContactForm
from operations import contacts
from operations.contacts import Person
from portal import access
from portal.refused import beside
from portal.room import espace
from rules.phones import format_phone
from rules.refusals import Refused
from rules.wording import enumerate_words

GET_POST = ["GET", "POST"]
STEPS = {"monter": -1, "descendre": 1}


@dataclass(frozen=True, slots=True)
class Circle:
    """Those around one child, as my household says: its adults first, then the contacts."""

    mine: access.MyChild
    adults: Sequence[models.Guardianship]
    contacts: Sequence[models.Contact]


# -- reading --------------------------------------------------------------------------


@espace.get("/entourage")
def entourage() -> str:
    adults, known = access.callers_of_my_household(), access.my_contacts()
    circles = [
        Circle(
            mine,
            [row for row in adults if row.child_id == mine.id],
            [row for row in known if row.child_id == mine.id],
        )
        for mine in access.my_children()
    ]
    return render_template("portal/contacts/entourage.html", circles=circles, may_add=bool(_held()))


def _held() -> list[access.MyChild]:
    """My children for whom I hold parental authority."""
    return [mine for mine in access.my_children() if mine.guardianship.has_authority]


# -- adding, editing ------------------------------------------------------------------


@espace.route("/entourage/contacts/nouveau", methods=GET_POST)
def new_contact() -> Any:
    held = _held() or abort(404)
    asked = request.args.get("enfant", type=int)
    form = ContactForm(children=[asked] if asked else [mine.id for mine in held], may_collect=True)
    return _edited(form, held, ())


@espace.route("/entourage/contacts/<int:contact_id>", methods=GET_POST)
def edit_contact(contact_id: int) -> Any:
    """The person, for every child of mine it is given for."""
    row = access.my_contact(contact_id)
    known = _rows_of(row)
    form = ContactForm(
        first_name=row.first_name,
        last_name=row.last_name,
        relation=row.relation,
        phone=format_phone(row.phone),
        may_collect=row.may_collect,
        children=[each.child_id for each in known],
    )
    return _edited(form, _held(), known)


def _rows_of(row: models.Contact) -> list[models.Contact]:
    held = {mine.id for mine in _held()}
    return contacts.same_person(row, [each for each in access.my_contacts() if each.child_id in held])


def _edited(form: ContactForm, held: Sequence[access.MyChild], known: Sequence[models.Contact]) -> Any:
    """The form, or what it says once it is right."""
    form.children.choices = [(mine.id, mine.child.first_name) for mine in held]
    page = {"form": form, "known": known[0] if known else None}
    if request.method == "GET":
        return render_template("portal/contacts/edit.html", **page)
    if form.validate():
        names = ("first_name", "last_name", "relation", "phone", "may_collect")
        person = Person(**{name: form[name].data for name in names})
        children = _ticked(form, held)
        try:
            contacts.set_person(
                person, children, of=access.me().family, known=known, by=access.myself(), now=g.now
            )
            db.session.commit()
        except Refused as refusal:
            beside(form, refusal)
        else:
            flash(f"Enregistré : {_said(person, children)}.", "success")
            return redirect(url_for(".entourage"), 303)
    return render_template("portal/contacts/edit.html", **page), 422


def _ticked(form: FlaskForm, held: Sequence[access.MyChild]) -> list[models.Child]:
    return [mine.child for mine in held if mine.id in (form["children"].data or ())]


def _said(person: Person, children: Collection[models.Child]) -> str:
    what = "peut venir chercher" if person.may_collect else "est à appeler pour"
    names = enumerate_words([child.first_name for child in children])
    return f"{person.first_name.strip()} {person.last_name.strip()} {what} {names}"


# -- removing, ordering ---------------------------------------------------------------


@espace.route("/entourage/contacts/<int:contact_id>/retirer", methods=GET_POST)
def remove_contact(contact_id: int) -> Any:
    row = access.my_contact(contact_id)
    known = _rows_of(row)
    form = ChildrenForm(children=[each.child_id for each in known])
    form.children.choices = [(each.child_id, each.child.first_name) for each in known]
    if request.method == "GET":
        return render_template("portal/contacts/remove.html", form=form, row=row)
    form.validate()
    gone = [each for each in known if each.child_id in (form.children.data or ())]
    if not gone:
        form.children.errors = ["Cochez au moins un enfant, ou revenez à la liste."]
        return render_template("portal/contacts/remove.html", form=form, row=row), 422
    name, children = row.full_name, enumerate_words([each.child.first_name for each in gone])
    contacts.remove(gone, by=access.myself(), now=g.now)
    db.session.commit()
    flash(f"{name} n’est plus dans les contacts : {children}.", "success")
    return redirect(url_for(".entourage"), 303)


@espace.post("/entourage/contacts/<int:contact_id>/ordre")
def move_contact(contact_id: int) -> Any:
    row = access.my_contact(contact_id)
    return _moved([each for each in access.my_contacts() if each.child_id == row.child_id], row)


@espace.post("/entourage/responsables/<int:guardianship_id>/ordre")
def move_caller(guardianship_id: int) -> Any:
    """Which adult of my household is called first for a child."""
    callers = access.callers_of_my_household()
    row = next((each for each in callers if each.id == guardianship_id), None) or abort(404)
    if not access.my_child(row.child_id).guardianship.has_authority:
        abort(404)
    return _moved([each for each in callers if each.child_id == row.child_id], row)


def _moved(ordered: Sequence[Any], row: Any) -> Any:
    step = STEPS.get(request.form.get("sens", "")) or abort(400)
    child_id, family_id = row.child_id, access.me().family_id
    contacts.move(ordered, row, step, family_id=family_id, by=access.myself(), now=g.now)
    db.session.commit()
    return redirect(url_for(".entourage", _anchor=f"enfant-{child_id}"), 303)
