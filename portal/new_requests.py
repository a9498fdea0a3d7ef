"""« Nouvelle démarche »: the ones that have no page of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, render_template, request

import models
from forms import CompletedForm, NewAdultForm, NewChildForm, QuestionForm
from gateways.uploads import takes_files
from operations import requests
from operations.requests_member import ADULT, CHILD, schools
from portal import access
from portal.documents import offer, taken
from portal.refused import beside
from portal.requests import sent
from portal.room import espace
from rules.documents import DocumentKind
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind

URL = "/demarches/nouvelle"
BORN_LATER = "La date de naissance de l’enfant ne peut pas être à venir."
QUESTION_FIELDS = {"subject": "objet"}
FORM_FIELDS = {"title": "titre"}
MEMBER_FIELDS = {
    "last_name": "nom", "first_name": "prenom", "birth_date": "naissance", "relation": "lien",
    "other_id": "autre", "other_relation": "lien_autre", "civility": "civilite", "email": "courriel",
    "mobile_phone": "portable",
}  # fmt: skip


@espace.route(f"{URL}/question", methods=("GET", "POST"))
def ask_question() -> Any:
    form = QuestionForm()
    form.offer(_children())
    if form.is_submitted() and form.validate():
        asked = {"subject": form.objet.data, "question": form.question.data}
        answer = _submit(RequestKind.QUESTION, form, asked, QUESTION_FIELDS)
        if answer is not None:
            return answer
    return _page("portal/request_question.html", form)


@espace.route(f"{URL}/formulaire", methods=("GET", "POST"))
@takes_files
def send_form() -> Any:
    """A town hall's form, completed; the address may say which one: `?titre=…`."""
    form = CompletedForm(titre=request.args.get("titre", "")[:120])
    form.offer(_children())
    joined = _joined(form, DocumentKind.FORM)
    if form.is_submitted() and form.validate():
        answer = _submit(RequestKind.FORM, form, {"title": form.titre.data}, FORM_FIELDS, joined)
        if answer is not None:
            return answer
    return _page("portal/request_form.html", form)


@espace.route(f"{URL}/nouveau-membre", methods=("GET", "POST"))
@takes_files
def new_member() -> Any:
    """A child or an adult of the household: first which of the two, then who."""
    who = request.args.get("qui")
    if who not in ("enfant", "adulte"):
        return render_template("portal/request_member_choice.html")
    form = _child_form() if who == "enfant" else _adult_form()
    joined = _joined(form, DocumentKind.FAMILY_BOOK)
    if form.is_submitted() and form.validate() and _is_born(form):
        asked = _asked_child(form) if who == "enfant" else _asked_adult(form)
        answer = _submit(RequestKind.NEW_MEMBER, form, asked, MEMBER_FIELDS, joined)
        if answer is not None:
            return answer
    return _page(f"portal/request_member_{who}.html", form)


def _child_form() -> NewChildForm:
    form = NewChildForm(nom=access.me().last_name)
    others = [each for each in access.adults_of_my_family() if each.id != access.me().id]
    form.offer(schools(), [(each.id, each.full_name) for each in others])
    return form


def _adult_form() -> NewAdultForm:
    form = NewAdultForm()
    form.offer(_children())
    return form


def _is_born(form: Any) -> bool:
    if "naissance" in form and form.naissance.data > access.today():
        form.naissance.errors = [BORN_LATER]
        return False
    return True


def _asked_child(form: NewChildForm) -> dict[str, Any]:
    return {
        "who": CHILD,
        "first_name": form.prenom.data,
        "last_name": form.nom.data,
        "birth_date": form.naissance.data,
        "relation": form.lien.data,
        "school_id": form.ecole.data,
        "level": form.niveau.data,
        "other_id": form.autre.data,
        "other_relation": form.lien_autre.data if form.autre.data else "",
    }


def _asked_adult(form: NewAdultForm) -> dict[str, Any]:
    return {
        "who": ADULT,
        "civility": form.civilite.data,
        "first_name": form.prenom.data,
        "last_name": form.nom.data,
        "email": form.courriel.data,
        "mobile_phone": form.portable.data,
        "child_ids": form.enfants.data,
        "relation": form.lien.data if form.enfants.data else "",
    }


# -- what they share ------------------------------------------------------------------


def _children() -> list[tuple[int, str]]:
    return [(mine.id, mine.child.first_name) for mine in access.my_children()]


def _joined(form: Any, kind: DocumentKind) -> Sequence[models.Document]:
    """The documents of the form, kept before anything else of it is judged."""
    if form.is_submitted():
        return taken(form, kind, _child_of(form))
    offer(form)
    return ()


def _child_of(form: Any) -> access.MyChild | None:
    chosen = form.enfant.data if "enfant" in form else ""
    mine = {str(each.id): each for each in access.my_children()}
    return mine.get(chosen or "")


def _submit(
    kind: RequestKind,
    form: Any,
    asked: Mapping[str, Any],
    names: Mapping[str, str],
    documents: Sequence[models.Document] = (),
) -> Any:
    """The answer once it is sent; None when it is refused, the sentence being on the form."""
    child = _child_of(form)
    try:
        return sent(
            lambda: requests.submit(
                kind,
                access.me(),
                asked,
                child=child.child if child else None,
                documents=documents,
                message=form.message.data or "" if "message" in form else "",
                by=access.myself(),
                now=g.now,
            )
        )
    except Refused as refusal:
        beside(form, refusal, names)
        return None


def _page(template: str, form: Any) -> Any:
    return render_template(template, form=form), 422 if form.is_submitted() else 200
