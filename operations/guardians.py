"""Adults: who belongs to a family, who pays, and what each may do for each child."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from rules.emails import parse_email
from rules.phones import parse_phone
from rules.refusals import Refused
from rules.vocabulary import Civility, Relation
from rules.wording import long_date

PHONES = ("mobile_phone", "home_phone", "work_phone")
CONTACT_LABELS = {
    "birth_name": "nom de naissance",
    "email": "courriel",
    "mobile_phone": "portable",
    "home_phone": "téléphone",
    "work_phone": "téléphone au travail",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Adult:
    """Who an adult is and how to reach them, as typed; `checked` gives it as it is kept."""

    civility: Civility
    last_name: str
    first_name: str
    birth_name: str | None = None
    email: str | None = None
    mobile_phone: str | None = None
    home_phone: str | None = None
    work_phone: str | None = None

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What an adult may do for a child."""

    relation: Relation
    has_authority: bool = True
    can_book: bool = True
    sees_invoices: bool = True
    may_collect: bool = True
    is_mailed: bool = True
    judgment: str = ""


def checked(adult: Adult) -> Adult:
    """The adult as kept: names trimmed, e-mail in lower case, telephones in one form. Refused in French."""
    last_name, first_name = adult.last_name.strip(), adult.first_name.strip()
    if not last_name:
        raise Refused("Indiquez le nom de l’adulte.", "last_name")
    if not first_name:
        raise Refused("Indiquez le prénom de l’adulte.", "first_name")
    return replace(
        adult,
        last_name=last_name,
        first_name=first_name,
        birth_name=(adult.birth_name or "").strip() or None,
        email=parse_email(adult.email, "email"),
        mobile_phone=parse_phone(adult.mobile_phone, "mobile_phone"),
        home_phone=parse_phone(adult.home_phone, "home_phone"),
        work_phone=parse_phone(adult.work_phone, "work_phone"),
    )


def refuse_taken_email(email: str | None, *, of: models.Guardian | None = None) -> None:
    """Two adults never share an e-mail: refused with the name of the one who has it."""
    if email is None:
        return
    query = sa.select(models.Guardian).where(models.Guardian.email == email)
    owner = db.session.scalars(query).first()
    if owner is not None and owner is not of:
        raise Refused(shared_email(email, owner.full_name), "email")


def shared_email(email: str, owner: str) -> str:
    return f"L’adresse {email} est déjà celle de {owner} : chaque parent a la sienne."


# -- the family's adults ---------------------------------------------------------------


def add_guardian(
    family: models.Family, adult: Adult, *, is_payer: bool = False, by: Actor, now: datetime
) -> models.Guardian:
    """Add an adult to a family. Refused for a shared e-mail, a bad telephone, or a second payer."""
    facts = checked(adult)
    refuse_taken_email(facts.email)
    if is_payer and (payer := payer_of(family)) is not None:
        raise Refused(f"{payer.full_name} est déjà le payeur de cette famille.", "is_payer")
    row = models.Guardian(family=family, is_payer=is_payer, created_at=now, **asdict(facts))
    db.session.add(row)
    db.session.flush()
    history.record(row, "Adulte ajouté", by=by, now=now, after=_written(facts), family_id=family.id)
    return row


def complete_guardian(
    row: models.Guardian, facts: Adult, *, by: Actor, now: datetime
) -> tuple[list[str], list[str]]:
    """Fill what was unknown of an adult; what is known stays.

    Returns the names of what was filled, and of what differs and was left. Refused for a shared e-mail.
    """
    given = {
        name: value for name, value in asdict(checked(facts)).items() if name in CONTACT_LABELS and value
    }
    known = {name: getattr(row, name) for name in given}
    missing = {name: value for name, value in given.items() if known[name] is None}
    if "email" in missing:
        refuse_taken_email(missing["email"], of=row)
    for name, value in missing.items():
        setattr(row, name, value)
    if missing:
        db.session.flush()
        after = {CONTACT_LABELS[name]: value for name, value in missing.items()}
        history.record(row, "Coordonnées complétées", by=by, now=now, after=after, family_id=row.family_id)
    differing = [name for name in given if known[name] is not None and known[name] != given[name]]
    return [CONTACT_LABELS[name] for name in missing], [CONTACT_LABELS[name] for name in differing]


def payer_of(family: models.Family) -> models.Guardian | None:
    query = sa.select(models.Guardian).filter_by(family_id=family.id, is_payer=True)
    return db.session.scalars(query).first()


def set_payer(family: models.Family, guardian: models.Guardian, *, by: Actor, now: datetime) -> None:
    """Make this adult the family's one payer from the next invoice on; those issued keep theirs."""
    if guardian.family_id != family.id:
        raise Refused(f"{guardian.full_name} n’est pas un adulte de cette famille.", "guardian")
    former = payer_of(family)
    if former is guardian:
        return
    if former is not None:
        former.is_payer = False
        db.session.flush()
    guardian.is_payer = True
    db.session.flush()
    history.record(
        family,
        "Payeur désigné",
        by=by,
        now=now,
        before={"payeur": former.full_name if former else None},
        after={"payeur": guardian.full_name},
        family_id=family.id,
    )


def _written(facts: Adult) -> dict[str, object]:
    return {
        "nom": facts.full_name,
        "courriel": facts.email,
        "téléphones": [getattr(facts, name) for name in PHONES if getattr(facts, name)],
    }


# -- guardianships ---------------------------------------------------------------------


def give_guardianship(
    guardian: models.Guardian,
    child: models.Child,
    rights: Rights,
    *,
    first_day: date,
    last_day: date | None = None,
    call_order: int | None = None,
    by: Actor,
    now: datetime,
) -> models.Guardianship:
    """Open a child to an adult from a day on; this alone opens a child to anybody.

    Refused when the adult already has one over these days. Without `call_order` the adult is
    called after those already known.
    """
    if last_day is not None and last_day < first_day:
        raise Refused("La fin ne peut pas précéder le début.", "last_day")
    known = _guardianships(child)
    for row in known:
        if row.guardian_id == guardian.id and _overlaps(row, first_day, last_day):
            since = long_date(row.first_day)
            who = f"{guardian.full_name} est déjà responsable de {child.first_name}"
            raise Refused(f"{who} depuis le {since}.", "first_day")
    row = models.Guardianship(
        guardian=guardian,
        child=child,
        first_day=first_day,
        last_day=last_day,
        call_order=call_order or max((row.call_order for row in known), default=0) + 1,
        **asdict(rights),
    )
    db.session.add(row)
    db.session.flush()
    history.record(
        row,
        "Responsabilité donnée",
        by=by,
        now=now,
        after=asdict(rights) | {"depuis": first_day},
        family_id=guardian.family_id,
    )
    return row


def end_guardianship(row: models.Guardianship, last_day: date, *, by: Actor, now: datetime) -> None:
    """The adult's last day for this child: pages, mails and the pick-up list close with it, at once."""
    if last_day < row.first_day:
        began = long_date(row.first_day)
        sentence = f"Cette responsabilité a commencé le {began} : elle ne peut pas finir avant."
        raise Refused(sentence, "last_day")
    before = row.last_day
    if before == last_day:
        return
    row.last_day = last_day
    db.session.flush()
    history.record(
        row,
        "Responsabilité terminée",
        by=by,
        now=now,
        before={"jusqu’au": before},
        after={"jusqu’au": last_day},
        family_id=row.guardian.family_id,
    )


def _guardianships(child: models.Child) -> list[models.Guardianship]:
    return list(db.session.scalars(sa.select(models.Guardianship).filter_by(child_id=child.id)))


def _overlaps(row: models.Guardianship, first: date, last: date | None) -> bool:
    begins_before_end = last is None or row.first_day <= last
    return begins_before_end and (row.last_day is None or row.last_day >= first)
