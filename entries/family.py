"""The forms of the family's own pages: telephones, e-mail, contacts."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, PasswordField, StringField, TelField
from wtforms.validators import InputRequired, Length

from fields import Checkboxes

NO_PASSWORD = "Indiquez votre mot de passe actuel."  # noqa: S105
NO_PHONE = "Indiquez le numéro où joindre cette personne."
LONG_PHONE = Length(max=30, message="Ce numéro est trop long.")


def _name(label: str) -> StringField:
    return StringField(
        label,
        validators=[
            InputRequired("Ce champ est obligatoire."),
            Length(max=80, message="80 caractères au plus."),
        ],
    )


class PhonesForm(FlaskForm):
    mobile_phone = TelField("Téléphone portable", validators=[LONG_PHONE])
    home_phone = TelField("Téléphone du domicile", validators=[LONG_PHONE])
    work_phone = TelField("Téléphone au travail", validators=[LONG_PHONE])


class EmailForm(FlaskForm):
    email = EmailField(
        "Nouvelle adresse de courriel",
        validators=[
            InputRequired("Donnez votre nouvelle adresse de courriel."),
            Length(max=254, message="Cette adresse est trop longue."),
        ],
    )
    password = PasswordField("Mot de passe actuel", validators=[InputRequired(NO_PASSWORD), Length(max=200)])


class ContactForm(FlaskForm):
    first_name = _name("Prénom")
    last_name = _name("Nom")
    relation = StringField(
        "Lien avec l’enfant", validators=[Length(max=60, message="60 caractères au plus.")]
    )
    phone = TelField("Téléphone", validators=[InputRequired(NO_PHONE), LONG_PHONE])
    may_collect = BooleanField("Peut venir chercher l’enfant")
    children = Checkboxes("Pour quels enfants ?", coerce=int)


class ChildrenForm(FlaskForm):
    """Which children a contact is removed from."""

    children = Checkboxes("Pour quels enfants ?", coerce=int)
