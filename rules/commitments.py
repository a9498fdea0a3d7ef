"""Annual commitments: weekdays chosen at enrolment and booked for the year (« dl.annual_commitment »).

Caisse des écoles of Paris 15e: one to five fixed weekdays for the year; no choice means five days.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from rules.refusals import Refused
from rules.wording import enumerate_words, weekday_name


def weekdays_of_the_year(
    chosen: frozenset[int] | None, days_without_choice: int | None, served: Collection[int]
) -> frozenset[int]:
    """The ISO weekdays that the child comes: those chosen, else the first n on which the service runs."""
    if chosen is not None:
        return chosen
    return frozenset(sorted(set(served))[: days_without_choice or 0])


def check_weekdays(chosen: frozenset[int] | None, served: Collection[int], name: str) -> None:
    """Refuse a weekday on which the activity does not run there; an unknown calendar refuses nothing."""
    never = sorted((chosen or frozenset()) - set(served)) if served else []
    if never:
        days = enumerate_words([f"le {weekday_name(weekday)}" for weekday in never])
        raise Refused(f"« {name} » n’a pas lieu {days} : décochez.", "usual_weekdays")


def on_weekdays(days: Iterable[date], weekdays: Collection[int]) -> list[date]:
    """Those of these days that fall on one of these weekdays."""
    return [day for day in days if day.isoweekday() in weekdays]
