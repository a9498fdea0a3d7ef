"""The forms of custody: a swap of days between two households, what a judgment says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from fields import FrenchDateField, PiecesField
from rules.custody_vocabulary import CustodyWish
from rules.requests import LONGEST_MESSAGE
from rules.swaps import Days, Offer
from rules.wording import weekday_name

ONE_OR_THE_OTHER = "Choisissez une semaine, ou bien des jours : pas les deux."
BOTH_ENDS = "Donnez le premier et le dernier jour."


class SwapForm(FlaskForm):
    """Each way a week of the list, or days from one to another; at least one way."""

    laisse = SelectField("Une semaine entière", default="")
    laisse_du = FrenchDateField("Du", validators=[Optional()])
    laisse_au = FrenchDateField("Au (compris)", validators=[Optional()])
    demande = SelectField("Une semaine entière", default="")
    demande_du = FrenchDateField("Du", validators=[Optional()])
    demande_au = FrenchDateField("Au (compris)", validators=[Optional()])

    def offer(self, mine: Sequence[Days], theirs: Sequence[Days]) -> None:
        """Say which weeks may be chosen."""
        for field, nothing, weeks in (
            (self.laisse, "Aucune semaine", mine),
            (self.demande, "Aucune semaine", theirs),
        ):
            field.choices = [("", nothing), *((each.value, each.words.capitalize()) for each in weeks)]

    def validate_laisse(self, field: Any) -> None:
        _check(field, self.laisse_du.data, self.laisse_au.data)

    def validate_demande(self, field: Any) -> None:
        _check(field, self.demande_du.data, self.demande_au.data)

    @property
    def asked(self) -> Offer:
        return Offer(
            gives=_days(self.laisse.data, self.laisse_du.data, self.laisse_au.data),
            takes=_days(self.demande.data, self.demande_du.data, self.demande_au.data),
        )


def _check(field: Any, first: date | None, last: date | None) -> None:
    if field.data and (first or last):
        raise ValidationError(ONE_OR_THE_OTHER)
    if (first is None) is not (last is None):
        raise ValidationError(BOTH_ENDS)


def _days(week: str, first: date | None, last: date | None) -> Days | None:
    if week:
        return Days.read(week)
    return None if first is None or last is None else Days(first, last)


class CustodyForm(FlaskForm):
    """« La garde a changé »: how the days are shared, from when, and the document that says it."""

    wish = RadioField(
        "Ce que dit le jugement ou l’accord",
        choices=[(each.value, each.label) for each in CustodyWish],
        validators=[InputRequired("Dites comment les jours se partagent.")],
    )
    since = FrenchDateField(
        "À partir du", validators=[InputRequired("Donnez le jour à partir duquel ce partage s’applique.")]
    )
    changeover = SelectField(
        "Changement de semaine",
        choices=[(str(day), weekday_name(day).capitalize()) for day in range(1, 8)],
        default="1",
    )
    details = TextAreaField(
        "Ce que dit le document",
        validators=[Length(max=LONGEST_MESSAGE, message=f"{LONGEST_MESSAGE} caractères au plus.")],
    )
    pieces = PiecesField("Jugement ou accord signé")
