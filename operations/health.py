"""A child's health: what care needs, written by its parents, read by those who care for it.

Nothing of it enters a mail, an export, an invoice or the history: the history says who opened or
changed a file, and when. It is the child's, not a household's: under alternation both parents share it
(docs/decisions/0017).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from operations.children import hold_child
from rules.allergens import Allergen
from rules.health import is_out_of_date
from rules.health_vocabulary import Diet
from rules.instants import paris
from rules.labelled import in_order
from rules.phones import parse_phone
from rules.refusals import Refused

SHORT, LONG = 120, 1000  # letters: a name; what to do
OPENED = "Fiche santé consultée"
MOST_OPENINGS = 30
CHANGED_MEANWHILE = (
    "Cette fiche a été modifiée pendant que vous l’aviez sous les yeux, par l’autre parent ou dans un "
    "autre onglet. Rien n’est enregistré : comparez avec ce qui est en place, plus bas, puis enregistrez."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthFacts:
    """What a parent says of a child; the words of each question are in entries/health.py."""

    allergens: frozenset[Allergen] = frozenset()
    allergy_details: str = ""
    diets: frozenset[Diet] = frozenset()
    care: str = ""
    doctor_name: str = ""
    doctor_phone: str = ""
    has_pai: bool = False
    pai_until: date | None = None
    vaccines_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Insurance:
    """The school insurance of a child, as one household took it."""

    insurer: str = ""
    policy_number: str = ""
    insured_until: date | None = None


UNKNOWN = Insurance()


@dataclass(frozen=True, slots=True)
class Care:
    """What those who look after a child on the day must know, and no more."""

    allergens: Sequence[Allergen]
    allergy_details: str
    diets: Sequence[Diet]
    has_pai: bool
    pai_is_old: bool
    care: str

    @property
    def is_empty(self) -> bool:
        return not (self.allergens or self.allergy_details or self.diets or self.has_pai or self.care)


# -- reading ----------------------------------------------------------------------------------


def allergies_of(child_ids: Collection[int]) -> dict[int, frozenset[Allergen]]:
    """The allergies of these children, those who have none left out; one query."""
    return {row.child_id: row.allergens for row in _rows(child_ids) if row.allergies}


def diets_of(child_ids: Collection[int]) -> dict[int, frozenset[Diet]]:
    """The diets of these children, those who have none left out; one query."""
    return {row.child_id: row.diet_list for row in _rows(child_ids) if row.diets}


def care_of(child_ids: Collection[int], today: date) -> dict[int, Care]:
    """What an agent must know of these children, those of whom there is nothing to know left out."""
    found = {row.child_id: _care(row, today) for row in _rows(child_ids)}
    return {child_id: care for child_id, care in found.items() if not care.is_empty}


def health_of(child_id: int) -> models.ChildHealth | None:
    return db.session.scalars(sa.select(models.ChildHealth).filter_by(child_id=child_id)).one_or_none()


def files_of(child_ids: Collection[int]) -> dict[int, models.ChildHealth]:
    """The files of these children, those without one left out; one query."""
    return {row.child_id: row for row in _rows(child_ids)}


def open_file(child: models.Child, *, by: Actor, now: datetime) -> models.ChildHealth | None:
    """A child's whole file for a member of staff: that it was opened is written, whatever it holds."""
    history.record(child, OPENED, by=by, now=now)
    return health_of(child.id)


def openings_of(child_id: int) -> Sequence[models.History]:
    """Who opened the child's file, the latest first."""
    row = models.History
    query = sa.select(row).filter_by(subject="child", subject_id=child_id, verb=OPENED)
    return db.session.scalars(query.order_by(row.id.desc()).limit(MOST_OPENINGS)).all()


def facts_of(row: models.ChildHealth | None) -> HealthFacts:
    if row is None:
        return HealthFacts()
    named = {name: getattr(row, name) for name in HealthFacts.__dataclass_fields__ if hasattr(row, name)}
    return HealthFacts(**named | {"allergens": row.allergens, "diets": row.diet_list})


def insurance_of(child_id: int, family_id: int) -> Insurance:
    """The insurance that this household took for the child."""
    row = _insurance(child_id, family_id)
    if row is None:
        return UNKNOWN
    return Insurance(insurer=row.insurer, policy_number=row.policy_number, insured_until=row.insured_until)


def insurances_of(child_id: int) -> Sequence[models.ChildInsurance]:
    """Every household's, for the service alone."""
    return db.session.scalars(sa.select(models.ChildInsurance).filter_by(child_id=child_id)).all()


def _insurance(child_id: int, family_id: int) -> models.ChildInsurance | None:
    query = sa.select(models.ChildInsurance).filter_by(child_id=child_id, family_id=family_id)
    return db.session.scalars(query).one_or_none()


def _rows(child_ids: Collection[int]) -> Sequence[models.ChildHealth]:
    return db.session.scalars(
        sa.select(models.ChildHealth).where(models.ChildHealth.child_id.in_(child_ids))
    ).all()


def _care(row: models.ChildHealth, today: date) -> Care:
    return Care(
        in_order(row.allergens),
        row.allergy_details,
        in_order(row.diet_list),
        row.has_pai,
        row.has_pai and is_out_of_date(row.pai_until, today),
        row.care,
    )


# -- writing ----------------------------------------------------------------------------------


def save(
    child: models.Child,
    facts: HealthFacts,
    documents: Sequence[models.Document] = (),
    *,
    insurance: Insurance = UNKNOWN,
    guardian: models.Guardian,
    seen: datetime | None,
    by: Actor,
    now: datetime,
) -> models.ChildHealth:
    """Keep what a parent says, confirmed now; a child's file is written whole.

    `seen` is when the file that the page showed had been confirmed (None: there was none): the
    other parent's allergy is never overwritten unseen. `documents` join those already there.
    `insurance` is that of the guardian's household, which the other one neither sees nor writes.
    """
    facts, insurance = _checked(facts, now), _checked_insurance(insurance)
    hold_child(child.id)
    row = health_of(child.id)
    if (row.confirmed_at if row else None) != seen:
        if row and _is_said_again(row, guardian, facts, insurance, documents):  # a second click
            return row
        raise Refused(CHANGED_MEANWHILE, "vu")
    before = (facts_of(row), insurance_of(child.id, guardian.family_id)) if row else None
    if row is None:
        row = models.ChildHealth(child=child)
        db.session.add(row)
    _write(row, facts)
    row.documents += [each for each in documents if each not in row.documents]
    row.confirmed_at, row.confirmed_by_id = now, guardian.id
    _write_insurance(child, guardian.family_id, insurance)
    db.session.flush()
    is_same = before == (facts, insurance) and not documents
    verb = "Fiche santé confirmée" if is_same else "Fiche santé modifiée"
    history.record(child, verb, by=by, now=now)
    return row


def _is_said_again(
    row: models.ChildHealth,
    guardian: models.Guardian,
    facts: HealthFacts,
    insurance: Insurance,
    documents: Sequence[models.Document],
) -> bool:
    """The same parent said exactly this just before: nothing of anybody's is overwritten."""
    said = facts_of(row), insurance_of(row.child_id, guardian.family_id)
    is_kept = all(each in row.documents for each in documents)
    return row.confirmed_by_id == guardian.id and said == (facts, insurance) and is_kept


def _write(row: models.ChildHealth, facts: HealthFacts) -> None:
    values = {name: getattr(facts, name) for name in HealthFacts.__dataclass_fields__}
    row.allergies = ",".join(in_order(values.pop("allergens")))
    row.diets = ",".join(in_order(values.pop("diets")))
    for name, value in values.items():
        setattr(row, name, value)


def _write_insurance(child: models.Child, family_id: int, facts: Insurance) -> None:
    row = _insurance(child.id, family_id)
    if row is None:
        if facts == UNKNOWN:
            return
        row = models.ChildInsurance(child=child, family_id=family_id)
        db.session.add(row)
    row.insurer, row.policy_number = facts.insurer, facts.policy_number
    row.insured_until = facts.insured_until


def _checked_insurance(facts: Insurance) -> Insurance:
    if not facts.insurer.strip() and (facts.policy_number.strip() or facts.insured_until):
        raise Refused("Donnez le nom de la compagnie d’assurance.", "insurer")
    return Insurance(
        insurer=_said(facts.insurer, SHORT, "insurer"),
        policy_number=_said(facts.policy_number, 60, "policy_number"),
        insured_until=facts.insured_until,
    )


def _checked(facts: HealthFacts, now: datetime) -> HealthFacts:
    today = paris(now).date()
    if facts.pai_until is not None and not facts.has_pai:
        raise Refused("Une date de fin suppose un PAI : répondez « Oui » à la question.", "has_pai")
    if facts.vaccines_on is not None and facts.vaccines_on > today:
        raise Refused("Les vaccins ne peuvent pas avoir été vérifiés après aujourd’hui.", "vaccines_on")
    return HealthFacts(
        allergens=facts.allergens,
        allergy_details=_said(facts.allergy_details, LONG, "allergy_details"),
        diets=facts.diets,
        care=_said(facts.care, LONG, "care"),
        doctor_name=_said(facts.doctor_name, SHORT, "doctor_name"),
        doctor_phone=parse_phone(facts.doctor_phone, "doctor_phone") or "",
        has_pai=facts.has_pai,
        pai_until=facts.pai_until,
        vaccines_on=facts.vaccines_on,
    )


def _said(text: str, most: int, field: str) -> str:
    text = text.strip()
    if len(text) > most:
        raise Refused(f"Ce texte est trop long : {most} caractères au plus.", field)
    return text


# -- forgetting --------------------------------------------------------------------------------


def counts(care: Mapping[int, Care], child_ids: Collection[int]) -> list[tuple[str, int]]:
    """What the kitchen prepares for these children: « Sans porc », 3; « PAI », 1; « Allergie », 2."""
    of = [care[child_id] for child_id in child_ids if child_id in care]
    said = [(diet.label, sum(diet in each.diets for each in of)) for diet in Diet]
    said.append(("Allergie", sum(bool(each.allergens or each.allergy_details) for each in of)))
    said.append(("PAI", sum(each.has_pai for each in of)))
    return [(label, count) for label, count in said if count]
