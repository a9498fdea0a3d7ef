"""The form of a child's health: each question says why it is asked, none asks more than care needs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from fields import Checkboxes, FrenchDateField, PiecesField
from rules.allergens import Allergen
from rules.health_vocabulary import Diet

YES_NO = [("non", "Non"), ("oui", "Oui")]


def _at_most(letters: int) -> Length:
    return Length(max=letters, message=f"{letters} caractères au plus.")


class HealthForm(FlaskForm):
    """`vu` is when the file shown had been confirmed: nothing written since is overwritten unseen."""

    vu = HiddenField("Fiche modifiée entre-temps")
    allergies = Checkboxes("Allergies alimentaires", choices=[(each.value, each.label) for each in Allergen])
    precisions = TextAreaField("Autre allergie ou précision", validators=[_at_most(1000)])
    regimes = Checkboxes("Repas", choices=[(each.value, each.label) for each in Diet])
    pai = RadioField("A-t-il un PAI ?", choices=YES_NO, default="non")
    pai_fin = FrenchDateField("Valable jusqu’au", validators=[Optional()])
    pai_pieces = PiecesField("Document du PAI")
    conduite = TextAreaField("Conduite à tenir", validators=[_at_most(1000)])
    medecin = StringField("Nom du médecin traitant", validators=[_at_most(120)])
    medecin_telephone = StringField("Téléphone du médecin", validators=[_at_most(40)])
    vaccins_le = FrenchDateField("Vaccins à jour, vérifiés le", validators=[Optional()])
    vaccins_pieces = PiecesField("Copie des vaccinations")
    assureur = StringField("Assurance scolaire", validators=[_at_most(120)])
    contrat = StringField("Numéro de contrat", validators=[_at_most(60)])
    assurance_fin = FrenchDateField("Assuré jusqu’au", validators=[Optional()])
    assurance_pieces = PiecesField("Attestation d’assurance")

    @property
    def seen(self) -> datetime | None:
        """The instant that the page carried; one that cannot be read is that of no file."""
        try:
            return datetime.fromisoformat(self.vu.data or "")
        except ValueError:
            return None

    def said(self) -> dict[str, Any]:
        """The answers, by the names of operations.health.HealthFacts."""
        return {
            "allergens": frozenset(Allergen(each) for each in self.allergies.data or ()),
            "allergy_details": self.precisions.data or "",
            "diets": frozenset(Diet(each) for each in self.regimes.data or ()),
            "has_pai": self.pai.data == "oui",
            "pai_until": self.pai_fin.data,
            "care": self.conduite.data or "",
            "doctor_name": self.medecin.data or "",
            "doctor_phone": self.medecin_telephone.data or "",
            "vaccines_on": self.vaccins_le.data,
        }

    def insured(self) -> dict[str, Any]:
        """The answers, by the names of operations.health.Insurance."""
        return {
            "insurer": self.assureur.data or "",
            "policy_number": self.contrat.data or "",
            "insured_until": self.assurance_fin.data,
        }
