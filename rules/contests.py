"""Contesting a line of an invoice: until when, for what reason, how much may be given back.

CGCT L1617-5, 2°: the sum may be contested in the two months that follow its reception. An invoice is
received online the day it is announced; the last day counts to its end.
"""

from __future__ import annotations

from datetime import date

from rules.labelled import Labelled
from rules.money import format_cents
from rules.periods import months_later
from rules.refusals import Refused
from rules.wording import long_date

MONTHS_TO_CONTEST = 2
DAYS_TO_ANSWER = 30


class ContestReason(Labelled):
    """What a family says of a line."""

    NOT_THERE = "not_there", "Mon enfant n’était pas là ce jour-là"
    CANCELLED = "cancelled", "J’avais annulé à temps"
    BOOKED = "booked", "J’avais réservé\u00a0: ce n’est pas une présence sans réservation"
    HOURS = "hours", "Les heures notées ne sont pas les bonnes"
    QUOTIENT = "quotient", "Mon quotient familial n’est pas celui-là"
    TWICE = "twice", "C’est compté deux fois"
    OTHER = "other", "Autre chose"


def last_day_to_contest(announced_on: date) -> date:
    return months_later(announced_on, MONTHS_TO_CONTEST)


def ensure_in_time(announced_on: date, today: date) -> None:
    """Refused once the two months are over."""
    last = last_day_to_contest(announced_on)
    if today > last:
        raise Refused(f"Cette facture pouvait être contestée jusqu’au {long_date(last)}.")


def ensure_contestable(amount_cents: int, credited_cents: int, *, under_way: str | None) -> None:
    """Refused for what costs nothing, what is already given back, what is already being contested."""
    if amount_cents <= 0:
        raise Refused("Cette ligne ne vous coûte rien\u00a0: il n’y a rien à contester.")
    if under_way is not None:
        raise Refused(f"Cette ligne est déjà contestée\u00a0: demande {under_way}.")
    if credited_cents >= amount_cents:
        raise Refused("Cette ligne vous a déjà été rendue en entier.")


def ensure_credit(cents: int, amount_cents: int, credited_cents: int) -> None:
    """What is given back: something, and never more than what the line still costs."""
    left = amount_cents - credited_cents
    if cents <= 0:
        raise Refused("Dites combien est rendu à la famille\u00a0: un montant positif.", "amount_cents")
    if cents > left:
        already = f", {format_cents(credited_cents)} l’étant déjà" if credited_cents else ""
        raise Refused(
            f"Il ne reste que {format_cents(left)} à rendre sur cette ligne{already}.", "amount_cents"
        )
