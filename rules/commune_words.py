"""Words that several sections of a commune's file share: levels, schools, regimes, formulas, periods."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.file_kinds import DAY, SCHOOL, Choice, Plain, Several, choice
from rules.file_nodes import Names, Node, Spot, Text
from rules.file_schema import Field, Values
from rules.folding import fold
from rules.vocabulary import (
    AbsenceReason,
    Eater,
    Formula,
    Level,
    PerWhom,
    PriceUnit,
    ProofKind,
    Regime,
    Situation,
)

NURSERY = (Level.TPS, Level.PS, Level.MS, Level.GS)
ELEMENTARY = (Level.CP, Level.CE1, Level.CE2, Level.CM1, Level.CM2, Level.ULIS)
LEVEL_GROUPS = {"maternelle": NURSERY, "elementaire": ELEMENTARY}
LEVEL = choice(*((level.label, level) for level in Level))


@dataclass(frozen=True, slots=True)
class Levels(Several):
    """`CP, CE1`, `maternelle`, `élémentaire`, `CP à CM2`."""

    def _expand(self, part: Node, spot: Spot) -> Sequence[Level]:
        bounds = re.split(r" à | au ", part.text) if isinstance(part, Text) else []
        if len(bounds) != 2:
            return Several._expand(self, part, spot)
        first, last = (
            LEVEL.read(Text(part.line, re.sub(r"^\s*(du|de la|de) ", "", b)), spot) for b in bounds
        )
        ordered = list(Level)
        span = ordered[ordered.index(first) : ordered.index(last) + 1]
        if not span:
            raise spot.refuse(
                part, f"« {bounds[0]} à {bounds[1]} » va à rebours : le plus petit niveau d’abord."
            )
        return span

    def write(self, value: Any, names: Names) -> Plain:
        left, said = set(value), []
        for word, group in (("maternelle", NURSERY), ("élémentaire", ELEMENTARY)):
            if left >= set(group):
                said.append(word)
                left -= set(group)
        return ", ".join([*said, *(level.label for level in Level if level in left)])


LEVELS_KIND = Levels(LEVEL, groups=LEVEL_GROUPS)
SCHOOLS_KIND = Several(SCHOOL)

REGIME = choice(
    ("régulier", Regime.REGULAR),
    ("occasionnel", Regime.OCCASIONAL),
    ("réguliers", Regime.REGULAR),
    ("occasionnels", Regime.OCCASIONAL),
)
FORMULA = choice(
    ("repas", Formula.MEAL),
    ("formule ordinaire", Formula.MEAL),
    ("panier", Formula.OWN_MEAL),
    ("PAI", Formula.OWN_MEAL),
    ("panier-repas", Formula.OWN_MEAL),
    ("surveillance", Formula.SUPERVISION),
)
EATER = choice(
    ("enfant", Eater.CHILD), ("adulte", Eater.ADULT), ("enfants", Eater.CHILD), ("adultes", Eater.ADULT)
)
PER_WHOM = choice(("enfant", PerWhom.CHILD), ("famille", PerWhom.FAMILY), ("foyer", PerWhom.FAMILY))
UNIT_WORDS = (
    ("repas", PriceUnit.MEAL),
    ("séance", PriceUnit.SESSION),
    ("tranche", PriceUnit.SLICE),
    ("heure", PriceUnit.HOUR),
    ("h", PriceUnit.HOUR),
    ("jour", PriceUnit.DAY),
    ("journée", PriceUnit.DAY),
    ("semaine", PriceUnit.WEEK),
    ("mois", PriceUnit.MONTH),
    ("période", PriceUnit.PERIOD),
    ("trimestre", PriceUnit.TERM),
    ("année", PriceUnit.YEAR),
    ("an", PriceUnit.YEAR),
)


@dataclass(frozen=True, slots=True)
class Units(Choice):
    """`repas`, `séance`…; the minutes of a slice go with the price."""

    def read(self, node: Node, spot: Spot) -> Any:
        if isinstance(node, Text) and re.search(r"demi|quart|minute", fold(node.text)):
            told = node.text.strip()
            raise spot.refuse(
                node, f"« {told} » se dit dans le prix, « 0,50 par {told} » : ici, séance, ou rien."
            )
        return Choice.read(self, node, spot)


UNIT = Units(UNIT_WORDS)
SITUATION = choice(
    ("réservé", Situation.AS_BOOKED),
    ("présent", Situation.ATTENDED),
    ("hors délai", Situation.LATE),
    ("réservé hors délai", Situation.LATE),
    ("sans réservation", Situation.UNBOOKED),
    ("présent sans réservation", Situation.UNBOOKED),
    ("absent", Situation.NO_SHOW),
    ("absence non justifiée", Situation.NO_SHOW),
    ("justifié", Situation.JUSTIFIED),
    ("absence justifiée", Situation.JUSTIFIED),
    ("événement", Situation.EVENT),
    ("pique-nique", Situation.PICNIC),
    ("retard", Situation.LATE_PICKUP),
    ("départ après l’heure", Situation.LATE_PICKUP),
)
SITUATIONS_KIND = Several(SITUATION)
REASON = choice(
    ("maladie", AbsenceReason.SICKNESS),
    ("hospitalisation", AbsenceReason.HOSPITAL),
    ("événement familial", AbsenceReason.FAMILY_EVENT),
    ("enseignant absent", AbsenceReason.TEACHER_ABSENT),
    ("sortie scolaire", AbsenceReason.SCHOOL_OUTING),
    ("autre", AbsenceReason.OTHER),
)
PROOF = choice(
    ("certificat médical", ProofKind.CERTIFICATE),
    ("certificat", ProofKind.CERTIFICATE),
    ("attestation", ProofKind.SWORN),
    ("attestation sur l’honneur", ProofKind.SWORN),
    ("mot des parents", ProofKind.SWORN),
    ("mot de l’école", ProofKind.SCHOOL_SLIP),
    ("autre document", ProofKind.OTHER),
    ("aucun", ProofKind.NONE),
)


# -- from a day to a day -----------------------------------------------------------------

FROM = Field("du", "first", DAY, "Premier jour concerné", also=("à partir du", "depuis"))
TO = Field("au", "last", DAY, "Dernier jour concerné, compris", also=("jusqu’au",))
PERIOD: Sequence[Field] = (FROM, TO)


def first_of(values: Values, names: Names) -> date:
    """The day given, or the day from which everything in the file is in force."""
    given: date | None = values["first"]
    return given or names.start


def told_first(first: date, names: Names) -> date | None:
    """The day to write: none when it is the file's own."""
    return None if first == names.start else first
