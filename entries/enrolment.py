"""The form of the yearly enrolment, made for what one child may be signed up for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length

from fields import Checkboxes, PiecesField
from rules.requests import LONGEST_MESSAGE
from rules.wording import weekday_name

TO_ACCEPT = "Cochez pour accepter ce règlement : il vaut pour les services choisis."


class EnrolmentForm(FlaskForm):
    """`activites`, then `jours-<activity>`, `reglement-<version>` and `piece-<need>` for each."""

    activites = Checkboxes("Services", coerce=int)
    message = TextAreaField(
        "Un mot pour le service",
        validators=[Length(max=LONGEST_MESSAGE, message=f"{LONGEST_MESSAGE} caractères au plus.")],
    )

    def days_of(self, activity_id: int) -> list[int]:
        return list(self[f"jours-{activity_id}"].data or ())

    def check_rules(self, asked: Sequence[int]) -> bool:
        """Each of these versions is accepted; the others are about services that are not chosen."""
        missing = [self[f"reglement-{each}"] for each in asked if not self[f"reglement-{each}"].data]
        for field in missing:
            field.errors = [TO_ACCEPT]
        return not missing


def enrolment_form(
    weekdays: Mapping[int, Sequence[int]],
    rules: Mapping[int, str],
    needs: Mapping[int, str],
    chosen: Mapping[int, frozenset[int]],
) -> EnrolmentForm:
    """weekdays: by activity, those on which it runs. rules: the versions to accept. needs: the documents
    to give, by need. chosen: what is ticked when the page opens."""
    added: dict[str, Any] = {
        f"jours-{activity_id}": Checkboxes(
            "Jours habituels", coerce=int, choices=[(day, weekday_name(day)) for day in days]
        )
        for activity_id, days in weekdays.items()
    }
    added |= {f"reglement-{each}": BooleanField(label) for each, label in rules.items()}
    added |= {f"piece-{each}": PiecesField(label) for each, label in needs.items()}
    filled: dict[str, Any] = {f"jours-{each}": sorted(days) for each, days in chosen.items()}
    form = type("EnrolmentForm", (EnrolmentForm,), added)(data={"activites": list(chosen), **filled})
    form.activites.choices = [(each, "") for each in weekdays]
    return form  # type: ignore[no-any-return]
