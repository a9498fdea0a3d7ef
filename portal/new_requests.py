"""« Nouvelle démarche »: the ones that have no page of their own."""

from __future__ import annotations

from typing import Any

from flask import g, render_template

from forms import QuestionForm
from operations import requests
from portal import access
from portal.requests import sent
from portal.room import espace
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind


@espace.route("/demarches/nouvelle/question", methods=("GET", "POST"))
def ask_question() -> Any:
    form = QuestionForm()
    form.offer([(mine.id, mine.child.first_name) for mine in access.my_children()])
    if form.is_submitted() and form.validate():
        asked = {"subject": form.objet.data, "question": form.question.data}
        child = access.my_child(int(form.enfant.data)).child if form.enfant.data else None
        try:
            return sent(
                lambda: requests.submit(
                    RequestKind.QUESTION, access.me(), asked, child=child, by=access.myself(), now=g.now
                )
            )
        except Refused as refusal:
            show(form, refusal, {"subject": "objet"})
    page = render_template("portal/request_question.html", form=form)
    return page, 422 if form.is_submitted() else 200


def show(form: Any, refusal: Refused, names: dict[str, str]) -> None:
    """The sentence beside its field, or above the form."""
    name = names.get(refusal.field or "", refusal.field or "")
    if name in form:
        form[name].errors = [*form[name].errors, refusal.sentence]
    else:
        form.form_errors = [*form.form_errors, refusal.sentence]
