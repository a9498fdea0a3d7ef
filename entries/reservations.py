"""The forms of the reservations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Optional

from fields import Checkboxes, DaysField, FrenchDateField


class TicksForm(FlaskForm):
    """Calendars as ticked; `auteur` says by whose account the page was opened (portal/drafts.py)."""

    auteur = StringField("Ouvert par", default="")

    def ticked(self, suffix: str) -> frozenset[date]:
        found: frozenset[date] = self[f"jour{suffix}"].data
        return found

    def shown(self, suffix: str) -> frozenset[date]:
        found: frozenset[date] = self[f"vu{suffix}"].data
        return found


def ticks_form(suffixes: Iterable[str]) -> TicksForm:
    """A pair of fields per calendar: `jour` each day ticked, `vu` each day shown as booked that could change.

    The suffix is empty for the calendar of one child, `-12` for that of child 12 beside others.
    """
    fields = {}
    for suffix in suffixes:
        fields[f"jour{suffix}"] = DaysField("Jours", default=frozenset)
        fields[f"vu{suffix}"] = DaysField("Jours réservés à l’affichage", default=frozenset)
    form: TicksForm = type("PageTicksForm", (TicksForm,), fields)()
    return form


class PeriodForm(FlaskForm):
    """« Réserver les mêmes jours pour toute une période »: read by GET, it changes nothing by itself."""

    class Meta:
        csrf = False

    enfants = Checkboxes("Pour", coerce=int)
    jours = Checkboxes("Jours de la semaine", coerce=int)
    semaines = RadioField(
        "Rythme",
        coerce=int,
        choices=[(1, "Toutes les semaines"), (2, "Une semaine sur deux")],
        default=1,
    )
    du = FrenchDateField("À partir du", validators=[InputRequired("Donnez la date de début.")])
    jusquau = FrenchDateField("Jusqu’au", validators=[Optional()])

    def offer(self, weekdays: Sequence[tuple[int, str]], children: Sequence[tuple[int, str]]) -> None:
        """Say which weekdays may be chosen, and for which children when there are several."""
        self.jours.choices, self.enfants.choices = list(weekdays), list(children)
