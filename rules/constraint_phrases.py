"""A constraint's sentence, and the sentences that several constraints share."""

from __future__ import annotations

from typing import NamedTuple


class Broken(NamedTuple):
    """The sentence of a constraint, and the form field that it belongs to, if any."""

    sentence: str
    field: str | None = None


PERIOD = "Le dernier jour ne peut pas précéder le premier."
NUMBER_TAKEN = "Ce numéro de l’ancien logiciel est déjà pris."
NAME_TAKEN = "Ce nom est déjà pris."
SLUG_TAKEN = "Cette adresse de page est déjà prise."
CALL_ORDER = "L’ordre d’appel commence à 1."
LOWER = "L’adresse électronique s’écrit en minuscules."
REASON = "Donnez la raison."
NOT_ZERO = "Le montant ne peut pas être nul."
NOT_NEGATIVE = "Le montant ne peut pas être négatif."
ONE_DAY = "Une absence dure au moins un jour."
HOUR = "Donnez une heure de 0 h à 24 h."
NO_SUCH_DATE = "Un mois va de 1 à 12 et un jour de 1 à 31."
LISTED = "Cette valeur n’est pas dans la liste."

FACTOR = "Le multiplicateur ne peut pas être négatif."
NO_MINUTES = "Un nombre de minutes ne peut pas être négatif."
