"""The parents' forms and their fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, Field, RadioField, SelectMultipleField, ValidationError
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

MOST_DAYS = 400  # a year of days, with room: a page that is sent back shows all that lies between
NOT_A_DATE = "Cette date n’existe pas. Exemple : 14/09/2026."


class DaysField(Field):
    """Days sent as repeated ISO dates, as the calendar's checkboxes and hidden inputs do."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = frozenset()
        try:
            days = frozenset(date.fromisoformat(value) for value in valuelist)
        except ValueError:
            raise ValidationError("Une date envoyée n’est pas lisible : rechargez la page.") from None
        if days and (max(days) - min(days)).days > MOST_DAYS:
            raise ValidationError("Trop de jours à la fois : rechargez la page.")
        self.data = days

    def _value(self) -> str:
        return ""


class CalendarForm(FlaskForm):
    """A calendar as ticked: `jour` each day ticked, `vu` each day shown as booked that could change."""

    jour = DaysField("Jours", default=frozenset)
    vu = DaysField("Jours réservés à l’affichage", default=frozenset)


class FrenchDateField(DateField):
    """A date typed in the browser's own field, or by hand as 14/09/2026."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, format=["%Y-%m-%d", "%d/%m/%Y"], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(NOT_A_DATE) from None


class Checkboxes(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


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
