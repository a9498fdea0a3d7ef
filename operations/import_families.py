"""The household of an imported line: the family, its adults, its payer, its quotient and its status."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

import models
from extensions import db
from operations import guardians, history, quotients
from operations.families import new_household
from operations.guardians import Adult
from operations.import_town import ImportRun, LineChanges
from operations.quotients import QuotientFacts
from rules.folding import fold
from rules.import_rows import AdultRow, FamilyRow, QuotientRow
from rules.instants import paris
from rules.refusals import Refused
from rules.wording import enumerate_words

# The column of the line that a refusal of the operations is about.
_COLUMNS = {"email": "courriel", "mobile_phone": "portable", "home_phone": "telephone"}


def import_household(row: FamilyRow, run: ImportRun, changes: LineChanges) -> models.Family:
    """Find or create the family of the line and its adults, and fill what is missing."""
    family = _known_family(row) or _new_family(row, run, changes)
    if family.former_number is None:
        family.former_number = row.number
        after = {"ancien numéro": row.number}
        history.record(family, "Famille rapprochée", by=run.by, now=run.now, after=after, family_id=family.id)
        changes.done.append(f"numéro {row.number} donné à la famille {family.name}")
    _note_address(family, row, changes)
    for adult in row.adults:
        import_adult(family, adult, run, changes)
    _import_payer(family, row, run, changes)
    if row.quotient is not None:
        _import_quotient(family, row.quotient, run, changes)
    _import_residence(family, row, run, changes)
    return family


# -- the family -------------------------------------------------------------------------


def _known_family(row: FamilyRow) -> models.Family | None:
    """By its former number; else a family of the portal that has none yet and one of these adults."""
    numbered = sa.select(models.Family).filter_by(former_number=row.number)
    found = db.session.scalars(numbered).first()
    if found is not None:
        _refuse_strangers(found, row)
        return found
    return next((f for adult in row.adults if (f := _family_of(adult)) is not None), None)


def _refuse_strangers(family: models.Family, row: FamilyRow) -> None:
    """A number typed wrong must not put a family's children under the eyes of another."""
    query = sa.select(models.Guardian).filter_by(family_id=family.id).order_by(models.Guardian.id)
    known = list(db.session.scalars(query))
    emails = {guardian.email for guardian in known} - {None}
    if known and not any(_named(known, adult) or adult.email in emails for adult in row.adults):
        names = enumerate_words([guardian.full_name for guardian in known])
        raise Refused(
            f"Le numéro {row.number} est celui de la famille de {names}, et aucun adulte de cette ligne "
            "n’en est.",
            "numero_famille",
        )


def _family_of(adult: AdultRow) -> models.Family | None:
    """The family without a former number of an adult of that name and that e-mail or mobile phone."""
    ways: list[sa.ColumnElement[bool]] = []
    if adult.email:
        ways.append(models.Guardian.email == adult.email)
    if adult.mobile_phone:
        ways.append(models.Guardian.mobile_phone == adult.mobile_phone)
    if not ways:
        return None
    query = (
        sa.select(models.Guardian)
        .join(models.Family)
        .where(models.Family.former_number.is_(None), sa.or_(*ways))
    )
    same = _named(db.session.scalars(query), adult)
    return same.family if same else None


def _new_family(row: FamilyRow, run: ImportRun, changes: LineChanges) -> models.Family:
    if row.address is None:
        raise Refused("L’adresse de la famille manque.", "adresse")
    payer = next((adult for adult in row.adults if adult.is_payer), row.adults[0])
    family = new_household(payer.last_name, row.address, former_number=row.number, by=run.by, now=run.now)
    changes.created = True
    changes.done.append(f"famille {family.name}")
    return family


def _note_address(family: models.Family, row: FamilyRow, changes: LineChanges) -> None:
    if row.address is None:
        return
    given = (row.address.street, row.address.postcode, row.address.city)
    if [fold(part) for part in given] != [fold(p) for p in (family.street, family.postcode, family.city)]:
        changes.left.append("adresse")


# -- its adults -------------------------------------------------------------------------


def import_adult(family: models.Family, row: AdultRow, run: ImportRun, changes: LineChanges) -> None:
    """Find or add the adult; a shared e-mail is refused with the name of the one who has it."""
    facts = Adult(**{name: getattr(row, name) for name in Adult.__dataclass_fields__})
    known = adult_of(family, row)
    try:
        if known is None:
            guardians.add_guardian(family, facts, by=run.by, now=run.now)
            changes.done.append(facts.full_name)
            return
        filled, differing = guardians.complete_guardian(known, facts, by=run.by, now=run.now)
    except Refused as refusal:
        column = _COLUMNS.get(refusal.field or "", refusal.field)
        raise Refused(refusal.sentence, f"{row.prefix}_{column}") from None
    changes.done += [f"{what} de {facts.full_name}" for what in filled]
    changes.left += [f"{what} de {facts.full_name}" for what in differing]


def adult_of(family: models.Family, row: AdultRow) -> models.Guardian | None:
    query = sa.select(models.Guardian).filter_by(family_id=family.id)
    return _named(db.session.scalars(query), row)


def _named(rows: Iterable[models.Guardian], adult: AdultRow) -> models.Guardian | None:
    name = fold(f"{adult.first_name} {adult.last_name}")
    return next((row for row in rows if fold(row.full_name) == name), None)


def _import_payer(family: models.Family, row: FamilyRow, run: ImportRun, changes: LineChanges) -> None:
    """The adult said to pay, else the first; a family that has its payer keeps it."""
    said = next((adult for adult in row.adults if adult.is_payer), None)
    payer = guardians.payer_of(family)
    if payer is not None:
        if said is not None and adult_of(family, said) is not payer:
            changes.left.append("payeur")
        return
    chosen = adult_of(family, said or row.adults[0])
    if chosen is not None:
        guardians.set_payer(family, chosen, by=run.by, now=run.now)


# -- quotient and residence ---------------------------------------------------------------


def _import_quotient(family: models.Family, row: QuotientRow, run: ImportRun, changes: LineChanges) -> None:
    known = sa.select(models.Quotient.value).filter_by(family_id=family.id, effective_on=row.effective_on)
    value = db.session.scalars(known).first()
    if value is not None:
        changes.left += [] if value == row.value else ["quotient"]
        return
    facts = QuotientFacts(
        value=row.value,
        source=row.source,
        effective_on=row.effective_on,
        received_on=row.received_on or paris(run.now).date(),
        document=row.document,
        ends_on=row.ends_on,
    )
    try:
        quotients.set_quotient(family, facts, by=run.by, now=run.now)
    except Refused as refusal:
        column = "quotient_fin" if refusal.field == "ends_on" else "quotient"
        raise Refused(refusal.sentence, column) from None
    changes.done.append("quotient")


def _import_residence(family: models.Family, row: FamilyRow, run: ImportRun, changes: LineChanges) -> None:
    """As the line says; where it says nothing, whoever has an address in the commune lives there."""
    lives_here = fold(family.city) == fold(run.town.commune.name)
    resident = lives_here if row.resident is None else row.resident
    known = sa.select(models.Residence.resident).filter_by(family_id=family.id)
    latest = db.session.scalars(known.order_by(models.Residence.first_day.desc())).first()
    if latest is not None:
        changes.left += ["statut d’habitant"] if row.resident not in (None, latest) else []
        return
    usual = "Adresse dans la commune" if resident else "Adresse hors de la commune"
    quotients.set_residence(
        family,
        resident,
        row.residence_reason or usual,
        first_day=row.since or run.town.since,
        by=run.by,
        now=run.now,
    )
