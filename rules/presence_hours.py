"""The hours that a sheet asks for: which ones an activity makes useful, and the ones that cannot be."""

from __future__ import annotations

from typing import NamedTuple

from rules.money import NBSP
from rules.wording import clock_time

NOON, WHOLE_DAY = 12 * 60, 24 * 60
FAR = 3 * 60  # before the activity starts or after it ends: a slip, « 5 h 45 » for « 17 h 45 »
LONGEST = 12 * 60  # how long an activity may last when nobody said when it ends


class Hours(NamedTuple):
    """When a child came and left, in minutes of the day; None for what nobody noted."""

    arrives: int | None = None
    leaves: int | None = None

    @property
    def noted(self) -> bool:
        return self != NO_HOURS


NO_HOURS = Hours()


class Asked(NamedTuple):
    """The hours that a sheet has a field for; `priced`: they make the price of the day itself."""

    arrives: bool = False
    leaves: bool = False
    priced: bool = False

    @property
    def sides(self) -> tuple[str, ...]:
        """The fields of `Hours` asked for, as they are named there."""
        return tuple(side for side in Hours._fields if getattr(self, side))

    def over(self, before: Hours, given: Hours) -> Hours:
        """What was noted before, with what is given for the hours asked; the others stay."""
        return before._replace(**{side: getattr(given, side) for side in self.sides})

    def lack(self, hours: Hours) -> bool:
        """Whether an hour that makes the price is missing."""
        return self.priced and any(getattr(hours, side) is None for side in self.sides)


NOTHING_ASKED = Asked()


def asked(starts_at: int, ends_at: int | None, *, timed: bool, late: bool) -> Asked:
    """What a tariff makes useful to note, by its activity's hours.

    `timed`: presence itself is priced; the arrival is what varies in the morning, the departure from
    noon on, and either in an activity over noon or of an unknown end. A fine for fetching a child
    late (`late`) always needs the departure.
    """
    is_evening = starts_at >= NOON
    is_morning = ends_at is not None and ends_at <= NOON
    return Asked(
        arrives=timed and not is_evening,
        leaves=late or (timed and not is_morning),
        priced=timed,
    )


def refusal(hours: Hours, starts_at: int, ends_at: int | None, activity: str) -> tuple[str, str] | None:
    """Why hours cannot be, and which of them (its name in `Hours`); None when they can.

    An hour that nobody noted is the activity's own: who leaves before it starts was not there.
    """
    for side, minute in zip(Hours._fields, hours, strict=True):
        if minute is not None and not _is_near(minute, starts_at, ends_at):
            when = _said(starts_at, ends_at)
            return side, f"{clock_time(minute)} est loin des heures de «{NBSP}{activity}{NBSP}» ({when})."
    arrives, leaves = hours
    if leaves is not None and arrives is not None and leaves <= arrives:
        return (
            "leaves",
            f"Le départ ({clock_time(leaves)}) n’est pas après l’arrivée ({clock_time(arrives)}).",
        )
    if leaves is not None and arrives is None and leaves <= starts_at:
        return "leaves", f"À {clock_time(leaves)}, l’activité n’a pas commencé ({clock_time(starts_at)})."
    if arrives is not None and leaves is None and ends_at is not None and arrives >= ends_at:
        return "arrives", f"À {clock_time(arrives)}, l’activité est finie ({clock_time(ends_at)})."
    return None


def _is_near(minute: int, starts_at: int, ends_at: int | None) -> bool:
    end = starts_at + LONGEST if ends_at is None else ends_at
    return starts_at - FAR <= minute <= end + FAR and minute < WHOLE_DAY


def _said(starts_at: int, ends_at: int | None) -> str:
    start = clock_time(starts_at)
    return f"à partir de {start}" if ends_at is None else f"de {start} à {clock_time(ends_at)}"
