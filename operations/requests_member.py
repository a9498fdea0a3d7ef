"""A new member of the household: a child or an adult, created when the town hall accepts.

A child comes with whoever declares it as responsible, and another adult of the household when named;
all its days are the household's until a custody says otherwise. An adult is responsible of nobody unless
it says so: living in the same home opens no child.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

import models
from extensions import db
from operations.actors import Actor
from operations.families import NewChild, add_child
from operations.guardians import Adult, Rights, add_guardian, checked, give_guardianship, refuse_taken_email
from operations.request_kind import Field, Filing, Kind, Line, as_text, day, read_day
from rules.documents import DocumentKind
from rules.folding import fold
from rules.instants import paris
from rules.labelled import member_of
from rules.money import NBSP
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind
from rules.vocabulary import Civility, Level, Relation
from rules.wording import enumerate_words

CHILD, ADULT = "child", "adult"
WHO = {CHILD: "Un enfant", ADULT: "Un adulte"}
LONGEST_NAME = 80
TAKEN = "Cette adresse est déjà celle d’un autre adulte : chacun a la sienne. Donnez-en une autre."


def _label(members: type[Relation] | type[Civility] | type[Level]) -> Any:
    named = {each.value: each.label for each in members}
    return lambda value: named.get(value or "", "")


def _options(members: type[Relation] | type[Civility] | type[Level]) -> Any:
    return lambda: [(each.value, each.label) for each in members]


def schools() -> list[tuple[str, str]]:
    """The commune's schools, by name."""
    rows = db.session.execute(sa.select(models.School.id, models.School.name).order_by(models.School.name))
    return [(str(key), name) for key, name in rows]


def _classes() -> list[tuple[str, str]]:
    row = models.SchoolClass
    query = sa.select(row).join(models.School).order_by(models.School.name, row.name)
    return [(str(each.id), str(each)) for each in db.session.scalars(query)]


def _named(table: type[Any], keys: Any) -> str:
    """The rows of these keys, by their names."""
    wanted = [int(key) for key in (keys if isinstance(keys, list) else [keys]) if str(key or "").isdecimal()]
    if not wanted:
        return ""
    rows = db.session.scalars(sa.select(table).where(table.id.in_(wanted)).order_by(table.id)).all()
    return enumerate_words([str(each) for each in rows]) if rows else ""


def _of_child(asked: Mapping[str, Any]) -> bool:
    return asked.get("who") == CHILD


def _of_adult(asked: Mapping[str, Any]) -> bool:
    return asked.get("who") == ADULT


def _of_other(asked: Mapping[str, Any]) -> bool:
    return bool(asked.get("other_id"))


FIELDS = (
    Field(name="who", label="Qui", show=lambda v: WHO.get(v, ""), choices=lambda: list(WHO.items())),
    Field(
        name="civility",
        label="Civilité (adulte)",
        show=_label(Civility),
        choices=_options(Civility),
        matters=_of_adult,
    ),
    Field(name="last_name", label="Nom"),
    Field(name="first_name", label="Prénom"),
    Field(
        name="birth_date",
        label="Date de naissance (enfant)",
        show=day,
        read=read_day,
        widget="date",
        matters=_of_child,
    ),
    Field(name="relation", label="Lien avec l’enfant", show=_label(Relation), choices=_options(Relation)),
    Field(
        name="school_id",
        label="École souhaitée",
        show=lambda v: _named(models.School, v),
        choices=schools,
        matters=_of_child,
    ),
    Field(name="level", label="Niveau", show=_label(Level), choices=_options(Level), matters=_of_child),
    Field(
        name="class_id",
        label="Classe",
        show=lambda v: _named(models.SchoolClass, v),
        choices=_classes,
        counter=False,
        to_decide=True,
        matters=_of_child,
    ),
    Field(
        name="other_id",
        label="Autre responsable",
        show=lambda v: _named(models.Guardian, v),
        corrected=False,
        counter=False,
    ),
    Field(
        name="other_relation",
        label="Son lien avec l’enfant",
        show=_label(Relation),
        choices=_options(Relation),
        counter=False,
        matters=_of_other,
    ),
    Field(name="email", label="Courriel (adulte)", matters=_of_adult),
    Field(name="mobile_phone", label="Téléphone portable (adulte)", matters=_of_adult),
    Field(
        name="child_ids",
        label="Responsable de",
        show=lambda v: _named(models.Child, v or []),
        corrected=False,
        counter=False,
    ),
)
_SHORT = re.compile(r" \((?:adulte|enfant)\)$")


def _lines(filing: Filing) -> Sequence[Line]:
    asked = filing.asked
    relation = "Lien" if _of_adult(asked) else "Votre lien avec l’enfant"
    return [
        Line(relation if f.name == "relation" else _SHORT.sub("", f.label), "", said)
        for f in FIELDS
        if (said := f.show(asked.get(f.name)))
    ]


# -- what makes sense ---------------------------------------------------------------------


def _check(filing: Filing) -> None:
    asked = filing.asked
    for name, missing in (("last_name", "Indiquez le nom."), ("first_name", "Indiquez le prénom.")):
        said = as_text(asked.get(name)).strip()
        if not said:
            raise Refused(missing, name)
        if len(said) > LONGEST_NAME:
            raise Refused(f"{LONGEST_NAME} caractères au plus.", name)
    if asked.get("who") == CHILD:
        _check_child(filing)
    elif asked.get("who") == ADULT:
        _check_adult(filing)
    else:
        raise Refused("Dites s’il s’agit d’un enfant ou d’un adulte.", "who")


def _check_child(filing: Filing) -> None:
    asked = filing.asked
    _one_of(Relation, asked.get("relation"), "relation", "Dites votre lien avec l’enfant.")
    if not asked.get("birth_date"):
        raise Refused("Donnez la date de naissance de l’enfant.", "birth_date")
    if asked.get("other_id"):
        _check_other(filing)
    known = next((row for row in _namesakes(filing) if _lives_with(row, filing.guardian)), None)
    if known is not None:
        raise Refused(f"{known} est déjà dans votre famille.", "first_name")


def _check_other(filing: Filing) -> None:
    other = db.session.get(models.Guardian, int(filing.asked["other_id"]))
    if other is None or other.family_id != filing.guardian.family_id or other is filing.guardian:
        raise Refused("Choisissez un autre adulte de votre famille.", "other_id")
    _one_of(Relation, filing.asked.get("other_relation"), "other_relation", "Dites son lien avec l’enfant.")


def _check_adult(filing: Filing) -> None:
    asked = filing.asked
    _one_of(Civility, asked.get("civility"), "civility", "Choisissez la civilité.")
    adult = checked(_adult(asked))
    _refuse_taken_email(adult.email)
    same = [row for row in filing.guardian.family.guardians if fold(row.full_name) == fold(adult.full_name)]
    if same:
        raise Refused(f"{same[0].full_name} est déjà dans votre famille.", "first_name")
    if asked.get("child_ids"):
        _one_of(Relation, asked.get("relation"), "relation", "Dites son lien avec les enfants.")
        if not set(asked["child_ids"]) <= {row.child_id for row in filing.guardian.guardianships}:
            raise Refused("Choisissez parmi les enfants dont vous êtes responsable.", "child_ids")


def _refuse_taken_email(email: str | None) -> None:
    """Whose it is stays unsaid: a parent is not told who else has an account here."""
    try:
        refuse_taken_email(email)
    except Refused:
        raise Refused(TAKEN, "email") from None


def _one_of(members: Any, value: Any, name: str, missing: str) -> None:
    if value not in set(members):
        raise Refused(missing, name)


def _namesakes(filing: Filing) -> list[models.Child]:
    """The children of that name born that day, anywhere in the commune."""
    asked, child = filing.asked, models.Child
    born = sa.select(child).where(child.birth_date == date.fromisoformat(asked["birth_date"]))
    wanted = fold(f"{asked['first_name']} {asked['last_name']}")
    return [row for row in db.session.scalars(born.order_by(child.id)) if fold(row.full_name) == wanted]


def _lives_with(child: models.Child, guardian: models.Guardian) -> bool:
    return any(guardian.family_id in (row.family_id, row.other_family_id) for row in child.custodies)


def _notices(filing: Filing) -> list[str]:
    """A child whom another household has declared already: a second one would be a doublet."""
    if filing.asked.get("who") != CHILD or not filing.asked.get("birth_date"):
        return []
    return [
        f"{row}, né(e) le même jour, existe déjà{NBSP}: accepter en ferait un doublon. Rattachez plutôt "
        "l’adulte à cet enfant, sur sa fiche, et refusez cette démarche en disant que c’est fait."
        for row in _namesakes(filing)
    ]


# -- what acceptance does ------------------------------------------------------------------


def _apply(request: models.Request, *, by: Actor, now: datetime) -> None:
    if request.asked["who"] == CHILD:
        request.child = _new_child(request, by, now)
    else:
        _new_adult(request, by, now)


def _new_child(request: models.Request, by: Actor, now: datetime) -> models.Child:
    asked, today = request.asked, paris(now).date()
    class_id = int(asked["class_id"]) if asked.get("class_id") else None
    facts = NewChild(
        last_name=asked["last_name"],
        first_name=asked["first_name"],
        birth_date=date.fromisoformat(asked["birth_date"]),
        class_id=class_id,
        level=member_of(Level, asked["level"]) if asked.get("level") and class_id else None,
    )
    responsible = {request.guardian: Rights(relation=member_of(Relation, asked["relation"]))}
    if asked.get("other_id"):
        other = db.session.get_one(models.Guardian, int(asked["other_id"]))
        responsible[other] = Rights(relation=member_of(Relation, asked["other_relation"]))
    return add_child(request.family, facts, responsible, first_day=today, by=by, now=now)


def _new_adult(request: models.Request, by: Actor, now: datetime) -> None:
    asked, today = request.asked, paris(now).date()
    adult = add_guardian(request.family, _adult(asked), by=by, now=now)
    for key in asked.get("child_ids") or ():
        child = db.session.get_one(models.Child, int(key))
        rights = Rights(relation=member_of(Relation, asked["relation"]))
        give_guardianship(adult, child, rights, first_day=today, by=by, now=now)


def _adult(asked: Mapping[str, Any]) -> Adult:
    return Adult(
        civility=member_of(Civility, asked["civility"]),
        last_name=asked["last_name"],
        first_name=asked["first_name"],
        email=asked.get("email") or None,
        mobile_phone=asked.get("mobile_phone") or None,
    )


KIND = Kind(
    kind=RequestKind.NEW_MEMBER,
    slug="nouveau-membre",
    fields=FIELDS,
    lines=_lines,
    check=_check,
    apply=_apply,
    notices=_notices,
    wanted=frozenset({DocumentKind.FAMILY_BOOK}),
    reasons=(
        "Le livret de famille ne mentionne pas cette personne.",
        "Cette personne figure déjà dans nos fichiers : nous l’avons rattachée à votre famille.",
        "La demande doit venir d’un responsable légal de l’enfant.",
    ),
    several=True,
)
