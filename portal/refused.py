"""A refusal beside its field: what every form of the parents' space does with a `Refused`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask_wtf import FlaskForm

from rules.refusals import Refused

SAME_NAMES: Mapping[str, str] = MappingProxyType({})


def beside(form: FlaskForm, refusal: Refused, names: Mapping[str, str] = SAME_NAMES) -> None:
    """The sentence under the field it is about, or above the form when it is about none of its fields.

    `names`: the form's own name for what the operation refuses, where the two differ.
    """
    name = names.get(refusal.field or "", refusal.field or "")
    if name in form:
        field = form[name]
        field.errors = [*field.errors, refusal.sentence]
    else:
        form.form_errors = [*form.form_errors, refusal.sentence]
