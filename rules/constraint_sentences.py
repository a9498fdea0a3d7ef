"""What a person reads when the database refuses a row: one French sentence per named constraint.

Operations and forms check first, so these are met only when two people act at once or when a
screen let something through; even then nobody reads SQL. The sentences stand in `constraints_<subject>.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from rules import (
    constraints_bookings,
    constraints_documents,
    constraints_health,
    constraints_money,
    constraints_notices,
    constraints_people,
    constraints_prices,
    constraints_requests,
    constraints_school,
    constraints_site,
)
from rules.constraint_phrases import LISTED, Broken
from rules.refusals import Refused

FROZEN = "frozen row"
FOREIGN_KEY = "foreign key"
NOT_NULL = "not null"
SUBJECTS = (
    constraints_people,
    constraints_school,
    constraints_prices,
    constraints_bookings,
    constraints_documents,
    constraints_health,
    constraints_money,
    constraints_site,
    constraints_notices,
    constraints_requests,
)

SENTENCES: Mapping[str, Broken] = {
    **{name: said for subject in SUBJECTS for name, said in subject.SENTENCES.items()},
    FROZEN: Broken("Ce document est définitif : il ne change plus. Corrigez par un autre document."),
    FOREIGN_KEY: Broken("Cet élément est lié à d’autres : il ne peut être ni supprimé ni changé ainsi."),
    NOT_NULL: Broken("Il manque une information obligatoire."),
}

_OTHERWISE = Broken("Cette modification contredit une règle du portail : rien n’a été enregistré.")


def broken(constraint: str | None) -> Broken:
    """The sentence of a constraint by its name, of its kind, or the general one.

    Closed lists have a CHECK too (`ck_<table>_<list>`); forms offer only their values, so one
    sentence says it for all.
    """
    if constraint is None:
        return _OTHERWISE
    if constraint not in SENTENCES and constraint.startswith("ck_"):
        return Broken(LISTED)
    return SENTENCES.get(constraint, _OTHERWISE)


def refusal(constraint: str | None) -> Refused:
    """The same, ready to be shown beside its field."""
    said = broken(constraint)
    return Refused(said.sentence, said.field)
