"""A change in an adult's own situation: separation, new union, work, name.

Accepted, it changes what is data of that adult. Custody, households and who pays are decided on their own
screens, where a separation leads the agent: nothing of a child moves by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import models
from extensions import db
from operations import history
from operations.actors import Actor
from operations.request_kind import Field, Filing, Kind, Line, day
from rules.family_vocabulary import MaritalStatus, SituationChange
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind
from rules.requests import LONGEST_MESSAGE

LENGTHS = {"last_name": 80, "occupation": 80, "employer": 120, "details": LONGEST_MESSAGE}
MOVES_THE_HOUSEHOLD = (SituationChange.SEPARATION, SituationChange.UNION)
LABELS = {
    "marital_status": "Situation de famille",
    "last_name": "Nom",
    "occupation": "Profession",
    "employer": "Employeur",
}


def changed(filing: Filing) -> dict[str, Any]:
    """The data that would change: what is asked, and is not already so."""
    asked = {name: filing.asked.get(name) or "" for name in LABELS if name in filing.asked}
    return {name: value for name, value in asked.items() if value != (filing.before.get(name) or "")}


def _current(filing: Filing) -> Mapping[str, Any]:
    return {name: getattr(filing.guardian, name) or "" for name in LABELS}


def _show(name: str, value: Any) -> str:
    return _status(value) if name == "marital_status" else str(value or "")


def _status(value: Any) -> str:
    return dict(_options(MaritalStatus)).get(str(value or ""), "")


def _about(value: Any) -> str:
    return dict(_options(SituationChange)).get(str(value or ""), "")


def _lines(filing: Filing) -> Sequence[Line]:
    new = changed(filing)
    return [
        Line("Ce qui change", "", _about(filing.asked.get("about"))),
        Line("Depuis le", "", day(filing.asked.get("since"))),
        *(
            Line(label, _show(name, filing.before.get(name)), _show(name, new[name]))
            for name, label in LABELS.items()
            if name in new
        ),
        *([Line("Précisions", "", filing.asked["details"])] if filing.asked.get("details") else []),
    ]


def _check(filing: Filing) -> None:
    asked = filing.asked
    if asked.get("about") not in set(SituationChange):
        raise Refused("Dites ce qui change.", "about")
    if asked.get("marital_status") and asked["marital_status"] not in set(MaritalStatus):
        raise Refused("Choisissez la situation de famille dans la liste.", "marital_status")
    for name, longest in LENGTHS.items():
        if len(str(asked.get(name) or "")) > longest:
            raise Refused(f"{longest} caractères au plus.", name)
    _check_since(asked.get("since"))
    _check_something(filing)


def _check_since(value: Any) -> None:
    try:
        date.fromisoformat(str(value or ""))
    except ValueError:
        raise Refused("Donnez la date de ce changement.", "since") from None


def _check_something(filing: Filing) -> None:
    new, about = changed(filing), filing.asked["about"]
    if "last_name" in new and not new["last_name"]:
        raise Refused("Indiquez le nom.", "last_name")
    if about == SituationChange.NAME and "last_name" not in new:
        raise Refused("Indiquez le nouveau nom.", "last_name")
    if about == SituationChange.WORK and not new.keys() & {"occupation", "employer"}:
        raise Refused("Indiquez la nouvelle profession ou le nouvel employeur.", "occupation")
    if about == SituationChange.OTHER and not new and not filing.asked.get("details"):
        raise Refused("Dites en quelques mots ce qui change.", "details")


def _notices(filing: Filing) -> Sequence[str]:
    """What acceptance does not do by itself, and who lives there otherwise."""
    if filing.asked.get("about") not in MOVES_THE_HOUSEHOLD:
        return ()
    return (
        "Accepter ne change que la situation de cet adulte : le foyer, la garde, l’adresse, le quotient et "
        "le payeur se décident sur leurs écrans, ci-dessous.",
    )


def _apply(request: models.Request, *, by: Actor, now: datetime) -> None:
    """Only what differed when it was asked is written: what staff corrected since stays."""
    guardian = request.guardian
    filing = Filing(
        guardian=guardian, child=None, invoice_line=None, asked=request.asked, before=request.before
    )
    new = changed(filing)
    if not new:
        return
    before = {name: getattr(guardian, name) for name in new}
    for name, value in new.items():
        setattr(guardian, name, _kept(name, value))
    if guardian.account is not None:
        guardian.account.display_name = guardian.full_name[:120]
    db.session.flush()
    history.record(
        guardian,
        "Situation changée",
        by=by,
        now=now,
        before={LABELS[name]: _show(name, value) for name, value in before.items()},
        after={LABELS[name]: _show(name, value) for name, value in new.items()},
        family_id=guardian.family_id,
        reason=f"Démarche {request.number}",
    )


def _kept(name: str, value: str) -> Any:
    if name == "marital_status":
        return next((each for each in MaritalStatus if each == value), None)
    return value


def _options(members: type[MaritalStatus] | type[SituationChange]) -> list[tuple[str, str]]:
    return [(each.value, each.label) for each in members]


KIND = Kind(
    kind=RequestKind.SITUATION,
    slug="situation",
    fields=(
        Field(name="about", label="Ce qui change", show=_about, choices=lambda: _options(SituationChange)),
        Field(name="since", label="Depuis le", show=day, widget="date"),
        Field(
            name="marital_status",
            label="Situation de famille",
            show=_status,
            choices=lambda: [("", "Non renseignée"), *_options(MaritalStatus)],
        ),
        Field(name="last_name", label="Nom"),
        Field(name="occupation", label="Profession"),
        Field(name="employer", label="Employeur"),
        Field(name="details", label="Précisions", widget="long", corrected=False),
    ),
    lines=_lines,
    current=_current,
    check=_check,
    notices=_notices,
    apply=_apply,
    reasons=(
        "Le document joint ne permet pas de faire ce changement.",
        "Ce changement concerne l’autre adulte : il le déclare depuis son propre espace.",
    ),
    several=True,
)
