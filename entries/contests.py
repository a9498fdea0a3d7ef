"""The form by which a family contests a line of an invoice."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from fields import PiecesField
from rules.contests import ContestReason
from rules.requests import LONGEST_MESSAGE

_TOO_LONG = f"{LONGEST_MESSAGE} caractères au plus."


class ContestForm(FlaskForm):
    """What is wrong, in a word and in a few; what proves it."""

    motif = RadioField(
        "Qu’est-ce qui ne va pas\N{NO-BREAK SPACE}?",
        choices=[(reason.value, reason.label) for reason in ContestReason],
        validators=[InputRequired("Choisissez ce qui ne va pas.")],
    )
    texte = TextAreaField(
        "Expliquez",
        validators=[
            InputRequired("Expliquez en quelques mots ce qui ne va pas."),
            Length(max=LONGEST_MESSAGE, message=_TOO_LONG),
        ],
    )
    pieces = PiecesField("Pièces qui le montrent")
