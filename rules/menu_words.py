"""The words that caterers use: courses, allergens by name or by number, contents, labels."""

from __future__ import annotations

from collections.abc import Iterable

from rules.allergens import Allergen
from rules.folding import fold
from rules.publication_vocabulary import Content, Course, DishLabel
from rules.wording import WEEKDAYS

Member = Allergen | Content | DishLabel

COURSES = tuple(Course)
# The columns of a list, in the order that is understood without titles, with the titles they may have.
COLUMNS: dict[str, tuple[str, ...]] = {
    "day": ("jour", "date"),
    "course": ("composante", "service", "partie", "type"),
    "name": ("plat", "intitule", "libelle", "designation", "nom"),
    "allergens": ("allergenes", "allergene"),
    "contents": ("contient", "contenu", "viande"),
    "labels": ("labels", "label", "qualite"),
    "origin": ("origine", "origines"),
}
NOTHING = frozenset({"aucun", "aucune", "neant", "rien", "non", "ras"})
_COURSE_WORDS = {
    Course.STARTER: ("entree", "entrees", "hors d oeuvre", "potage"),
    Course.MAIN: ("plat", "plat principal", "plat protidique", "plats", "plat chaud"),
    Course.SIDE: ("accompagnement", "garniture", "legumes", "legume", "feculent", "feculents"),
    Course.DAIRY: ("fromage ou laitage", "fromage", "laitage", "produit laitier", "produits laitiers"),
    Course.DESSERT: ("dessert", "desserts", "fruit"),
    Course.SNACK: ("gouter", "gouters", "collation"),
}
_MAIN_SUBSTITUTES = frozenset(
    {"remplacement", "substitution", "substitut", "plat de remplacement", "plat de substitution",
     "alternative", "plat sans porc", "plat sans viande", "plat vegetarien"}
)  # fmt: skip
_BY_COURSE = {word: course for course, words in _COURSE_WORDS.items() for word in words}
_SUBSTITUTE_COURSES = {
    f"{word} de remplacement": course for word, course in _BY_COURSE.items()
} | dict.fromkeys(_MAIN_SUBSTITUTES, Course.MAIN)
SUBSTITUTES = frozenset(_SUBSTITUTE_COURSES)
_OTHER_WORDS: dict[Member, tuple[str, ...]] = {
    Allergen.GLUTEN: ("gluten", "ble", "cereales"),
    Allergen.CRUSTACEANS: ("crustace",),
    Allergen.EGGS: ("oeuf", "oeufs"),
    Allergen.FISH: ("poisson",),
    Allergen.PEANUTS: ("arachide", "cacahuete", "cacahuetes"),
    Allergen.SOYBEANS: ("soja",),
    Allergen.MILK: ("lait", "lactose"),
    Allergen.NUTS: ("fruit a coque", "fruits a coques", "noix", "noisette", "noisettes", "amande", "amandes"),
    Allergen.SESAME: ("sesame", "graine de sesame"),
    Allergen.SULPHITES: ("sulfite", "anhydride sulfureux", "so2"),
    Allergen.MOLLUSCS: ("mollusque",),
    Content.PORK: ("porc", "jambon"),
    Content.MEAT: ("viande", "boeuf", "volaille", "poulet", "dinde", "agneau", "veau", "canard"),
    Content.SEAFOOD: ("fruits de mer", "produit de la mer"),
    DishLabel.ORGANIC: ("bio", "ab", "agriculture biologique"),
    DishLabel.RED_LABEL: ("lr",),
    DishLabel.AOP: ("aoc",),
    DishLabel.HVE: ("hve",),
    DishLabel.FISHERY: ("msc", "peche responsable"),
    DishLabel.FARM: ("fermier",),
    DishLabel.LOCAL: ("circuit court", "produit local"),
    DishLabel.HOME_MADE: ("maison",),
}
# How each is written back, when its label is not the shortest word that is understood.
_SHORT: dict[Member, str] = {
    Allergen.GLUTEN: "gluten",
    Allergen.FISH: "poissons",
    Allergen.SESAME: "sésame",
    DishLabel.HVE: "HVE",
}


def _members() -> Iterable[tuple[str, Member]]:
    for number, allergen in enumerate(Allergen, start=1):
        yield str(number), allergen  # numbered as in the annex of the regulation
    for members in (Allergen, Content, DishLabel):
        for member in members:
            yield fold(member.label), member
    for member, words in _OTHER_WORDS.items():
        yield from ((word, member) for word in words)


_BY_WORD: dict[str, Member] = dict(_members())
_FROM_THE_SEA = frozenset({Allergen.FISH, Allergen.CRUSTACEANS, Allergen.MOLLUSCS})


def members_named(word: str) -> tuple[Member, ...]:
    """What a folded word says a dish holds: an allergen (by name, or by its number in the annex), a label…

    Fish is both an allergen and what some children do not eat. Nothing for an unknown word.
    """
    member = _BY_WORD.get(word)
    if member is None:
        return ()
    return (member, Content.SEAFOOD) if member in _FROM_THE_SEA else (member,)


def course_named(said: str) -> Course | None:
    """The part of the meal; that of a substitute is the part that it replaces."""
    word = fold(said)
    return _BY_COURSE.get(word) or _SUBSTITUTE_COURSES.get(word)


def weekday_named(said: str) -> int | None:
    """The ISO weekday that a cell starts with: `Lundi`, `lundi midi`."""
    first = fold(said).partition(" ")[0]
    return WEEKDAYS.index(first) + 1 if first in WEEKDAYS else None


def short_label(member: Member) -> str:
    return _SHORT.get(member, member.label.lower() if len(member.label) > 3 else member.label)
