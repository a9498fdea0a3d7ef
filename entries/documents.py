"""The form of the vault."""

from __future__ import annotations

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.validators import Optional

from fields import FrenchDateField, PiecesField
from rules.documents import DocumentKind

WHOLE_FAMILY = 0


class DepositForm(FlaskForm):
    """One or several documents of one kind, for a child or for the whole family."""

    nature = SelectField(
        "Nature de la pièce", choices=[(kind.value, kind.label) for kind in DocumentKind], default="insurance"
    )
    enfant = SelectField("Pour qui", coerce=int, default=WHOLE_FAMILY)
    pieces = PiecesField("Fichiers", needed="Choisissez au moins un fichier.")
    valable_jusquau = FrenchDateField("Valable jusqu’au", validators=[Optional()])

    def ask_about(self, children: Iterable[tuple[int, str]]) -> None:
        """Say which children it may be about."""
        self.enfant.choices = [(WHOLE_FAMILY, "Toute la famille"), *children]
