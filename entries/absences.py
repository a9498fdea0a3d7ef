"""The forms of an absence: its days and reason, then its proof."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from fields import Checkboxes, PiecesField
from rules.vocabulary import AbsenceReason, ProofKind

DETAILS = 300  # letters, as the table holds


def _proofs() -> list[tuple[str, str]]:
    return [(each.value, each.label) for each in ProofKind if each is not ProofKind.NONE]


class ProofForm(FlaskForm):
    """What shows that the child was away; several files at once."""

    nature = SelectField("Nature du justificatif", choices=_proofs(), validate_choice=False)
    pieces = PiecesField("Justificatif")

    @property
    def proof(self) -> ProofKind:
        """What the documents are said to be; what is not in the list is another document."""
        known = {value for value, _ in _proofs()}
        return ProofKind(self.nature.data) if self.nature.data in known else ProofKind.OTHER


class ClaimForm(ProofForm):
    """« Justifier une absence »: `jour` is an activity and a day, `12-2026-11-20`.

    Step 2 carries the answers of step 1, so that going back finds them.
    """

    jour = Checkboxes("Jours d’absence")
    motif = RadioField(
        "Motif de l’absence",
        choices=[(each.value, each.label) for each in AbsenceReason],
        validators=[InputRequired("Dites pourquoi l’enfant est absent.")],
    )
    precisions = TextAreaField(
        "Précisions",
        validators=[Length(max=DETAILS, message=f"{DETAILS} caractères au plus.")],
    )

    def offer(self, days: Sequence[tuple[str, str]]) -> None:
        """Say which days may be ticked."""
        self.jour.choices = list(days)

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        if not self.jour.data and not self.jour.errors:
            self.jour.errors = [*self.jour.errors, "Cochez au moins un jour."]
            return False
        return is_valid
