"""The form of « Nouvelle famille »: two adults and four children at most, blocks left empty are ignored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from wtforms import BooleanField, FieldList, FormField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

import models
from admin.base import StaffForm
from admin.fields import ChecksField, DecimalField, ListField, LookupField, WeekdayField
from admin.lookups import FamilyLookup
from extensions import db
from fields import FrenchDateField
from operations import guardians
from operations.configuration import configuration
from operations.families import (
    Adult,
    Alternation,
    NewAdult,
    NewChild,
    NewFamily,
    QuotientFacts,
    Rights,
)
from rules.addresses import PostalAddress
from rules.refusals import Refused
from rules.vocabulary import Civility, CustodyKind, Level, QuotientSource, Relation

ADULTS, CHILDREN = 2, 4
WHO = ("civility", "last_name", "birth_name", "first_name", "email")
PHONES = ("mobile_phone", "home_phone", "work_phone")
FAMILIES = FamilyLookup("famille")


class Choice(NamedTuple):
    id: int
    name: str

    def __str__(self) -> str:
        return self.name


def activities() -> list[Choice]:
    return [Choice(each.id, each.name) for each in configuration().activities.values() if each.is_open]


def text(label: str, longest: int, **options: Any) -> StringField:
    too_long = f"{longest} caractères au plus."
    return StringField(label, validators=[Length(max=longest, message=too_long)], **options)


class Block(StaffForm):
    """A repeated block, ignored as a whole as long as `told` are empty."""

    told: Sequence[str] = ()
    needed: dict[str, str] = {}

    @property
    def is_blank(self) -> bool:
        return not any(self[name].data for name in self.told)

    def validate(self, extra_validators: Any = None) -> bool:
        if self.is_blank:
            return True
        valid = super().validate(extra_validators)
        for name, sentence in self.needed.items():
            if not self[name].data and not self[name].errors:
                self[name].errors = [sentence]
                valid = False
        return valid

    def refuse(self, refusal: Refused, otherwise: str) -> None:
        name = refusal.field if refusal.field in self else otherwise
        self[name].errors = [*self[name].errors, refusal.sentence]


class AdultBlock(Block):
    told = ("last_name", "first_name", "email", *PHONES)
    needed = {
        "civility": "Choisissez la civilité.",
        "last_name": "Indiquez le nom.",
        "first_name": "Indiquez le prénom.",
    }

    civility = ListField("Civilité", members=list(Civility))
    last_name = text("Nom", 80)
    first_name = text("Prénom", 80)
    birth_name = text("Nom de naissance, s’il est différent", 80)
    email = text("Courriel", 254, description="Le sien propre : il sert d’identifiant. Vide : sur papier.")
    mobile_phone = text("Téléphone mobile", 30)
    home_phone = text("Téléphone du domicile", 30)
    work_phone = text("Téléphone du travail", 30)
    relation = ListField("Lien avec les enfants", members=list(Relation))
    responsible = BooleanField("Voit et réserve pour les enfants", default=True)

    def adult(self) -> Adult:
        return Adult(**{name: self[name].data for name in (*WHO, *PHONES)})

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators) or self.is_blank:
            return self.is_blank
        if self.responsible.data and not self.relation.data:
            self.relation.errors = ["Choisissez le lien avec les enfants."]
            return False
        try:
            guardians.refuse_taken_email(guardians.checked(self.adult()).email)
        except Refused as refusal:
            self.refuse(refusal, "last_name")
            return False
        return True

    def facts(self, *, is_payer: bool) -> NewAdult:
        rights = Rights(relation=self.relation.data) if self.responsible.data else None
        return NewAdult(who=self.adult(), is_payer=is_payer, rights=rights)


class ChildBlock(Block):
    told = ("last_name", "first_name", "birth_date", "class_id")
    needed = {"first_name": "Indiquez le prénom.", "birth_date": "Indiquez la date de naissance."}

    last_name = text("Nom", 80, description="Vide : celui du premier adulte.")
    first_name = text("Prénom", 80)
    birth_date = FrenchDateField("Date de naissance", validators=[Optional()])
    class_id = SelectField("Classe", coerce=lambda value: int(value) if value else None)
    level = ListField("Niveau", members=list(Level), allow_blank=True)
    activity_ids = ChecksField("Services", rows=activities)
    custody = ListField("Jours de l’enfant", members=list(CustodyKind), default=CustodyKind.SINGLE)
    other_family = LookupField(
        FAMILIES, label="Autre famille", allow_blank=True, description="Elle doit déjà être enregistrée."
    )
    starts = SelectField(
        "Semaines de cette famille-ci",
        choices=[("ici", "Semaines paires, ou celle de la date"), ("la-bas", "Les autres semaines")],
    )
    anchor_day = FrenchDateField(
        "Un jour de la première semaine",
        validators=[Optional()],
        description="Pour une semaine sur deux à partir d’une date.",
    )
    changeover_weekday = WeekdayField("Jour du changement", default=1)

    @property
    def is_blank(self) -> bool:
        return super().is_blank and not self.is_shared

    @property
    def is_shared(self) -> bool:
        return self.custody.data not in (None, CustodyKind.SINGLE)

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators) or self.is_blank:
            return self.is_blank
        if bool(self.class_id.data) != bool(self.level.data):
            self.level.errors = ["La classe et le niveau vont ensemble."]
        if self.is_shared and self.other_family.data is None:
            self.other_family.errors = ["Choisissez l’autre famille de la garde alternée."]
        if self.custody.data is CustodyKind.FORTNIGHT and self.anchor_day.data is None:
            self.anchor_day.errors = ["Donnez un jour de la première semaine de l’alternance."]
        return not any(field.errors for field in self)

    def facts(self, *, last_name: str) -> NewChild:
        return NewChild(
            last_name=self.last_name.data or last_name,
            first_name=self.first_name.data,
            birth_date=self.birth_date.data,
            class_id=self.class_id.data,
            level=self.level.data,
            activity_ids=self.activity_ids.data or (),
            shared=self._alternation() if self.is_shared else None,
        )

    def _alternation(self) -> Alternation:
        return Alternation(
            kind=self.custody.data,
            other_family_id=self.other_family.data.id,
            starts_here=self.starts.data == "ici",
            anchor_day=self.anchor_day.data if self.custody.data is CustodyKind.FORTNIGHT else None,
            changeover_weekday=self.changeover_weekday.data or 1,
        )


class NewFamilyForm(StaffForm):
    first_day = FrenchDateField(
        "À partir du",
        validators=[InputRequired("Donnez la date d’arrivée.")],
        description="Classes, inscriptions, garde et résidence commencent ce jour-là.",
    )
    name = text("Nom de la famille", 120, description="Vide : celui du premier adulte.")
    adults = FieldList(FormField(AdultBlock), min_entries=ADULTS, max_entries=ADULTS)
    payer = RadioField(
        "Qui reçoit les factures ?",
        choices=[(str(n), f"Adulte {n + 1}") for n in range(ADULTS)],
        default="0",
    )
    street = text("Numéro et rue", 120)
    street_extra = text("Complément", 120)
    postcode = text("Code postal", 10)
    city = text("Commune", 80)
    resident = RadioField("Habite la commune ?", choices=[("oui", "Oui"), ("non", "Non")], default="oui")
    residence_reason = text("Justifié par", 200, default="Adresse")
    value = DecimalField("Quotient familial", description="Vide : le tarif sans quotient s’applique.")
    source = ListField(
        "D’après",
        members=[each for each in QuotientSource if each is not QuotientSource.IMPORT],
        default=QuotientSource.CAF,
    )
    document = text("Document", 200, description="Par exemple : attestation du 2 septembre 2026.")
    effective_on = FrenchDateField(
        "Date d’effet", validators=[Optional()], description="Vide : la date d’arrivée."
    )
    children = FieldList(FormField(ChildBlock), min_entries=CHILDREN, max_entries=CHILDREN)
    notes = TextAreaField("Notes du service")
    another = BooleanField("Ce n’est pas le même enfant : créer quand même")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = [("", "Pas encore de classe"), *classes()]
        for entry in self.children:
            entry.form.class_id.choices = known

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.adults[0].form.is_blank:
            self.adults[0].form.last_name.errors = ["Indiquez au moins un adulte."]
            return False
        if not self.payer.errors and self.adults[int(self.payer.data)].form.is_blank:
            self.payer.errors = ["Cet adulte n’est pas renseigné."]
            return False
        return self._address_is_complete() and self._children_are_born() and valid

    def _address_is_complete(self) -> bool:
        try:
            self._address()
        except Refused as refusal:
            self.refuse(refusal)
            return False
        return True

    def refuse(self, refusal: Refused) -> bool:
        """The sentence beside its field; False when no field of the page is concerned."""
        field = {"is_payer": "payer"}.get(refusal.field or "", refusal.field or "")
        if field == "email":  # what each block could not know: the two adults share it
            self.adults[-1].form.refuse(refusal, "email")
            return True
        if field not in self:
            return False
        self[field].errors = [*self[field].errors, refusal.sentence]
        return True

    @property
    def is_wrong(self) -> bool:
        blocks = (entry.form for entry in (*self.adults, *self.children))
        return any(field.errors for form in (self, *blocks) for field in form)

    def _children_are_born(self) -> bool:
        arrived = self.first_day.data
        for form in (entry.form for entry in self.children):
            born = form.birth_date.data
            if arrived and born and born >= arrived:
                form.birth_date.errors = ["La date de naissance de l’enfant ne peut pas être à venir."]
                return False
        return True

    def facts(self, today: date) -> NewFamily:
        adults = [(n, entry.form) for n, entry in enumerate(self.adults) if not entry.form.is_blank]
        last_name = adults[0][1].last_name.data
        return NewFamily(
            name=self.name.data or "",
            address=self._address(),
            adults=[form.facts(is_payer=str(n) == self.payer.data) for n, form in adults],
            children=[e.form.facts(last_name=last_name) for e in self.children if not e.form.is_blank],
            first_day=self.first_day.data,
            quotient=self._quotient(today),
            resident=self.resident.data == "oui",
            residence_reason=self.residence_reason.data or "",
            notes=self.notes.data or "",
        )

    def _address(self) -> PostalAddress:
        parts = ("street", "street_extra", "postcode", "city")
        return PostalAddress(**{name: (self[name].data or "").strip() for name in parts})

    def _quotient(self, today: date) -> QuotientFacts | None:
        if self.value.data is None:
            return None
        return QuotientFacts(
            value=self.value.data,
            source=self.source.data,
            document=self.document.data or "",
            effective_on=self.effective_on.data or self.first_day.data,
            received_on=today,
        )


def classes() -> list[tuple[str, str]]:
    """« CP · École Jules Ferry » by school, the latest school year first."""
    row, school, year = models.SchoolClass, models.School, models.SchoolYear
    query = (
        sa.select(row.id, row.name, school.name, year.name)
        .join(school, school.id == row.school_id)
        .join(year, year.id == row.school_year_id)
        .order_by(year.first_day.desc(), school.search_text, row.name)
    )
    return [(str(i), f"{name} · {at} ({when})") for i, name, at, when in db.session.execute(query)]
