"""What the buttons of a calendar tick: the last booked week, the same days for brothers and sisters.

They only tick: what they did is shown changed, to be saved or not.
"""

from __future__ import annotations

from datetime import date

from flask import abort

from operations.bookings import CalendarDay
from operations.habits import last_booked_weeks
from portal import access, boards
from portal.boards import Asked, Board, Days
from portal.spans import Span
from rules.copying import Copy, copied, onto_week, pasted
from rules.instants import monday_of
from rules.ticks import NOTHING_ASKED, Merge, asked_after
from rules.wording import enumerate_words, list_days, short_date, weekday_name

NOTHING_OPEN = "Aucun jour ne se modifie à l’écran : passez à une autre période avec les flèches."


def last_week(board: Board, days: Days, asked: Asked) -> tuple[Asked, list[str]]:
    """Tick the first week shown that may change as each child's last booked week before it."""
    first = min((day.day for of_child in days.values() for day in of_child if day.open), default=None)
    if first is None:
        return asked, [NOTHING_OPEN]
    monday = monday_of(first)
    found = last_booked_weeks(board.activity, board.viewers, monday)
    after, sentences = dict(asked), []
    for mine in board.children:
        week = found.get(mine.id, frozenset())
        copy = _lay(after, mine.id, onto_week(week, monday), days[mine.id])
        sentences.append(_week_said(mine, week))
        sentences += _refused(mine, copy, days[mine.id])
    return after, sentences


def to_siblings(
    board: Board, span: Span, days: Days, asked: Asked, step: str
) -> tuple[Board, Asked, list[str]]:
    """Tick one child's days for its brothers and sisters who book the same activity, on their common page."""
    source = _source(board, step)
    together = boards.every(board.activity.slug)
    if not board.shared:
        days = {**together.days(span.first, span.last), source.id: days[source.id]}
    open_days = {day.day for day in days[source.id] if day.open}
    model = asked_after(asked[source.id], _asked_now(days[source.id])) & open_days
    after = {mine.id: asked.get(mine.id, NOTHING_ASKED) for mine in together.children}
    after[source.id] = asked[source.id]
    sentences = []
    for mine in together.children:
        if mine.id != source.id:
            copy = _lay(after, mine.id, model, days[mine.id])
            sentences.append(_copied_said(mine, source, copy, bool(model)))
            sentences += _refused(mine, copy, days[mine.id])
    return together, after, sentences


def _source(board: Board, step: str) -> access.MyChild:
    """The child whose days are copied: `copier` on its own page, `copier-12` on the common one."""
    wanted = step.removeprefix("copier").removeprefix("-")
    named = (mine for mine in board.children if str(mine.id) == wanted)
    return next(named, None) or (board.children[0] if not board.shared else abort(404))


def _lay(after: dict[int, Merge], child_id: int, model: frozenset[date], days: list[CalendarDay]) -> Copy:
    """Lay the model over one child's days; returns what could be copied."""
    current, before = _asked_now(days), after.get(child_id, NOTHING_ASKED)
    copy = copied(model, asked_after(before, current), {day.day for day in days if day.open})
    after[child_id] = pasted(before, copy, current)
    return copy


def _asked_now(days: list[CalendarDay]) -> frozenset[date]:
    return frozenset(day.day for day in days if day.asked)


def _week_said(mine: access.MyChild, week: frozenset[date]) -> str:
    if not week:
        return f"{mine.child.first_name} : rien de réservé dans les mois d’avant, rien n’a été coché."
    names = enumerate_words([weekday_name(day.isoweekday()) for day in sorted(week)])
    return f"{mine.child.first_name} : comme la semaine du {short_date(monday_of(min(week)))} ({names})."


def _copied_said(mine: access.MyChild, source: access.MyChild, copy: Copy, has_model: bool) -> str:
    name, other = mine.child.first_name, source.child.first_name
    if not has_model:
        return f"Aucun jour coché pour {other} : rien à copier pour {name}."
    if not copy.add:
        return f"{name} : rien de plus à cocher."
    return f"{name} : coché {list_days(copy.add)}, comme {other}."


def _refused(mine: access.MyChild, copy: Copy, days: list[CalendarDay]) -> list[str]:
    """The days that could not be ticked, by reason."""
    reasons: dict[str, list[date]] = {}
    for day in days:
        if day.day in copy.refused:
            reasons.setdefault(day.short or "Ne se modifie pas", []).append(day.day)
    return [
        f"{mine.child.first_name}, impossible {list_days(them)} : {why}." for why, them in reasons.items()
    ]
