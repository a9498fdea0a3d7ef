"""The forms of the démarches: a question, a completed form, a new member, and what completes any of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from fields import Checkboxes, FrenchDateField, PiecesField
from rules.requests import LONGEST_MESSAGE
from rules.vocabulary import Civility, Level, Relation

LONGEST_NAME, LONGEST_TITLE = 80, 120
OF_MESSAGE = Length(max=LONGEST_MESSAGE, message=f"{LONGEST_MESSAGE} caractères au plus.")
OF_NAME = Length(max=LONGEST_NAME, message=f"{LONGEST_NAME} caractères au plus.")
OF_TITLE = Length(max=LONGEST_TITLE, message=f"{LONGEST_TITLE} caractères suffisent.")
LEVELS = [(each.value, each.label) for each in Level]
RELATIONS = [(each.value, each.label) for each in Relation]


class AnswerForm(FlaskForm):
    """What the family adds to a démarche."""

    message = TextAreaField("Votre message", validators=[OF_MESSAGE])
    pieces = PiecesField("Pièces à joindre")


class OfChildForm(FlaskForm):
    """A démarche about a child, or about the whole family."""

    enfant = SelectField("Cela concerne", choices=[])

    def offer(self, children: Iterable[tuple[int, str]]) -> None:
        self.enfant.choices = [("", "Toute la famille"), *((str(key), name) for key, name in children)]


class QuestionForm(OfChildForm):
    objet = StringField(
        "Objet", validators=[InputRequired("Dites en quelques mots de quoi il s’agit."), OF_TITLE]
    )
    question = TextAreaField(
        "Votre question", validators=[InputRequired("Écrivez votre question."), OF_MESSAGE]
    )


class CompletedForm(OfChildForm):
    """A form of the town hall, completed."""

    titre = StringField(
        "Formulaire", validators=[InputRequired("Dites de quel formulaire il s’agit."), OF_TITLE]
    )
    pieces = PiecesField("Le formulaire complété", needed="Joignez le formulaire complété.")
    message = TextAreaField("Un mot au service", validators=[OF_MESSAGE])


class MemberForm(FlaskForm):
    """What is asked of a new member of the household, child or adult."""

    prenom = StringField("Prénom", validators=[InputRequired("Indiquez le prénom."), OF_NAME])
    nom = StringField("Nom", validators=[InputRequired("Indiquez le nom."), OF_NAME])
    pieces = PiecesField("Livret de famille")
    message = TextAreaField("Un mot au service", validators=[OF_MESSAGE])


class NewChildForm(MemberForm):
    naissance = FrenchDateField(
        "Date de naissance", validators=[InputRequired("Donnez la date de naissance.")]
    )
    lien = SelectField("Vous êtes", choices=[("", "Choisir…"), *RELATIONS])
    ecole = SelectField("École souhaitée", choices=[])
    niveau = SelectField("Niveau", choices=[("", "Pas encore à l’école"), *LEVELS])
    autre = SelectField("L’autre responsable de l’enfant dans votre foyer", choices=[])
    lien_autre = SelectField("Son lien avec l’enfant", choices=[("", "Choisir…"), *RELATIONS])

    def offer(self, schools: Iterable[tuple[Any, str]], adults: Iterable[tuple[int, str]]) -> None:
        """Say which schools and which other adults of the household there are."""
        self.ecole.choices = [("", "Je ne sais pas encore"), *((str(key), name) for key, name in schools)]
        self.autre.choices = [("", "Personne d’autre"), *((str(key), name) for key, name in adults)]


class NewAdultForm(MemberForm):
    civilite = RadioField("Civilité", choices=[(each.value, each.label) for each in Civility])
    courriel = StringField("Courriel", validators=[Length(max=254, message="254 caractères au plus.")])
    portable = StringField(
        "Téléphone portable", validators=[Length(max=20, message="20 caractères au plus.")]
    )
    enfants = Checkboxes("Responsable légal de", coerce=int)
    lien = SelectField("Son lien avec eux", choices=[("", "Choisir…"), *RELATIONS], validators=[Optional()])

    def offer(self, children: Iterable[tuple[int, str]]) -> None:
        """Say of which of my children this adult may be responsible."""
        self.enfants.choices = list(children)
