"""What was ticked and not saved comes back after a sign-in that had ended, to whoever ticked it.

Nothing is kept here: a form that arrives too late (signed out, or its token gone) is answered by its own
page, whose address carries the change as a signed `brouillon`. Each form says, signed too, by whose account
its page was opened (`auteur`): without it there is no draft, and nobody else is shown or made to save it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from flask import current_app, flash, request, url_for
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer

from portal import access
from rules.ticks import Merge

AWAITS = (
    "Votre session était terminée. Reconnectez-vous : ce que vous aviez coché vous attend, rien n’est perdu "
    "et rien n’est encore enregistré."
)
LONGEST = 2_000  # a server reads an address of four thousand characters
FIELD = re.compile(r"(jour|vu)(?:-([0-9]{1,10}))?")


def author() -> str:
    """Who opened this page, for its form to say."""
    return str(_signer("auteur").dumps(access.myself().account_id))


def is_mine(token: str) -> bool:
    """Whether my account opened the page; a form that does not say (a script's) is taken at its word."""
    return not token or _author_of(token) == access.myself().account_id


def calendar_again(account_id: int) -> str:
    """The address of the calendar that was sent, with its change."""
    period = {name: value for name, value in request.args.items() if name in ("mois", "semaine")}
    path = url_for(_page_of(), **(request.view_args or {}), **period)
    draft = str(_signer("brouillon").dumps([account_id, _changes()]))
    return f"{path}{'&' if period else '?'}brouillon={draft}" if len(draft) < LONGEST else path


def same_page(_account_id: int) -> str:
    """The page that the form came from: its address says it all."""
    return request.full_path.rstrip("?")


def receipt_again(_account_id: int) -> str:
    others = request.form.getlist("avec", type=int)
    return url_for("portal.receipt", **(request.view_args or {}), **({"avec": others} if others else {}))


def restored(again: Callable[[int], str]) -> Callable[[], str]:
    """Where to send a form that arrives signed out, or whose token is gone; nowhere without its author."""

    def address() -> str:
        account_id = _author_of(request.form.get("auteur", ""))
        if account_id is None:
            return ""
        if not current_user.is_authenticated:
            flash(AWAITS, "info")
        return again(account_id)

    return address


RESTORED = {
    "portal.change_calendar": restored(calendar_again),
    "portal.change_calendars": restored(calendar_again),
    "portal.book_period": restored(same_page),
    "portal.book_periods": restored(same_page),
    "portal.undo": restored(receipt_again),
}


def read(token: str) -> Mapping[int, tuple[frozenset[date], frozenset[date]]] | None:
    """The days to add and to remove of a draft, by child (0: the only one); None when it is not mine."""
    try:
        account_id, changes = _signer("brouillon").loads(token)
    except BadSignature:
        return None
    if account_id != access.myself().account_id:
        return None
    return {int(child): (_days(add), _days(remove)) for child, (add, remove) in changes.items()}


def merged(change: tuple[frozenset[date], frozenset[date]], current: frozenset[date]) -> Merge:
    """The change of a draft over what is asked for now."""
    add, remove = change
    return Merge(add - current, remove & current, frozenset())


def _page_of() -> str:
    return {"portal.change_calendar": "portal.calendar", "portal.change_calendars": "portal.calendars"}[
        request.endpoint or ""
    ]


def _changes() -> dict[str, list[list[str]]]:
    """What the form changes, by child: the days ticked and not shown, the days shown and not ticked."""
    found: dict[str, dict[str, set[date]]] = {}
    for name in request.form:
        if field := FIELD.fullmatch(name):
            days = found.setdefault(field[2] or "0", {"jour": set(), "vu": set()})
            with suppress(ValueError):
                days[field[1]] |= {date.fromisoformat(value) for value in request.form.getlist(name)}
    changes = {
        child: [_iso(days["jour"] - days["vu"]), _iso(days["vu"] - days["jour"])]
        for child, days in found.items()
    }
    return {child: change for child, change in changes.items() if any(change)}


def _iso(days: set[date]) -> list[str]:
    return [day.isoformat() for day in sorted(days)]


def _days(values: list[str]) -> frozenset[date]:
    return frozenset(date.fromisoformat(value) for value in values)


def _author_of(token: str) -> int | None:
    try:
        found: Any = _signer("auteur").loads(token)
    except BadSignature:
        return None
    return int(found)


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"calendrier-{purpose}")
