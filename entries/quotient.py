"""The form of a new attestation of quotient familial."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from fields import PiecesField, QuotientField
from rules.vocabulary import QuotientSource


class AttestationForm(FlaskForm):
    value = QuotientField("Quotient familial")
    source = RadioField(
        "Attestation de la",
        choices=[(QuotientSource.CAF.value, "CAF"), (QuotientSource.MSA.value, "MSA")],
        validators=[InputRequired("Dites qui a fait l’attestation : la CAF ou la MSA.")],
    )
    period = SelectField("Mois de l’attestation")
    pieces = PiecesField("Attestation")

    def offer_months(self, months: Sequence[tuple[str, str]]) -> None:
        """The months that an attestation may be of, the latest first."""
        self.period.choices = list(months)
