"""The forms of the two démarches about the family itself: its address, an adult's situation."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from fields import FrenchDateField, PiecesField
from rules.family_vocabulary import MaritalStatus, SituationChange
from rules.requests import LONGEST_MESSAGE


def _text(label: str, longest: int) -> StringField:
    return StringField(
        label, validators=[Length(max=longest, message=f"{longest} caractères au plus.")], default=""
    )


class AddressForm(FlaskForm):
    ALL, SOME = "foyer", "partie"
    who = RadioField(
        "Qui déménage ?",
        choices=[(ALL, "Tout le foyer"), (SOME, "Une partie du foyer seulement")],
        default=ALL,
    )
    street = _text("Numéro et rue", 120)
    street_extra = _text("Complément : bâtiment, étage, chez…", 120)
    postcode = _text("Code postal", 10)
    city = _text("Commune", 80)
    since = FrenchDateField("À partir du", validators=[InputRequired("Donnez la date du déménagement.")])
    pieces = PiecesField("Justificatif de domicile")


class SituationForm(FlaskForm):
    about = RadioField(
        "Qu’est-ce qui change ?",
        choices=[(each.value, each.label) for each in SituationChange],
        validators=[InputRequired("Dites ce qui change.")],
    )
    since = FrenchDateField("Depuis le", validators=[InputRequired("Donnez la date de ce changement.")])
    marital_status = SelectField(
        "Situation de famille",
        choices=[("", "Non renseignée"), *((each.value, each.label) for each in MaritalStatus)],
    )
    last_name = _text("Nom", 80)
    occupation = _text("Profession", 80)
    employer = _text("Employeur", 120)
    details = TextAreaField(
        "Précisions",
        validators=[Length(max=LONGEST_MESSAGE, message=f"{LONGEST_MESSAGE} caractères au plus.")],
    )
    pieces = PiecesField("Document")
