"""The simulator's form: its questions depend on the activities and on the children."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask_wtf import FlaskForm
from wtforms import Field, RadioField, SelectField, ValidationError

from fields import Checkboxes, HourField, QuotientField
from rules.wording import weekday_name


class Asked(NamedTuple):
    """A question with a closed list of answers, value and label."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityQuestions:
    """What the simulator asks of a child for an activity; `ticked` and the hours are answers offered."""

    slug: str
    name: str
    weekdays: Sequence[int]
    timed: bool = False
    ticked: Sequence[int] = ()
    arrives: int | None = None
    leaves: int | None = None
    about: Sequence[Asked] = ()


@dataclass(frozen=True, slots=True)
class ChildQuestions:
    """What the simulator asks of one child; `key` is its number in the names of the fields."""

    key: str
    name: str
    activities: Sequence[ActivityQuestions]
    about: Sequence[Asked] = ()
    note: str = ""


class SimulationForm(FlaskForm):
    """Habits of a week, read by GET: it changes nothing, and its address can be kept."""

    class Meta:
        csrf = False

    children: Sequence[ChildQuestions] = ()
    mois = SelectField("Mois", validate_choice=False)
    quotient = QuotientField("Quotient familial")
    ressources = QuotientField("Ressources mensuelles du foyer, en euros")
    domicile = RadioField(
        "Votre domicile",
        choices=[("oui", "Dans la commune"), ("non", "Hors de la commune")],
        default="oui",
    )
    categories = Checkboxes("Votre situation", choices=[])

    def validate_mois(self, field: SelectField) -> None:
        if field.data not in dict(field.choices or ()):
            raise ValidationError("Choisissez un mois de la liste.")

    def of(self, what: str, child: ChildQuestions, activity: ActivityQuestions | None = None) -> Field:
        """The field that asks this of a child, or of a child and an activity."""
        return self[_name(what, child, activity)]

    def said_of(self, child: ChildQuestions, slug: str | None = None) -> dict[str, str]:
        """The answers chosen from lists about a child, or about one of its activities."""
        activity = next((each for each in child.activities if each.slug == slug), None)
        about = (activity or child).about
        return {each.name: self.of(each.name, child, activity).data for each in about}

    def asked(self) -> Iterator[tuple[ChildQuestions, ActivityQuestions]]:
        return ((child, activity) for child in self.children for activity in child.activities)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        days = [self.of("jours", *asked) for asked in self.asked()]
        if days and not any(field.data or field.errors for field in days):
            days[0].errors = ["Cochez au moins un jour de la semaine, pour une activité."]
            valid = False
        hours = [self._has_hours(*asked) for asked in self.asked()]  # every one says what it lacks
        return valid and all(hours)

    def validate_ressources(self, field: QuotientField) -> None:
        if field.data is not None and self.quotient.data is None and not self.quotient.errors:
            raise ValidationError("Donnez aussi votre quotient familial.")

    def _has_hours(self, child: ChildQuestions, activity: ActivityQuestions) -> bool:
        """Where hours make the price, days are nothing without them."""
        if not activity.timed or not self.of("jours", child, activity).data:
            return True
        arrives, leaves = (self.of(what, child, activity) for what in ("arrivee", "depart"))
        for field, missing in ((arrives, "Donnez l’heure d’arrivée."), (leaves, "Donnez l’heure de départ.")):
            if field.data is None and not field.errors:
                field.errors = [missing]
        if not arrives.errors and not leaves.errors and leaves.data <= arrives.data:
            leaves.errors = ["L’heure de départ doit venir après l’heure d’arrivée."]
        return not arrives.errors and not leaves.errors


def _name(what: str, child: ChildQuestions, activity: ActivityQuestions | None = None) -> str:
    return f"{what}-{child.key}" + (f"-{activity.slug}" if activity else "")


def simulation_form(children: Sequence[ChildQuestions]) -> type[SimulationForm]:
    """The form that asks these questions: its fields are named `jours-<enfant>-<activite>`."""
    fields: dict[str, Any] = {"children": tuple(children)}
    for child in children:
        fields |= {_name(each.name, child): _choice(each) for each in child.about}
        for activity in child.activities:
            fields[_name("jours", child, activity)] = Checkboxes(
                activity.name,
                coerce=int,
                choices=[(day, weekday_name(day).capitalize()) for day in activity.weekdays],
                default=list(activity.ticked),
            )
            if activity.timed:
                fields[_name("arrivee", child, activity)] = HourField("Arrivée", default=activity.arrives)
                fields[_name("depart", child, activity)] = HourField("Départ", default=activity.leaves)
            fields |= {_name(each.name, child, activity): _choice(each) for each in activity.about}
    return type("AskedSimulationForm", (SimulationForm,), fields)


def _choice(asked: Asked) -> SelectField:
    return SelectField(asked.label, choices=list(asked.choices), default=asked.choices[0][0])
