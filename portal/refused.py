"""A refusal beside its field: what every form of the parents' space does with a `Refused`."""

from __future__ import annotations

from flask_wtf import FlaskForm

from rules.refusals import Refused


def beside(form: FlaskForm, refusal: Refused) -> None:
    """The sentence under the field it is about, or above the form when it is about none of its fields."""
    if refusal.field in form:
        field = form[refusal.field]
        field.errors = [*field.errors, refusal.sentence]
    else:
        form.form_errors.append(refusal.sentence)
