"""Families: the new family in one screen, and the verbs that change one (each in its own file)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from operations.configuration import configuration
from operations.custodies import (
    Alternation,
    CustodyFacts,
    check_alternation,
    check_custody,
    set_custody,
    single,
)
from operations.enrolments import change_class, enrol
from operations.guardians import (
    Adult,
    Rights,
    add_guardian,
    checked,
    end_guardianship,
    give_guardianship,
    refuse_taken_email,
    set_payer,
    shared_email,
)
from operations.quotients import QuotientFacts, check_quotient, set_quotient, set_residence
from rules.addresses import PostalAddress
from rules.refusals import Refused
from rules.vocabulary import Level

__all__ = [
    "Adult",
    "Alternation",
    "CustodyFacts",
    "NewAdult",
    "NewChild",
    "NewFamily",
    "QuotientFacts",
    "Rights",
    "add_child",
    "add_guardian",
    "end_guardianship",
    "give_guardianship",
    "new_family",
    "new_household",
    "set_address",
    "set_custody",
    "set_payer",
    "set_quotient",
    "set_residence",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAdult:
    """An adult of a new family. `rights` is what they may do for its children; None for a partner
    who lives there and sees none of them."""

    who: Adult
    is_payer: bool = False
    rights: Rights | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChild:
    """A child who arrives. Without custody every day is the family's; without class, no school yet.

    `shared` is for a new family, which has no number yet; `custody` names two families that exist.
    """

    last_name: str
    first_name: str
    birth_date: date
    class_id: int | None = None
    level: Level | None = None
    activity_ids: Collection[int] = ()
    custody: CustodyFacts | None = None
    shared: Alternation | None = None
    former_number: str | None = None

    def custody_from(self, family: models.Family) -> CustodyFacts:
        """Whose days they are, the child arriving in that family."""
        if self.shared is not None:
            return self.shared.of(family.id)
        return self.custody or single(family)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFamily:
    """All that the screen « Nouvelle famille » asks. Everything is dated from `first_day`."""

    address: PostalAddress
    adults: Sequence[NewAdult]
    children: Sequence[NewChild]
    first_day: date
    name: str = ""
    quotient: QuotientFacts | None = None
    resident: bool | None = None
    residence_reason: str = "Adresse"
    former_number: str | None = None
    notes: str = ""


def new_family(facts: NewFamily, *, by: Actor, now: datetime) -> models.Family:
    """Create a family with its adults, children, guardianships, classes, enrolments, quotient and status.

    Everything is checked before anything is written. Refused without an adult, without exactly one
    payer, and for whatever each verb refuses.
    """
    _check_new_family(facts)
    family = new_household(
        facts.name or facts.adults[0].who.last_name,
        facts.address,
        former_number=facts.former_number,
        notes=facts.notes,
        by=by,
        now=now,
    )
    guardians = {
        add_guardian(family, adult.who, is_payer=adult.is_payer, by=by, now=now): adult.rights
        for adult in facts.adults
    }
    responsible = {guardian: rights for guardian, rights in guardians.items() if rights is not None}
    for child in facts.children:
        add_child(family, child, responsible, first_day=facts.first_day, by=by, now=now)
    if facts.quotient is not None:
        set_quotient(family, facts.quotient, by=by, now=now)
    if facts.resident is not None:
        set_residence(
            family, facts.resident, facts.residence_reason, first_day=facts.first_day, by=by, now=now
        )
    return family


def new_household(
    name: str,
    address: PostalAddress,
    *,
    former_number: str | None = None,
    notes: str = "",
    by: Actor,
    now: datetime,
) -> models.Family:
    """A family and its address, still without anybody. Refused when its former number is taken."""
    _refuse_taken_number(models.Family, former_number, "La famille")
    family = models.Family(
        name=name.strip(), former_number=former_number, notes=notes, created_at=now, **asdict(address)
    )
    db.session.add(family)
    db.session.flush()
    written = asdict(address) | {"nom": family.name, "ancien numéro": former_number}
    history.record(family, "Famille créée", by=by, now=now, after=written, family_id=family.id)
    return family


def add_child(
    family: models.Family,
    facts: NewChild,
    responsible: Mapping[models.Guardian, Rights],
    *,
    first_day: date,
    by: Actor,
    now: datetime,
) -> models.Child:
    """Add a child to a family: custody, guardianships, class and enrolments from that day."""
    _check_child(facts, first_day)
    child = models.Child(
        last_name=facts.last_name.strip(),
        first_name=facts.first_name.strip(),
        birth_date=facts.birth_date,
        former_number=facts.former_number,
        created_at=now,
    )
    db.session.add(child)
    db.session.flush()
    written = {"né le": facts.birth_date, "ancien numéro": facts.former_number}
    history.record(child, "Enfant ajouté", by=by, now=now, after=written, family_id=family.id)
    set_custody(child, facts.custody_from(family), first_day, by=by, now=now)
    for guardian, rights in responsible.items():
        give_guardianship(guardian, child, rights, first_day=first_day, by=by, now=now)
    if facts.class_id is not None and facts.level is not None:
        change_class(child, facts.class_id, facts.level, first_day, by=by, now=now)
    for activity_id in facts.activity_ids:
        enrol(child, activity_id, first_day, by=by, now=now)
    return child


def set_address(family: models.Family, address: PostalAddress, *, by: Actor, now: datetime) -> None:
    """The family moves; invoices already issued keep the address they say."""
    after = asdict(address)
    before = {name: getattr(family, name) for name in after}
    if before == after:
        return
    for name, value in after.items():
        setattr(family, name, value)
    db.session.flush()
    history.record(family, "Adresse changée", by=by, now=now, before=before, after=after, family_id=family.id)


# -- checks -----------------------------------------------------------------------------


def _check_new_family(facts: NewFamily) -> None:
    if not facts.adults:
        raise Refused("Une famille a au moins un adulte.", "adults")
    if sum(adult.is_payer for adult in facts.adults) != 1:
        raise Refused("Une famille a un payeur, et un seul : désignez-le.", "is_payer")
    _check_emails([checked(adult.who) for adult in facts.adults])
    _refuse_taken_number(models.Family, facts.former_number, "La famille")
    for child in facts.children:
        _check_child(child, facts.first_day)
    if facts.quotient is not None:
        check_quotient(facts.quotient)
    if facts.resident is not None and not facts.residence_reason.strip():
        raise Refused("Donnez la raison : adresse, dérogation, agent communal…", "residence_reason")


def _check_emails(adults: Sequence[Adult]) -> None:
    owners: dict[str, str] = {}
    for adult in adults:
        refuse_taken_email(adult.email)
        if adult.email is not None and adult.email in owners:
            raise Refused(shared_email(adult.email, owners[adult.email]), "email")
        owners[adult.email or ""] = adult.full_name


def _check_child(facts: NewChild, first_day: date) -> None:
    if not facts.last_name.strip() or not facts.first_name.strip():
        raise Refused("Indiquez le nom et le prénom de l’enfant.", "first_name")
    if facts.birth_date >= first_day:
        raise Refused("La date de naissance de l’enfant ne peut pas être à venir.", "birth_date")
    if (facts.class_id is None) != (facts.level is None):
        raise Refused("La classe et le niveau de l’enfant vont ensemble.", "level")
    _refuse_taken_number(models.Child, facts.former_number, "L’enfant")
    if facts.custody is not None:
        check_custody(facts.custody, first_day)
    if facts.shared is not None:
        check_alternation(facts.shared)
    if facts.class_id is not None and db.session.get(models.SchoolClass, facts.class_id) is None:
        raise Refused("Cette classe n’existe pas.", "class_id")
    if not configuration().activities.keys() >= set(facts.activity_ids):
        raise Refused("Cette activité n’existe pas.", "activity_ids")


def _refuse_taken_number(
    table: type[models.Family] | type[models.Child], number: str | None, what: str
) -> None:
    if number is None:
        return
    taken = db.session.scalars(sa.select(table).filter_by(former_number=number)).first()
    if taken is not None:
        raise Refused(f"{what} {taken} a déjà l’ancien numéro {number}.", "former_number")
