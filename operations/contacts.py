"""Contacts: whom else to call for a child, and who else may collect it, as one household says.

A person given for several children is one row per child: each child has its own order of call.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from rules.folding import fold
from rules.phones import parse_phone
from rules.refusals import Refused

MOST = 20  # for one child and one household: beyond, nobody reads the list


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who a contact is, as typed; `checked` gives it as it is kept."""

    last_name: str
    first_name: str
    phone: str
    relation: str = ""
    may_collect: bool = False

    def checked(self) -> dict[str, Any]:
        """Refused without a name and a telephone: whoever collects a child is asked who they are."""
        kept = {name: value.strip() if isinstance(value, str) else value for name, value in self._all()}
        if not kept["last_name"]:
            raise Refused("Indiquez le nom de cette personne.", "last_name")
        if not kept["first_name"]:
            raise Refused("Indiquez le prénom de cette personne.", "first_name")
        kept["phone"] = parse_phone(self.phone, "phone")
        if kept["phone"] is None:
            raise Refused("Indiquez le numéro où joindre cette personne.", "phone")
        return kept

    def _all(self) -> Collection[tuple[str, Any]]:
        return asdict(self).items()


def same_person(row: models.Contact, others: Collection[models.Contact]) -> list[models.Contact]:
    """The rows among these that are the same person, given by the same household."""
    return [each for each in others if _identity(each) == _identity(row)]


def set_person(
    person: Person,
    children: Collection[models.Child],
    *,
    of: models.Family,
    known: Sequence[models.Contact] = (),
    by: Actor,
    now: datetime,
) -> None:
    """Make this person a contact of these children and of no other, as this household says.

    `known`: the rows that were this person until now. Someone already given to a child is not given
    twice. Refused without a child, and beyond twenty contacts for one of them.
    """
    kept = person.checked()
    if not children:
        raise Refused("Cochez au moins un enfant.", "children")
    given = _by_child(of, children)
    mine = {row.child_id: row for row in known}
    rows = {child: mine.pop(child.id, None) or _among(given[child.id], kept) for child in children}
    for child, row in rows.items():
        if row is None:
            _refuse_too_many(child, given[child.id])
    for child, row in rows.items():
        if row is None:
            _add(child, of, kept, given[child.id], by, now)
        else:
            _change(row, kept, by, now)
    remove(list(mine.values()), by=by, now=now)


def remove(rows: Collection[models.Contact], *, by: Actor, now: datetime) -> None:
    """These are contacts no longer: from now on they may neither be called nor collect the child."""
    for row in rows:
        history.record(
            row, f"Contact retiré ({row.child})", by=by, now=now, before=_said(row), family_id=row.family_id
        )
        db.session.delete(row)
    db.session.flush()


def move(ordered: Sequence[Any], row: Any, step: int, *, family_id: int, by: Actor, now: datetime) -> None:
    """Call somebody sooner (-1) or later (+1) among those of one household, given in their order.

    Contacts or guardianships of one child. At either end nothing moves.
    """
    ranked = list(ordered)
    place = ranked.index(row)
    if not 0 <= place + step < len(ranked):
        return
    ranks = sorted(each.call_order for each in ranked)
    ranked[place], ranked[place + step] = ranked[place + step], ranked[place]
    if len(set(ranks)) < len(ranks):
        ranks = list(range(1, len(ranked) + 1))
    for each, rank in zip(ranked, ranks, strict=True):
        each.call_order = rank
    db.session.flush()
    order = [str(getattr(each, "guardian", each)) for each in ranked]
    history.record(
        row.child, "Ordre d’appel changé", by=by, now=now, after={"ordre": order}, family_id=family_id
    )


def _by_child(
    family: models.Family, children: Collection[models.Child]
) -> Mapping[int, Sequence[models.Contact]]:
    """The contacts that this household gives for each of these children; one query."""
    row = models.Contact
    found: dict[int, list[models.Contact]] = {child.id: [] for child in children}
    query = sa.select(row).where(row.family_id == family.id, row.child_id.in_(found))
    for each in db.session.scalars(query.order_by(row.id)):
        found[each.child_id].append(each)
    return found


def _identity(row: models.Contact) -> tuple[str, str, str, int]:
    return fold(row.last_name), fold(row.first_name), row.phone, row.family_id


def _among(rows: Sequence[models.Contact], kept: dict[str, Any]) -> models.Contact | None:
    """The one of these that is this person already."""
    who = fold(kept["last_name"]), fold(kept["first_name"]), kept["phone"]
    return next((row for row in rows if _identity(row)[:3] == who), None)


def _refuse_too_many(child: models.Child, rows: Sequence[models.Contact]) -> None:
    if len(rows) >= MOST:
        sentence = f"{child.first_name} a déjà {MOST} contacts : retirez-en un pour en ajouter un autre."
        raise Refused(sentence, "children")


def _add(
    child: models.Child,
    family: models.Family,
    kept: dict[str, Any],
    others: Sequence[models.Contact],
    by: Actor,
    now: datetime,
) -> None:
    last = max((row.call_order for row in others), default=0)
    row = models.Contact(child=child, family=family, call_order=last + 1, **kept)
    db.session.add(row)
    db.session.flush()
    history.record(row, f"Contact ajouté ({child})", by=by, now=now, after=_said(row), family_id=family.id)


def _change(row: models.Contact, kept: dict[str, Any], by: Actor, now: datetime) -> None:
    before = _said(row)
    for name, value in kept.items():
        setattr(row, name, value)
    after = _said(row)
    if before == after:
        return
    db.session.flush()
    verb = f"Contact modifié ({row.child})"
    history.record(row, verb, by=by, now=now, before=before, after=after, family_id=row.family_id)


def _said(row: models.Contact) -> dict[str, Any]:
    return {
        "nom": row.full_name,
        "lien": row.relation,
        "téléphone": row.phone,
        "peut venir chercher": row.may_collect,
    }
