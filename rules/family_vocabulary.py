"""The closed lists of the family's own pages: marital status, and what a change of situation is about."""

from __future__ import annotations

from rules.labelled import Labelled


class MaritalStatus(Labelled):
    SINGLE = "single", "Célibataire"
    MARRIED = "married", "Marié(e)"
    PACS = "pacs", "Pacsé(e)"
    COHABITING = "cohabiting", "En concubinage"
    SEPARATED = "separated", "Séparé(e)"
    DIVORCED = "divorced", "Divorcé(e)"
    WIDOWED = "widowed", "Veuf ou veuve"


class SituationChange(Labelled):
    """What a parent declares on « Ma situation » (guide, « Ma famille »)."""

    SEPARATION = "separation", "Divorce ou séparation"
    UNION = "union", "Nouvelle union"
    WORK = "work", "Changement de profession ou d’employeur"
    NAME = "name", "Changement de nom"
    OTHER = "other", "Autre changement"
