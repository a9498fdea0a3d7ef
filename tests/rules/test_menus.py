"""What a menu says of itself, and what in it concerns a child."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rules.allergens import Allergen
from rules.menus import DayMenu, Dish, Eater, concerns, lacks_vegetarian_day
from rules.publication_vocabulary import Content, Course

DAY = date(2026, 11, 23)
PORK, MEAT, SEAFOOD = (frozenset({each}) for each in Content)
ROAST = Dish(Course.MAIN, "Rôti de porc", frozenset({Allergen.MUSTARD}), PORK)
OMELETTE = Dish(Course.MAIN, "Omelette", frozenset({Allergen.EGGS}), is_substitute=True)
LASAGNE = Dish(Course.MAIN, "Lasagnes de légumes", frozenset({Allergen.GLUTEN, Allergen.MILK}))
CAKE = Dish(Course.DESSERT, "Moelleux", frozenset({Allergen.PEANUTS, Allergen.NUTS}))
TOM = Eater("Tom", avoids=PORK, diet="Sans porc")


def menu(*dishes: Dish, given: bool = True) -> DayMenu:
    return DayMenu(DAY, dishes, allergens_given=given)


def test_the_annex_has_fourteen_allergens():
    assert len(Allergen) == 14
    assert list(Allergen)[4] is Allergen.PEANUTS


@pytest.mark.parametrize(
    ("dishes", "vegetarian"),
    [
        ((LASAGNE, CAKE), True),
        ((ROAST, CAKE), False),
        ((ROAST, OMELETTE), False),
        ((Dish(Course.MAIN, "Colin", contents=SEAFOOD),), False),
        ((LASAGNE, Dish(Course.MAIN, "Poulet", contents=MEAT, is_substitute=True)), True),
        ((CAKE,), False),
    ],
)
def test_vegetarian_is_what_everybody_is_served(dishes: tuple[Dish, ...], vegetarian: bool):
    assert menu(*dishes).is_vegetarian is vegetarian


def test_an_allergen_is_told_with_its_dish():
    lea = Eater("Léa", allergies={Allergen.PEANUTS})
    assert concerns(menu(LASAGNE, CAKE), lea) == ["Léa : arachides dans le dessert"]
    assert concerns(menu(LASAGNE), lea) == []


def test_several_allergens_of_a_dish_are_one_sentence():
    lea = Eater("Léa", allergies={Allergen.NUTS, Allergen.PEANUTS, Allergen.EGGS})
    assert concerns(menu(OMELETTE, CAKE), lea) == [
        "Léa : œufs dans le plat de remplacement",
        "Léa : arachides et fruits à coque dans le dessert",
    ]


def test_allergens_not_given_are_not_taken_for_none():
    lea = Eater("Léa", allergies={Allergen.PEANUTS})
    assert concerns(menu(LASAGNE, given=False), lea) == [
        "Léa : les allergènes de ce menu ne sont pas encore donnés"
    ]


def test_another_dish_is_planned_or_named():
    assert concerns(menu(ROAST), TOM) == ["Tom : sans porc, un autre plat est prévu"]
    assert concerns(menu(ROAST, OMELETTE), TOM) == ["Tom : sans porc, « Omelette » remplace « Rôti de porc »"]
    assert concerns(menu(LASAGNE), TOM) == []


def test_a_substitute_with_what_is_avoided_replaces_nothing():
    ham = Dish(Course.MAIN, "Jambon", contents=PORK, is_substitute=True)
    assert concerns(menu(ROAST, ham), TOM) == ["Tom : sans porc, un autre plat est prévu"]


def test_a_whole_week_without_a_vegetarian_menu_is_told():
    week = [DayMenu(DAY + timedelta(days=n), [ROAST]) for n in range(4)]
    assert lacks_vegetarian_day(week, 4)
    assert not lacks_vegetarian_day(week[:2], 4)
    assert not lacks_vegetarian_day([*week[:3], DayMenu(DAY, [LASAGNE])], 4)
    assert not lacks_vegetarian_day([], 0)
