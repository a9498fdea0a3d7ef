"""The child of an imported line: who it is, whose days they are, its class and its services."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

import models
from extensions import db
from operations.custodies import CustodyFacts, set_custody
from operations.enrolments import change_class, enrol
from operations.families import NewChild, add_child
from operations.guardians import Rights, give_guardianship
from operations.import_families import adult_of, import_household
from operations.import_town import ImportRun, LineChanges
from rules import import_cells
from rules.folding import fold
from rules.import_rows import ChildRow, FamilyRow
from rules.refusals import Refused
from rules.vocabulary import CustodyKind
from rules.wording import long_date


def import_child(
    row: FamilyRow, child: ChildRow, family: models.Family, run: ImportRun, changes: LineChanges
) -> models.Child:
    """Find or create the child, and give it what the line says and it does not have yet."""
    since = row.since or run.town.since
    class_id = run.town.class_id(child.school, child.class_name) if child.class_name else None
    activity_ids = run.town.activity_ids(child.services)
    custody = _custody(child, family, run)
    responsible = _responsible(row, family)
    known = _known_child(child, family, custody)
    if known is None:
        changes.created = True
        changes.done.append(f"enfant {child.first_name} {child.last_name}")
        return _new_child(child, family, custody, responsible, class_id, activity_ids, since, run)
    _complete_custody(known, child, family, custody, since, run, changes)
    _complete_guardianships(known, responsible, since, run, changes)
    _complete_class(known, child, class_id, since, run, changes)
    _complete_enrolments(known, activity_ids, since, run, changes)
    return known


def _new_child(
    child: ChildRow,
    family: models.Family,
    custody: CustodyFacts,
    responsible: dict[models.Guardian, Rights],
    class_id: int | None,
    activity_ids: list[int],
    since: date,
    run: ImportRun,
) -> models.Child:
    later = child.custody.since if child.custody.since and child.custody.since > since else None
    facts = NewChild(
        last_name=child.last_name,
        first_name=child.first_name,
        birth_date=child.birth_date,
        class_id=class_id,
        level=child.level if class_id is not None else None,
        activity_ids=activity_ids,
        custody=None if later else custody,
        former_number=child.number,
    )
    try:
        row = add_child(family, facts, responsible, first_day=since, by=run.by, now=run.now)
        if later is not None:
            set_custody(row, custody, later, by=run.by, now=run.now)
        return row
    except Refused as refusal:
        column = {"birth_date": "enfant_naissance"}.get(refusal.field or "", refusal.field)
        raise Refused(refusal.sentence, column) from None


def _responsible(row: FamilyRow, family: models.Family) -> dict[models.Guardian, Rights]:
    found = {adult_of(family, adult): adult for adult in row.adults if adult.is_responsible}
    return {
        guardian: Rights(relation=adult.relation) for guardian, adult in found.items() if guardian is not None
    }


# -- who ----------------------------------------------------------------------------------


def _known_child(child: ChildRow, family: models.Family, custody: CustodyFacts) -> models.Child | None:
    """By its former number; else a child of that name and birth date in one of the line's families."""
    born_then = [row for row in _born_on(child.birth_date) if _is_named(row, child)]
    if child.number is not None:
        numbered = db.session.scalars(sa.select(models.Child).filter_by(former_number=child.number)).first()
        if numbered is not None and numbered not in born_then:
            raise Refused(_another(child.number, numbered), "numero_enfant")
        if numbered is not None:
            return numbered
    families = {family.id, custody.family_id, custody.other_family_id}
    return next((row for row in born_then if _families_of(row) & families), None)


def _born_on(day: date) -> list[models.Child]:
    return list(db.session.scalars(sa.select(models.Child).filter_by(birth_date=day)))


def _is_named(row: models.Child, child: ChildRow) -> bool:
    return fold(row.full_name) == fold(f"{child.first_name} {child.last_name}")


def _another(number: str, row: models.Child) -> str:
    born = long_date(row.birth_date)
    return f"Le numéro {number} est déjà celui de {row.full_name}, né ou née le {born}."


def _families_of(row: models.Child) -> set[int | None]:
    return {family for custody in row.custodies for family in (custody.family_id, custody.other_family_id)}


# -- whose days ---------------------------------------------------------------------------


def _custody(child: ChildRow, family: models.Family, run: ImportRun) -> CustodyFacts:
    """Both lines of a shared child give the same facts: the even weeks' family comes first."""
    said = child.custody
    if said.other_number is None:
        return CustodyFacts(kind=CustodyKind.SINGLE, family_id=family.id)
    other = _other_family(said.other_number, run)
    if said.kind == import_cells.ELSEWHERE:
        return CustodyFacts(kind=CustodyKind.SINGLE, family_id=other.id)
    first, second = (other, family) if said.kind == import_cells.ODD else (family, other)
    return CustodyFacts(
        kind=import_cells.CUSTODY_KINDS[said.kind],
        family_id=first.id,
        other_family_id=second.id,
        anchor_day=said.anchor_day,
    )


def _other_family(number: str, run: ImportRun) -> models.Family:
    """The other family, brought in first when it comes later in the file."""
    known = db.session.scalars(sa.select(models.Family).filter_by(former_number=number)).first()
    if known is not None:
        return known
    row = run.first_rows.get(number)
    if row is None:
        raise Refused(f"La famille {number} n’existe ni ici ni dans ce fichier.", "garde_autre_famille")
    try:
        return import_household(row, run, LineChanges())
    except Refused as refusal:
        raise Refused(f"L’autre famille ({number}) : {refusal.sentence}", "garde_autre_famille") from None


def _complete_custody(
    known: models.Child,
    child: ChildRow,
    family: models.Family,
    custody: CustodyFacts,
    since: date,
    run: ImportRun,
    changes: LineChanges,
) -> None:
    if not known.custodies:
        set_custody(known, custody, child.custody.since or since, by=run.by, now=run.now)
        changes.done.append("garde")
        return
    if child.custody.kind == import_cells.SINGLE and family.id not in _families_of(known):
        owner = max(known.custodies, key=lambda row: row.first_day).family
        raise Refused(
            f"{known.full_name} est déjà un enfant de la famille {owner.name} : indiquez la garde.", "garde"
        )
    latest = max(known.custodies, key=lambda row: row.first_day)
    if not _same_custody(latest, custody):
        changes.left.append("garde")


def _same_custody(row: models.Custody, facts: CustodyFacts) -> bool:
    """Two fortnights are the same from either side: each line is anchored in its own family's week."""
    if row.kind is not facts.kind:
        return False
    if row.kind is CustodyKind.FORTNIGHT:
        return {row.family_id, row.other_family_id} == {facts.family_id, facts.other_family_id}
    return (row.family_id, row.other_family_id) == (facts.family_id, facts.other_family_id)


# -- what is missing ------------------------------------------------------------------------


def _complete_guardianships(
    known: models.Child,
    responsible: dict[models.Guardian, Rights],
    since: date,
    run: ImportRun,
    changes: LineChanges,
) -> None:
    query = sa.select(models.Guardianship.guardian_id).filter_by(child_id=known.id)
    held = set(db.session.scalars(query))
    for guardian, rights in responsible.items():
        if guardian.id not in held:
            give_guardianship(guardian, known, rights, first_day=since, by=run.by, now=run.now)
            changes.done.append(f"{guardian.full_name} responsable de {known.first_name}")


def _complete_class(
    known: models.Child,
    child: ChildRow,
    class_id: int | None,
    since: date,
    run: ImportRun,
    changes: LineChanges,
) -> None:
    if class_id is None or child.level is None:
        return
    if not known.schoolings:
        change_class(known, class_id, child.level, since, by=run.by, now=run.now)
        changes.done.append(f"classe de {known.first_name}")
    elif (class_id, child.level) not in {(row.class_id, row.level) for row in known.schoolings}:
        changes.left.append(f"classe de {known.first_name}")


def _complete_enrolments(
    known: models.Child, activity_ids: list[int], since: date, run: ImportRun, changes: LineChanges
) -> None:
    query = sa.select(models.Enrolment.activity_id).filter_by(child_id=known.id)
    held = set(db.session.scalars(query))
    for activity_id in activity_ids:
        if activity_id not in held:
            enrol(known, activity_id, since, by=run.by, now=run.now)
            changes.done.append(f"inscription de {known.first_name}")
