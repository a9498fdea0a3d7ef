"""The days of an activity that runs in the school holidays, alone or with those of school time."""

from __future__ import annotations

from datetime import date

from operations.commune_files import Checked, check_text
from rules.school_calendar import Place


def read(*lines: str) -> Checked:
    head = "commune: Essai\ncalendrier: {zone: A, années scolaires: 2026-2027}\nactivités:\n  Centre:\n"
    return check_text(head + "".join(f"    {line}\n" for line in lines))


def days(checked: Checked, first: date, last: date) -> list[str]:
    assert [str(problem) for problem in checked.problems] == []
    told = checked.reglement
    assert told is not None
    here = Place(told.number(told.activities[0]), None, None, None)
    return [f"{day:%d/%m}" for day in told.calendar.service_days(first, last, here)]


def test_an_activity_of_the_holidays_only_does_not_run_in_school_time():
    centre = read("jours: aucun", "jours en vacances: lundi à vendredi")
    assert days(centre, date(2026, 10, 12), date(2026, 10, 21)) == ["19/10", "20/10", "21/10"]


def test_an_activity_may_have_days_in_both():
    centre = read("jours: mercredi", "jours en vacances: lundi à vendredi")
    assert days(centre, date(2026, 10, 12), date(2026, 10, 20)) == ["14/10", "19/10", "20/10"]


def test_days_in_the_holidays_do_not_say_those_of_school_time():
    problems = read("jours en vacances: lundi à vendredi").problems
    assert [problem.sentence for problem in problems] == [
        "Dites aussi « jours » : ceux du temps d’école, ou « aucun »."
    ]
