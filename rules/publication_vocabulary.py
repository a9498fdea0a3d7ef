"""The closed lists of what the town hall publishes: the documents it offers, the dishes of a menu."""

from __future__ import annotations

from rules.labelled import Labelled


class DocumentCategory(Labelled):
    """Under which heading a document of the town hall stands, in the order of the page."""

    ENROLMENT = "enrolment", "Inscription à l’école"
    FORM = "form", "Autres formulaires"
    RULES = "rules", "Règlements"
    CALENDAR = "calendar", "Calendriers"
    GUIDE = "guide", "Guides et modes d’emploi"
    OTHER = "other", "Autres documents"


class Course(Labelled):
    """What a dish is in the meal, in the order in which it is served."""

    STARTER = "starter", "Entrée"
    MAIN = "main", "Plat"
    SIDE = "side", "Accompagnement"
    DAIRY = "dairy", "Fromage ou laitage"
    DESSERT = "dessert", "Dessert"
    SNACK = "snack", "Goûter"


class Content(Labelled):
    """What a dish contains that some children do not eat; pork is told apart from other meats."""

    PORK = "pork", "Porc"
    MEAT = "meat", "Viande"
    SEAFOOD = "seafood", "Poisson ou fruits de mer"


class DishLabel(Labelled):
    """The marks of quality of a dish.

    The first ones count in the shares of Code rural, L230-5-1 (loi EGalim); the last two do not.
    """

    ORGANIC = "organic", "Bio"
    RED_LABEL = "red_label", "Label rouge"
    AOP = "aop", "AOP"
    IGP = "igp", "IGP"
    STG = "stg", "STG"
    HVE = "hve", "Haute valeur environnementale"
    FISHERY = "fishery", "Pêche durable"
    FARM = "farm", "Produit fermier"
    LOCAL = "local", "Local"
    HOME_MADE = "home_made", "Fait maison"
