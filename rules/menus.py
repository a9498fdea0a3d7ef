"""What a menu says: whether it is vegetarian, and what in it concerns a child."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from rules.allergens import Allergen
from rules.labelled import in_order
from rules.publication_vocabulary import Content, Course, DishLabel
from rules.wording import enumerate_words

# How a sentence places a dish in the meal.
WITHIN = {
    Course.STARTER: "dans l’entrée",
    Course.MAIN: "dans le plat",
    Course.SIDE: "dans l’accompagnement",
    Course.DAIRY: "dans le fromage ou le laitage",
    Course.DESSERT: "dans le dessert",
    Course.SNACK: "au goûter",
}
NONE: frozenset[Content] = frozenset()


@dataclass(frozen=True, slots=True)
class Dish:
    course: Course
    name: str
    allergens: frozenset[Allergen] = frozenset()
    contents: frozenset[Content] = NONE
    labels: frozenset[DishLabel] = frozenset()
    origin: str = ""
    is_substitute: bool = False


@dataclass(frozen=True, slots=True)
class DayMenu:
    """The meal of a day, as it will be read."""

    day: date
    dishes: Sequence[Dish]
    note: str = ""
    allergens_given: bool = False

    @property
    def is_vegetarian(self) -> bool:
        """Neither meat nor fish in what everybody is served; dairy and eggs may be (Code rural, L230-5-6)."""
        served = [dish for dish in self.dishes if not dish.is_substitute]
        has_meal = any(dish.course in (Course.MAIN, Course.SIDE) for dish in served)
        return has_meal and not any(dish.contents for dish in served)


@dataclass(frozen=True, slots=True)
class Eater:
    """A child as the kitchen must know it: what it is allergic to, and what it does not eat."""

    name: str
    allergies: Collection[Allergen] = ()
    avoids: Collection[Content] = ()
    diet: str = ""


def concerns(menu: DayMenu, eater: Eater) -> list[str]:
    """`Léa : arachides dans le dessert`, `Tom : sans porc, un autre plat est prévu`, or nothing."""
    return [f"{eater.name} : {said}" for said in (*_allergies(menu, eater), *_avoided(menu, eater))]


def _allergies(menu: DayMenu, eater: Eater) -> Iterable[str]:
    if eater.allergies and not menu.allergens_given:
        yield "les allergènes de ce menu ne sont pas encore donnés"
    for dish in menu.dishes:
        if found := in_order(dish.allergens & set(eater.allergies)):
            words = enumerate_words([allergen.label.lower() for allergen in found])
            where = "dans le plat de remplacement" if dish.is_substitute else WITHIN[dish.course]
            yield f"{words} {where}"


def _avoided(menu: DayMenu, eater: Eater) -> Iterable[str]:
    for dish in menu.dishes:
        if not dish.is_substitute and dish.contents & set(eater.avoids):
            yield f"{eater.diet.lower()}, {_instead(menu, dish, eater)}"


def _instead(menu: DayMenu, dish: Dish, eater: Eater) -> str:
    """What replaces a dish: the substitute the menu names, or another that the kitchen plans."""
    fit = (
        each.name
        for each in menu.dishes
        if each.is_substitute and each.course is dish.course and not each.contents & set(eater.avoids)
    )
    named = next(fit, None)
    return f"« {named} » remplace « {dish.name} »" if named else "un autre plat est prévu"


def lacks_vegetarian_day(menus: Collection[DayMenu], service_days: int) -> bool:
    """Whether a whole week of menus has no vegetarian one, which the law asks at least once a week.

    Code rural, L230-5-6. A week not all written yet is not judged.
    """
    return bool(menus) and len(menus) >= service_days and not any(menu.is_vegetarian for menu in menus)
