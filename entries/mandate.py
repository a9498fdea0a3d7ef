"""The forms of the direct debit: the account, the way the signed mandate comes back, revocation."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.validators import Length, StopValidation

from fields import PiecesField, TypedField
from rules.addresses import PostalAddress
from rules.ibans import BankAccount, read_iban
from rules.mandate_vocabulary import SignedReturn
from rules.refusals import Refused

MINE, OTHER = "moi", "autre"
_PARTS = {"street": "rue", "street_extra": "complement", "postcode": "code_postal", "city": "commune"}


class IbanField(TypedField):
    """An IBAN as typed, with or without spaces; what is wrong stays on the page with the reason."""

    def read(self, typed: str) -> BankAccount:
        return read_iban(typed)

    def write(self, value: BankAccount) -> str:
        return value.iban

    def pre_validate(self, form: Any) -> None:
        if self.data is None and not self.process_errors:
            raise StopValidation("Donnez votre IBAN\N{NO-BREAK SPACE}: il est écrit sur votre RIB.")


class BankDetailsForm(FlaskForm):
    """Step 1: the account, and whose it is when it is not the payer's."""

    iban = IbanField("IBAN")
    titulaire = RadioField("À qui est ce compte\N{NO-BREAK SPACE}?", default=MINE)
    nom = StringField("Nom du titulaire", validators=[Length(max=70)])
    rue = StringField("Numéro et rue", validators=[Length(max=120)])
    complement = StringField("Complément d’adresse", validators=[Length(max=120)])
    code_postal = StringField("Code postal", validators=[Length(max=10)])
    commune = StringField("Ville", validators=[Length(max=80)])

    def ask_of(self, payer: str) -> None:
        """Name the payer, whose account it usually is."""
        self.titulaire.choices = [(MINE, f"À moi, {payer}"), (OTHER, "À quelqu’un d’autre")]

    @property
    def is_of_another(self) -> bool:
        return bool(self.titulaire.data == OTHER)

    def other_holder(self) -> tuple[str, PostalAddress] | None:
        """Who else holds the account, and where they live; None when something is missing, said under it."""
        name = (self.nom.data or "").strip()
        if not name:
            self.nom.errors = [*self.nom.errors, "Donnez le nom du titulaire, comme sur le RIB."]
        try:
            address = PostalAddress(
                **{part: (self[field].data or "").strip() for part, field in _PARTS.items()}
            )
        except Refused as refusal:
            field = self[_PARTS[refusal.field or "street"]]
            field.errors = [*field.errors, refusal.sentence]
            return None
        return (name, address) if name else None


class SignedMandateForm(FlaskForm):
    """Step 3: the scan of the signed mandate, or the choice to bring it to the town hall."""

    retour = RadioField(
        "Comment retournez-vous le mandat signé\N{NO-BREAK SPACE}?",
        choices=[(way.value, way.label) for way in SignedReturn],
        default=SignedReturn.PORTAL.value,
    )
    pieces = PiecesField("Mandat signé")


class ConfirmForm(FlaskForm):
    """A button, and its token."""
