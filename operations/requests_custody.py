"""What a judgment or an agreement says of a child's days: told by a parent, set by the service alone.

The judgment is read by the service and by whoever deposited it, never by the other parent. Accepting
changes nothing by itself: the agent sets the custody from the démarche, on its own screen, and the row
keeps its number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

import models
from extensions import db
from operations import history
from operations.actors import Actor
from operations.request_kind import Field, Filing, Kind, day, read_day
from rules.custody_vocabulary import CustodyWish
from rules.documents import DocumentKind
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind
from rules.requests import LONGEST_MESSAGE
from rules.vocabulary import CustodyKind
from rules.wording import weekday_name

NOT_SET = "Enregistrez d’abord la garde depuis cette démarche : c’est elle qui change les jours de l’enfant."


def wish_of(custody: models.Custody, family_id: int) -> CustodyWish:
    """A custody as one of its households would say it."""
    is_first = custody.family_id == family_id
    if custody.kind is CustodyKind.SINGLE:
        return CustodyWish.ALL_MINE if is_first else CustodyWish.ALL_THEIRS
    if custody.kind is CustodyKind.PARITY:
        return CustodyWish.EVEN if is_first else CustodyWish.ODD
    return CustodyWish.FORTNIGHT


def latest_custody(child_id: int) -> models.Custody | None:
    """The custody that the child's days follow, once the changes already known have come."""
    query = sa.select(models.Custody).filter_by(child_id=child_id).order_by(models.Custody.first_day.desc())
    return db.session.scalars(query).first()


def facts_asked(request: models.Request) -> dict[str, Any]:
    """What the form of a custody starts from: the parent's words, to be read against the judgment.

    The other household is the one of the latest custody that names it, when there is one.
    """
    asked, custody = request.asked, latest_custody(request.child_id or 0)
    mine = request.family
    both = [] if custody is None else [custody.family, custody.other_family]
    other = next((each for each in both if each is not None and each.id != mine.id), None)
    wish, since = asked.get("wish"), date.fromisoformat(asked["since"])
    found: dict[str, Any] = {"first_day": since, "judgment": f"Démarche {request.number}"}
    if wish in (CustodyWish.ALL_MINE, CustodyWish.ALL_THEIRS):
        family = mine if wish == CustodyWish.ALL_MINE else other
        return found | {"kind": CustodyKind.SINGLE, "family": family}
    if wish in (CustodyWish.EVEN, CustodyWish.ODD):
        pair = (mine, other) if wish == CustodyWish.EVEN else (other, mine)
        return found | {"kind": CustodyKind.PARITY, "family": pair[0], "other_family": pair[1]}
    if wish == CustodyWish.FORTNIGHT:
        changeover = int(asked.get("changeover") or 1)
        found |= {"kind": CustodyKind.FORTNIGHT, "anchor_day": since, "changeover_weekday": changeover}
    return found | {"family": mine, "other_family": other}


def _current(filing: Filing) -> Mapping[str, Any]:
    custody = None if filing.child is None else latest_custody(filing.child.id)
    return {} if custody is None else {"wish": wish_of(custody, filing.guardian.family_id).value}


def _check(filing: Filing) -> None:
    asked = filing.asked
    if filing.child is None:
        raise Refused("Choisissez l’enfant.", "child")
    if asked.get("wish") not in set(CustodyWish):
        raise Refused("Dites comment les jours se partagent.", "wish")
    try:
        date.fromisoformat(str(asked.get("since") or ""))
    except ValueError:
        raise Refused("Donnez le jour à partir duquel ce partage s’applique.", "since") from None
    details = str(asked.get("details") or "")
    if asked["wish"] == CustodyWish.OTHER and not details.strip():
        raise Refused("Décrivez le partage tel que le jugement ou l’accord le dit.", "details")
    if len(details) > LONGEST_MESSAGE:
        raise Refused(f"{LONGEST_MESSAGE} caractères au plus.", "details")


def _apply(request: models.Request, *, by: Actor, now: datetime) -> None:
    """Refused until the custody is set from this démarche; then the child's history names it."""
    known = sa.select(models.Custody).filter_by(request_id=request.id)
    custody = db.session.scalars(known).first()
    if custody is None:
        raise Refused(NOT_SET)
    history.record(
        custody.child,
        "Garde fixée d’après une démarche",
        by=by,
        now=now,
        after={"démarche": request.number, "depuis": custody.first_day},
        family_id=request.family_id,
    )


def _wish(value: Any) -> str:
    return next((each.label for each in CustodyWish if each == value), "")


def _weekday(value: Any) -> str:
    return weekday_name(int(value)).capitalize() if value else ""


KIND = Kind(
    kind=RequestKind.CUSTODY,
    slug="garde",
    fields=(
        Field(
            name="wish",
            label="Jours de l’enfant",
            show=_wish,
            choices=lambda: [(each.value, each.label) for each in CustodyWish],
        ),
        Field(name="since", label="À partir du", show=day, read=read_day, widget="date"),
        Field(name="changeover", label="Changement de semaine le", show=_weekday, corrected=False),
        Field(name="details", label="Ce que dit le jugement", widget="long", corrected=False),
    ),
    current=_current,
    check=_check,
    apply=_apply,
    wanted=frozenset({DocumentKind.JUDGMENT}),
    reasons=(
        "Le jugement ou l’accord joint ne dit pas ce partage.",
        "Il manque l’accord signé des deux parents, ou la décision du juge.",
    ),
)
