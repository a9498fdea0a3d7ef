"""The forms of the démarches: a question, and what completes any of them."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from rules.requests import LONGEST_MESSAGE

TOO_LONG = f"{LONGEST_MESSAGE} caractères au plus."


class AnswerForm(FlaskForm):
    """What the family adds to a démarche."""

    message = TextAreaField("Votre message", validators=[Length(max=LONGEST_MESSAGE, message=TOO_LONG)])


class QuestionForm(FlaskForm):
    enfant = SelectField("Cela concerne", choices=[])
    objet = StringField(
        "Objet",
        validators=[
            InputRequired("Dites en quelques mots de quoi il s’agit."),
            Length(max=120, message="120 caractères suffisent : le détail va dans la question."),
        ],
    )
    question = TextAreaField(
        "Votre question",
        validators=[InputRequired("Écrivez votre question."), Length(max=LONGEST_MESSAGE, message=TOO_LONG)],
    )

    def offer(self, children: Sequence[tuple[int, str]]) -> None:
        """Say which children it may be about; none of them means the whole family."""
        self.enfant.choices = [("", "Toute la famille"), *((str(key), name) for key, name in children)]
