"""A week of menus as text: what a caterer sends, what an agent types, what the portal writes back.

Two shapes are read. A list, one dish per line:

    Lundi ; Plat ; Rôti de porc ; moutarde ; porc ; label rouge ; France

or a grid, as spreadsheets have it: the days in the first line, one course per line, and what a dish
holds between brackets:

                ; Lundi                                     ; Mardi
    Plat        ; Rôti de porc (porc, moutarde, label rouge) ; Lasagnes de légumes (gluten, lait)
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from rules.allergens import Allergen
from rules.folding import fold
from rules.labelled import in_order
from rules.menu_words import (
    COLUMNS,
    COURSES,
    NOTHING,
    SUBSTITUTES,
    Member,
    course_named,
    members_named,
    short_label,
    weekday_named,
)
from rules.menus import DayMenu, Dish
from rules.publication_vocabulary import Content, Course, DishLabel
from rules.refusals import Refused
from rules.wording import day_and_month, short_date, weekday_name

MOST_LINES = 200
LONGEST_NAME, LONGEST_ORIGIN = 160, 80
_BRACKETS = re.compile(r"\s*\(([^()]*)\)\s*$")
_SEPARATOR = re.compile(r"\s*[,;/+|]\s*|\s+et\s+")
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}))?|(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be understood, with the line as the agent counts it."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return f"Ligne {self.line} : {self.sentence}"


@dataclass(slots=True)
class Read:
    """A week as understood: its menus by day, and what is wrong."""

    monday: date
    dishes: dict[date, list[Dish]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def menus(self, *, allergens_given: bool, notes: Mapping[date, str] | None = None) -> list[DayMenu]:
        """The meals in the order of the days, each with its dishes in the order in which they are served."""
        return [
            DayMenu(day, _served(dishes), (notes or {}).get(day, ""), allergens_given)
            for day, dishes in sorted(self.dishes.items())
        ]


def read_week(text: str, monday: date) -> Read:
    """The menus of the week that starts that Monday. Refused when nothing can be read at all."""
    rows = [(number, row) for number, row in _rows(text) if any(row)]
    if not rows:
        raise Refused("Collez le menu de la semaine, ou choisissez un fichier.", "text")
    if len(rows) > MOST_LINES:
        raise Refused(f"Ce tableau compte {len(rows)} lignes : {MOST_LINES} au plus.", "text")
    read = Read(monday)
    days = _days_of_head(rows[0][1], monday)
    if days:
        _read_grid(rows[1:], days, read)
    else:
        _read_list(rows, read)
    return read


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines with their numbers; a cell of a spreadsheet may hold several lines between quotes."""
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter="\t" if "\t" in text else ";",
        skipinitialspace=True,
        strict=True,
    )
    number = 1
    try:
        for row in reader:
            yield number, [cell.strip() for cell in row]
            number = reader.line_num + 1
    except csv.Error:
        raise Refused(f"La ligne {number} a des guillemets qui ne se ferment pas.", "text") from None


# -- a grid ---------------------------------------------------------------------------------


def _days_of_head(cells: Sequence[str], monday: date) -> dict[int, date]:
    """The column of each day, when the first line names at least two days and nothing else."""
    days = {index: _day(cell, monday) for index, cell in enumerate(cells) if cell}
    found = {index: day for index, day in days.items() if day is not None}
    others = [index for index in days if index not in found]
    return found if len(found) >= 2 and others in ([], [0]) else {}


def _read_grid(rows: Sequence[tuple[int, list[str]]], days: Mapping[int, date], read: Read) -> None:
    for day in days.values():
        if _outside(day, read.monday):
            read.problems.append(Problem(1, _not_this_week(day, read.monday)))
    for number, row in rows:
        course = course_named(row[0])
        if course is None:
            read.problems.append(Problem(number, _not_a_course(row[0])))
            continue
        for index, day in days.items():
            cell = row[index] if index < len(row) else ""
            for said in filter(None, (part.strip() for part in re.split(r"\n|\s/\s", cell))):
                _add(read, number, day, _annotated(said, course, fold(row[0]) in SUBSTITUTES, number, read))


def _annotated(said: str, course: Course, is_substitute: bool, number: int, read: Read) -> Dish:
    """A dish and what it holds between brackets; brackets without any of our words are part of its name."""
    found = _BRACKETS.search(said)
    words = _words(found[1]) if found else []
    if found is None or not any(members_named(word) for word in words):
        return Dish(course, said, is_substitute=is_substitute)
    return _dish(course, said[: found.start()], _members(words, number, read), "", is_substitute)


def _members(words: Iterable[str], number: int, read: Read) -> Iterator[Member]:
    for word in words:
        members = members_named(word)
        if not members and word not in NOTHING:
            read.problems.append(Problem(number, _not_a_member(word)))
        yield from members


# -- a list -----------------------------------------------------------------------------------


def _read_list(rows: Sequence[tuple[int, list[str]]], read: Read) -> None:
    columns = _columns(rows[0][1])
    lines = rows[1:] if columns else rows
    day: date | None = None
    for number, row in lines:
        cells = dict(zip(columns or COLUMNS, row, strict=False))
        day = _day_of(cells.get("day", ""), day, number, read)
        course = course_named(cells.get("course", ""))
        if course is None:
            read.problems.append(Problem(number, _not_a_course(cells.get("course", ""))))
        if day is not None and course is not None:
            _add(read, number, day, _listed(cells, course, number, read))


def _columns(head: Sequence[str]) -> list[str]:
    """The columns that a line of titles names, in its order; nothing when it is not one."""
    titles = {fold(title): name for name, titles in COLUMNS.items() for title in titles}
    named = [titles.get(fold(cell), "") for cell in head]
    return named if {"day", "course", "name"} <= set(named) else []


def _day_of(cell: str, before: date | None, number: int, read: Read) -> date | None:
    """The day of a line: left empty, it is the one above."""
    if not cell:
        if before is None:
            read.problems.append(Problem(number, "Donnez le jour, par exemple « Lundi »."))
        return before
    day = _day(cell, read.monday)
    if day is None:
        read.problems.append(
            Problem(number, f"« {cell} » n’est pas un jour : écrivez « Lundi » ou « 23/11 ».")
        )
    elif _outside(day, read.monday):
        read.problems.append(Problem(number, _not_this_week(day, read.monday)))
    return day


def _listed(cells: Mapping[str, str], course: Course, number: int, read: Read) -> Dish:
    words = [w for name in ("allergens", "contents", "labels") for w in _words(cells.get(name, ""))]
    members = _members(words, number, read)
    is_substitute = fold(cells.get("course", "")) in SUBSTITUTES
    return _dish(course, cells.get("name", ""), members, cells.get("origin", ""), is_substitute)


# -- both ---------------------------------------------------------------------------------------


def _words(cell: str) -> list[str]:
    return [fold(word) for word in _SEPARATOR.split(cell) if word.strip()]


def _dish(course: Course, name: str, members: Iterable[Member], origin: str, is_substitute: bool) -> Dish:
    found = list(members)
    return Dish(
        course,
        name.strip(),
        frozenset(each for each in found if isinstance(each, Allergen)),
        frozenset(each for each in found if isinstance(each, Content)),
        frozenset(each for each in found if isinstance(each, DishLabel)),
        origin.strip(),
        is_substitute,
    )


def _add(read: Read, number: int, day: date, dish: Dish) -> None:
    if not dish.name:
        read.problems.append(Problem(number, "Donnez le nom du plat."))
    elif len(dish.name) > LONGEST_NAME or len(dish.origin) > LONGEST_ORIGIN:
        read.problems.append(
            Problem(number, f"Trop long : {LONGEST_NAME} caractères au plus pour un plat, "
                            f"{LONGEST_ORIGIN} pour une origine.")
        )  # fmt: skip
    elif not _outside(day, read.monday):
        read.dishes.setdefault(day, []).append(dish)


def _served(dishes: Sequence[Dish]) -> list[Dish]:
    order = list(Course)
    return sorted(dishes, key=lambda dish: (order.index(dish.course), dish.is_substitute))


def _day(cell: str, monday: date) -> date | None:
    """`Lundi`, `23/11`, `lundi 23/11/2026`, `2026-11-23`."""
    if found := _DATE.search(cell):
        month, number = int(found[2] or found[5]), int(found[1] or found[6])
        year = found[3] or found[4]
        return _date(int(year), month, number) if year else _date_near(monday, month, number)
    weekday = weekday_named(cell)
    return None if weekday is None else monday + timedelta(days=weekday - 1)


def _date(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _date_near(monday: date, month: int, number: int) -> date | None:
    """Without a year: that of the Monday, or the next when the week runs into January."""
    same = _date(monday.year, month, number)
    after = _date(monday.year + 1, month, number)
    return after if after is not None and not _outside(after, monday) else same


def _outside(day: date, monday: date) -> bool:
    return not monday <= day < monday + timedelta(days=7)


def _not_this_week(day: date, monday: date) -> str:
    return f"le {day_and_month(day)} n’est pas dans la semaine du {short_date(monday)}."


def _not_a_course(said: str) -> str:
    known = ", ".join(course.label.lower() for course in COURSES)
    return f"« {said} » n’est pas une partie du repas ({known})."


def _not_a_member(word: str) -> str:
    return f"« {word} » n’est ni un allergène, ni porc, viande ou poisson, ni un label connu."


# -- written back ---------------------------------------------------------------------------------


def write_week(menus: Iterable[DayMenu]) -> str:
    """The same week as a list that `read_week` reads: for an agent to correct, or to copy a week."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\n")
    for menu in menus:
        for dish in menu.dishes:
            writer.writerow(_cells(menu.day, dish))
    return "\n".join(line.rstrip("; ").replace(";", " ; ") for line in file.getvalue().splitlines())


def _cells(day: date, dish: Dish) -> list[str]:
    course = "Remplacement" if dish.is_substitute else dish.course.label
    if dish.is_substitute and dish.course is not Course.MAIN:
        course = f"{dish.course.label} de remplacement"
    sets = (dish.allergens, dish.contents, dish.labels)
    said = (", ".join(short_label(each) for each in in_order(values)) for values in sets)
    return [
        weekday_name(day.isoweekday()).capitalize(),
        course,
        dish.name.replace(";", ","),
        *said,
        dish.origin,
    ]
