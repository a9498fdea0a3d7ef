"""A new quotient familial: what the attestation says, checked by an agent, then kept from its day on.

The quotient is never computed: it is the one that CAF or MSA wrote. Accepted, it prices the days from
the date that the commune's rule gives; issued invoices stay what they say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import models
from operations.actors import Actor
from operations.quotient_effects import effect_of, in_words
from operations.quotients import QuotientFacts, check_quotient, set_quotient
from operations.request_kind import Field, Filing, Kind, day, read_day
from rules.documents import DocumentKind
from rules.instants import paris
from rules.quotients import QuotientFact
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind
from rules.simulation_words import read_quotient
from rules.tariff_grid import format_quotient
from rules.vocabulary import QuotientSource, Role
from rules.wording import month_name

SOURCES = (QuotientSource.CAF, QuotientSource.MSA)


def month_of(text: Any) -> date:
    """The first day of a month kept as `2026-11`; refused otherwise."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Refused("Choisissez le mois écrit sur l’attestation.", "period") from None


def new_fact(asked: Mapping[str, Any], received_on: date) -> QuotientFact:
    """What is asked, as the price engine takes it."""
    facts = _facts(asked, received_on)
    return QuotientFact(facts.value, facts.effective_on, None, facts.source.label, received_on)


def _facts(asked: Mapping[str, Any], received_on: date) -> QuotientFacts:
    """A quotient counts from the month of its attestation, unless an agent says another day."""
    month = month_of(asked.get("period"))
    since = date.fromisoformat(asked["effective_on"]) if asked.get("effective_on") else month
    return QuotientFacts(
        value=_value(asked.get("value")),
        source=_source(asked.get("source")),
        effective_on=since,
        received_on=received_on,
        document=f"Attestation de {month_name(month)}",
        period=f"{month:%Y-%m}",
    )


def _value(value: Any) -> Decimal:
    try:
        return read_quotient(str(value or ""))
    except Refused as refusal:
        raise Refused(refusal.sentence, "value") from None


def _source(value: Any) -> QuotientSource:
    found = next((each for each in SOURCES if each == value), None)
    if found is None:
        raise Refused("Dites qui a fait l’attestation : la CAF ou la MSA.", "source")
    return found


def _current(filing: Filing) -> Mapping[str, Any]:
    """The last quotient recorded for the household."""
    known = filing.guardian.family.quotients
    if not known:
        return {}
    last = max(known, key=lambda each: each.effective_on)
    return {
        "value": str(last.value),
        "source": last.source.value,
        "period": last.period,
        "effective_on": last.effective_on,
    }


def _check(filing: Filing) -> None:
    check_quotient(_facts(filing.asked, date.max))


def _apply(request: models.Request, *, by: Actor, now: datetime) -> None:
    """The family reads, with the decision, from when it counts and what it changes."""
    received_on, today = paris(request.submitted_at).date(), paris(now).date()
    effect = effect_of(request.family_id, new_fact(request.asked, received_on), today=today)
    set_quotient(request.family, _facts(request.asked, received_on), by=by, now=now)
    request.decision = f"{request.decision}\n\n{in_words(effect)}".strip()


def _quotient(value: Any) -> str:
    return format_quotient(Decimal(str(value))) if value else ""


def _read_value(typed: str) -> str:
    return str(read_quotient(typed))


def _labels(value: Any) -> str:
    return next((each.label for each in QuotientSource if each == value), "")


def _month(value: Any) -> str:
    return month_name(month_of(value)) if value else ""


def _read_month(typed: str) -> str:
    return f"{month_of(typed.strip()):%Y-%m}"


KIND = Kind(
    kind=RequestKind.QUOTIENT,
    slug="quotient",
    fields=(
        Field(name="value", label="Quotient familial", show=_quotient, read=_read_value),
        Field(
            name="source",
            label="Organisme",
            show=_labels,
            choices=lambda: [(each.value, each.label) for each in SOURCES],
        ),
        Field(name="period", label="Mois de l’attestation", show=_month, read=_read_month),
        Field(name="effective_on", label="Date d’effet", show=day, read=read_day, widget="date"),
    ),
    current=_current,
    check=_check,
    apply=_apply,
    wanted=frozenset({DocumentKind.QUOTIENT}),
    reasons=(
        "L’attestation n’est pas à votre nom, ou n’est pas lisible.",
        "Le quotient écrit sur l’attestation n’est pas celui que vous avez saisi.",
        "L’attestation est trop ancienne : téléchargez celle du mois sur le site de la CAF ou de la MSA.",
    ),
    audience=frozenset({Role.EDUCATION, Role.FINANCE}),
)
