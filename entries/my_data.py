"""The form that asks for erasure."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, TextAreaField
from wtforms.validators import InputRequired, Length

from rules.requests import LONGEST_MESSAGE


class ErasureForm(FlaskForm):
    demande = TextAreaField(
        "Ce que vous souhaitez ajouter",
        validators=[Length(max=LONGEST_MESSAGE, message=f"{LONGEST_MESSAGE} caractères au plus.")],
    )
    compris = BooleanField(
        "J’ai compris que mon accès sera fermé si ma demande est acceptée",
        validators=[InputRequired("Cochez cette case pour envoyer votre demande.")],
    )
