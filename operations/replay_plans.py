"""The other configuration of a replay: that of a commune's file, or the tariffs already prepared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

import models
from extensions import db
from operations.commune_columns import Ids
from operations.configuration import Configuration, configuration
from rules.commune_file import Reglement
from rules.fees import Fee
from rules.folding import fold
from rules.refusals import Refused
from rules.tariff_grid import TariffVersion

NAMED = {"activité": models.Activity, "école": models.School, "service": models.Service}


@dataclass(frozen=True, slots=True)
class Plan:
    """A configuration to try, what it is called, and the activities that it says nothing of."""

    name: str
    rules: Configuration
    kept: tuple[str, ...] = ()


def prepared(first: date) -> Plan:
    """The last tariffs entered for each activity, as if they had been in force since `first`."""
    rules = configuration()
    tariffs = {activity_id: _throughout(found, first) for activity_id, found in rules.tariffs.items()}
    return Plan(
        "les derniers tarifs préparés", replace(rules, tariffs=tariffs, fees=_kept(rules.fees, first))
    )


def of_file(reglement: Reglement, name: str, first: date) -> Plan:
    """The prices of a file (tariffs, fees, which quotient counts), as if in force since `first`.

    Of several dated tariffs of one activity the last counts. An activity of the database that the file
    does not name keeps its own. Refused when the file prices nothing that the database knows, or asks for
    a school that it does not know.
    """
    rules, ids = configuration(), _ids(reglement)
    known = ids.of.get("activité", {})
    tried = {
        known[reglement.number(activity)]: _throughout(
            [_translated(ids, version) for version in reglement.tariffs_of(activity)], first
        )
        for activity in reglement.activities
        if reglement.number(activity) in known and reglement.tariffs_of(activity)
    }
    if not tried:
        raise Refused("Ce fichier ne donne de prix à aucune activité de la base : leurs noms diffèrent.")
    fees = _kept([_translated(ids, fee) for fee in reglement.fees], first)
    kept = tuple(a.name for a in rules.activities.values() if a.id in rules.tariffs and a.id not in tried)
    other = replace(rules, tariffs={**rules.tariffs, **tried}, fees=fees, quotient_policy=reglement.quotient)
    return Plan(name, other, kept)


def _ids(reglement: Reglement) -> Ids:
    """The numbers of the file beside those of the database, by name; what is only in one is left out."""
    ids = Ids()
    for what, table in NAMED.items():
        rows: Mapping[str, int] = {fold(name): row_id for name, row_id in _names(table)}
        for name in reglement.names.known(what):
            number = reglement.names.number(what, name)
            if number is not None and fold(name) in rows:
                ids.put(what, number, rows[fold(name)])
    return ids


def _names(table: type[Any]) -> Iterable[tuple[str, int]]:
    return [(name, row_id) for name, row_id in db.session.execute(sa.select(table.name, table.id))]


def _translated(ids: Ids, piece: Any) -> Any:
    try:
        return ids.version(piece) if isinstance(piece, TariffVersion) else ids.translated(piece)
    except KeyError as missing:
        raise Refused(
            f"« {piece.name} » parle d’une école, d’une activité ou d’un service que la base ne connaît pas."
        ) from missing


def _throughout(versions: Iterable[TariffVersion], first: date) -> tuple[TariffVersion, ...]:
    latest = max(versions, key=lambda version: version.first)
    return (replace(latest, first=min(latest.first, first), last=None),)


def _kept(fees: Iterable[Fee], first: date) -> tuple[Fee, ...]:
    """The fees that go on: they count over the whole period."""
    return tuple(replace(fee, first=min(fee.first, first)) for fee in fees if fee.last is None)
