"""A caterer's week: two shapes, our words and theirs, and mistakes told line by line."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.allergens import Allergen
from rules.menu_text import read_week, write_week
from rules.menus import DayMenu, Dish
from rules.publication_vocabulary import Content, Course, DishLabel
from rules.refusals import Refused

MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)


def dishes_of(text: str, day: date = MONDAY) -> list[Dish]:
    read = read_week(text, MONDAY)
    assert not read.problems, read.problems
    return read.dishes[day]


def problems_of(text: str) -> list[str]:
    return [str(problem) for problem in read_week(text, MONDAY).problems]


def test_a_list_has_one_dish_per_line():
    (dish,) = dishes_of("Lundi ; Plat ; Rôti de porc ; moutarde, lait ; porc ; label rouge, bio ; France")
    assert dish == Dish(
        Course.MAIN,
        "Rôti de porc",
        frozenset({Allergen.MUSTARD, Allergen.MILK}),
        frozenset({Content.PORK}),
        frozenset({DishLabel.RED_LABEL, DishLabel.ORGANIC}),
        "France",
    )


def test_a_day_left_empty_is_the_one_above():
    text = "Lundi ; Entrée ; Salade\n ; Plat ; Lasagnes\nMardi ; Plat ; Omelette"
    assert [dish.name for dish in dishes_of(text)] == ["Salade", "Lasagnes"]
    assert [dish.name for dish in dishes_of(text, TUESDAY)] == ["Omelette"]


def test_titles_may_be_in_any_order():
    text = "Plat\tDate\tComposante\tAllergènes\nPurée\t23/11/2026\tGarniture\t7"
    assert dishes_of(text) == [Dish(Course.SIDE, "Purée", frozenset({Allergen.MILK}))]


def test_a_grid_has_its_days_in_the_first_line():
    text = (
        "\tLundi 23/11\tMardi 24/11\n"
        "Entrée\tSalade verte\tPotage (céleri)\n"
        "Plat\tRôti de porc (porc, moutarde)\tLasagnes (gluten ; lait ; bio)\n"
        "Plat de substitution\tOmelette (œufs)\t\n"
        "Dessert\tYaourt (nature)\tPomme"
    )
    assert [dish.name for dish in dishes_of(text)] == [
        "Salade verte", "Rôti de porc", "Omelette", "Yaourt (nature)"
    ]  # fmt: skip
    omelette = dishes_of(text)[2]
    assert omelette.is_substitute and omelette.course is Course.MAIN
    assert omelette.allergens == {Allergen.EGGS}
    assert dishes_of(text, TUESDAY)[1].labels == {DishLabel.ORGANIC}


def test_several_dishes_in_a_cell():
    text = '\tLundi\tMardi\nDessert\t"Pomme\nPoire"\tClémentine / Kiwi'
    assert [dish.name for dish in dishes_of(text)] == ["Pomme", "Poire"]
    assert [dish.name for dish in dishes_of(text, TUESDAY)] == ["Clémentine", "Kiwi"]


def test_allergens_are_numbered_as_in_the_annex():
    (dish,) = dishes_of("Lundi ; Plat ; Tout ; 1, 5, 14")
    assert dish.allergens == {Allergen.GLUTEN, Allergen.PEANUTS, Allergen.MOLLUSCS}


@pytest.mark.parametrize("word", ["poisson", "Poissons", "4"])
def test_fish_is_both_an_allergen_and_what_some_do_not_eat(word: str):
    (dish,) = dishes_of(f"Lundi ; Plat ; Colin ; {word}")
    assert dish.allergens == {Allergen.FISH} and dish.contents == {Content.SEAFOOD}


def test_nothing_is_said_in_words():
    assert dishes_of("Lundi ; Dessert ; Pomme ; aucun ; néant") == [Dish(Course.DESSERT, "Pomme")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Lundi ; Plat ; A\nLundi ; Plat ; B ; arachyde", "Ligne 2 : « arachyde » n’est ni un allergène"),
        ("Lundi ; Soupe ; A", "Ligne 1 : « Soupe » n’est pas une partie du repas"),
        ("Lundy ; Plat ; A", "Ligne 1 : « Lundy » n’est pas un jour"),
        (" ; Plat ; A", "Ligne 1 : Donnez le jour"),
        ("30/11 ; Plat ; A", "Ligne 1 : le lundi 30 novembre n’est pas dans la semaine du 23 novembre."),
        ("31/02 ; Plat ; A", "Ligne 1 : « 31/02 » n’est pas un jour"),
        ("Lundi ; Plat ;  ; lait", "Ligne 1 : Donnez le nom du plat."),
        (f"Lundi ; Plat ; {'A' * 161}", "Ligne 1 : Trop long"),
        (";Lundi;Mardi\nPlat;Riz (lait, cacahouette);Blé", "Ligne 2 : « cacahouette » n’est ni un allergène"),
        (";Lundi;30/11\nPlat;Riz;Blé", "Ligne 1 : le lundi 30 novembre n’est pas dans la semaine"),
    ],
)
def test_what_cannot_be_understood_is_told_at_its_line(text: str, said: str):
    (problem,) = problems_of(text)
    assert problem.startswith(said)


@pytest.mark.parametrize("text", ["", "  \n;;\n", 'Lundi ; Plat ; "Riz'])
def test_nothing_to_read_is_refused(text: str):
    with pytest.raises(Refused):
        read_week(text, MONDAY)


def test_a_week_that_runs_into_january():
    read = read_week("1/1 ; Plat ; Riz", date(2026, 12, 28))
    assert not read.problems and list(read.dishes) == [date(2027, 1, 1)]


names = st.text(st.characters(codec="latin-1", categories=["L", "Zs"]), min_size=1, max_size=30).map(
    str.strip
)
from_the_land = [each for each in Allergen if each not in ("fish", "crustaceans", "molluscs")]
dishes = st.builds(
    Dish,
    st.sampled_from(Course),
    names.filter(bool),
    st.frozensets(st.sampled_from(from_the_land)),
    st.frozensets(st.sampled_from(Content)),
    st.frozensets(st.sampled_from(DishLabel)),
    names,
    st.booleans(),
)


@given(st.lists(dishes, min_size=1, max_size=6))
def test_what_is_written_is_read_again(served: list[Dish]):
    read = read_week(write_week([DayMenu(MONDAY, served)]), MONDAY)
    assert not read.problems
    (menu,) = read.menus(allergens_given=True)
    courses = list(Course)
    assert menu.dishes == sorted(served, key=lambda dish: (courses.index(dish.course), dish.is_substitute))
