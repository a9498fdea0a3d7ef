"""How a value is shown to staff: on a list, in details, in an export."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from markupsafe import Markup, escape

from extensions import db
from rules import wording
from rules.instants import paris
from rules.money import format_cents
from rules.phones import format_phone
from rules.request_vocabulary import RequestState
from rules.tariff_grid import format_quotient
from rules.tariff_words import number
from rules.vocabulary import ClaimState, InvoiceState, MailState, SheetState, Timing, in_order

MINUTES = ("minute_of_day", "_minute", "slot_from", "slot_to")  # the ends of the columns of times
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# The states worth a colour; the label says it all without it.
TONES = {
    MailState.FAILED: "bad",
    MailState.SENT: "good",
    MailState.DUE: "accent",
    SheetState.OPEN: "warn",
    SheetState.CLOSED: "good",
    Timing.LATE: "warn",
    ClaimState.WAITING: "warn",
    ClaimState.ACCEPTED: "good",
    ClaimState.REFUSED: "bad",
    RequestState.WAITING: "warn",
    RequestState.ASKED: "accent",
    RequestState.ACCEPTED: "good",
    RequestState.REFUSED: "bad",
    InvoiceState.PAID: "good",
    InvoiceState.PARTLY_PAID: "warn",
    InvoiceState.OVERDUE: "bad",
}


def text(value: Any, name: str = "") -> Any:
    """The French text of a value; `name` tells cents, minutes and weekdays from plain numbers."""
    if value is None or value == "":
        return ""
    if isinstance(value, Markup):
        return value
    if isinstance(value, bool):
        return "Oui" if value else "Non"
    if isinstance(value, StrEnum):
        return getattr(value, "label", str(value))
    if isinstance(value, datetime):
        return f"{paris(value):%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return wording.month_name(value) if name == "month" else f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return number(value) if name in ("factor", "rate", "regular_share") else format_quotient(value)
    if isinstance(value, int):
        return _number(value, name)
    if isinstance(value, frozenset):
        return ", ".join(str(text(each, "weekday")) for each in in_order(value))
    if isinstance(value, (list, tuple)):
        return ", ".join(str(text(each)) for each in value)
    return format_phone(value) if name.endswith("phone") else str(value)


def _number(value: int, name: str) -> str:
    if name.endswith("_cents"):
        return format_cents(value)
    if name.endswith(MINUTES):
        return wording.clock_time(min(value, 1439))
    if name.endswith("weekday"):
        return wording.weekday_name(value)
    return str(value)


def shown(value: Any, name: str = "") -> Any:
    """The same as HTML: states get a badge, rows become links, a list has one line each."""
    if value is True or value is False:
        return badge("Oui" if value else "Non", "good" if value else "quiet")
    if isinstance(value, StrEnum) and value in TONES:
        return badge(text(value), TONES[value])
    if isinstance(value, db.Model):
        return link(value)
    if isinstance(value, (list, tuple)):
        return lines(shown(each, name) for each in value)
    return text(value, name)


def badge(said: str, tone: str) -> Markup:
    return Markup('<span class="badge {}">{}</span>').format(tone, said)


def lines(parts: Iterable[Any]) -> Markup:
    """Each on a line of its own."""
    return Markup("<br>").join(escape(part) for part in parts)


def link(row: Any, said: str | None = None) -> Markup:
    """A row by its name, leading to its details when there is a screen for it that this agent may open."""
    from admin.base import url_of_details

    url = url_of_details(row)
    said = str(row) if said is None else said
    return Markup('<a href="{}">{}</a>').format(url, said) if url else escape(said)


def cell(value: Any, name: str) -> Any:
    """A value for a spreadsheet: amounts in euros, dates as dates, the rest as text."""
    if isinstance(value, datetime):
        return paris(value).replace(tzinfo=None)
    if isinstance(value, (bool, StrEnum, frozenset, db.Model)):
        return str(text(value, name))
    if isinstance(value, date):
        return value
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return _number_cell(value, name)
    return str(text(value, name))


def _number_cell(value: int, name: str) -> Any:
    if name.endswith("_cents"):
        return Decimal(value).scaleb(-2)
    told = name.endswith(("weekday", *MINUTES))
    return str(text(value, name)) if told else value


def harmless(said: str) -> str:
    """Text that a spreadsheet will not take for a formula."""
    return f"'{said}" if said.startswith(FORMULA) else said
