"""Dates, numbers and states of invoices: when a month may be billed, what is due and when."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from rules.instants import at_minute, local_midnight, paris, to_utc
from rules.money import NBSP
from rules.refusals import Refused
from rules.vocabulary import InvoiceState
from rules.wording import of_month, short_date

FARTHEST_ANNOUNCEMENT = timedelta(days=62)
DAYS_TO_PAY = timedelta(days=21)  # the guide: three weeks
_NUMBER = re.compile(r"F(\d{4})-(\d{6,})")


def due_on(announced_on: date) -> date:
    """The last day to pay: three weeks after the invoice was announced."""
    return announced_on + DAYS_TO_PAY


def announcement(announced_on: date, now: datetime) -> datetime:
    """When the families are told: at once on the day itself, else at eight on the day announced.

    Not before: until that day an invoice opens to nobody.
    """
    return now if announced_on <= paris(now).date() else at_minute(announced_on, 8 * 60)


def ensure_announceable(announced_on: date, now: datetime) -> None:
    """Refuse a day gone by, and one so far ahead that its year must be a slip: it is frozen on issue."""
    today = paris(now).date()
    if announced_on < today:
        raise Refused("La date d’annonce ne peut pas être passée.", "announced_on")
    if announced_on > today + FARTHEST_ANNOUNCEMENT:
        raise Refused("La date d’annonce est à plus de deux mois : vérifiez-la.", "announced_on")


def exercice_of(day: date) -> int:
    """The accounting year of an invoice issued that day: the calendar year."""
    return day.year


def invoice_number(exercice: int, sequence: int) -> str:
    """`F2026-000123`: the exercice, then a sequence that starts at 1 and has no gap."""
    if sequence < 1:
        raise ValueError("invoice sequences start at 1")
    return f"F{exercice:04d}-{sequence:06d}"


def parse_invoice_number(text: str) -> tuple[int, int]:
    """The exercice and the sequence of a number that a person typed, or a refusal in French."""
    found = _NUMBER.fullmatch(text.strip().upper())
    if not found:
        raise Refused(
            f"«{NBSP}{text.strip()}{NBSP}» n’est pas un numéro de facture. Exemple{NBSP}: F2026-000123."
        )
    return int(found[1]), int(found[2])


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    return (first_of_month(month) + timedelta(days=32)).replace(day=1)


def month_is_over(month: date, now: datetime) -> bool:
    """Whether the whole month of `month` has passed at `now` (aware), on Paris clocks."""
    return to_utc(now) >= to_utc(local_midnight(next_month(month)))


def ensure_month_over(month: date, now: datetime) -> None:
    """Refuse to bill a month that is not over (the guide: invoices come once the month is over)."""
    if not month_is_over(month, now):
        opening = next_month(month)
        raise Refused(
            f"Le mois {of_month(month)} n’est pas terminé{NBSP}: "
            f"il pourra être facturé à partir du {short_date(opening)} {opening.year}."
        )


def invoice_state(total_cents: int, paid_cents: int, due_on: date, today: date) -> InvoiceState:
    """Where an invoice stands, from what has been paid; the due date itself is still in time."""
    if paid_cents >= total_cents:
        return InvoiceState.PAID
    if today > due_on:
        return InvoiceState.OVERDUE
    return InvoiceState.PARTLY_PAID if paid_cents > 0 else InvoiceState.DUE
