"""The forms of the reservations."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import InputRequired, Optional

from fields import Checkboxes, DaysField, FrenchDateField


class CalendarForm(FlaskForm):
    """A calendar as ticked: `jour` each day ticked, `vu` each day shown as booked that could change."""

    jour = DaysField("Jours", default=frozenset)
    vu = DaysField("Jours réservés à l’affichage", default=frozenset)


class PeriodForm(FlaskForm):
    """« Réserver les mêmes jours pour toute une période »: read by GET, it changes nothing by itself."""

    class Meta:
        csrf = False

    jours = Checkboxes("Jours de la semaine", coerce=int)
    semaines = RadioField(
        "Rythme",
        coerce=int,
        choices=[(1, "Toutes les semaines"), (2, "Une semaine sur deux")],
        default=1,
    )
    du = FrenchDateField("À partir du", validators=[InputRequired("Donnez la date de début.")])
    jusquau = FrenchDateField("Jusqu’au", validators=[Optional()])

    def offer(self, weekdays: Sequence[tuple[int, str]]) -> None:
        """Say which weekdays may be chosen."""
        self.jours.choices = list(weekdays)
