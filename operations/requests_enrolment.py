"""Enrolment for a school year: the services chosen and their weekdays, applied when staff accept.

A compulsory document that is missing never refuses it (Code de l'éducation, L131-13: the canteen is a
right of every child at school): the enrolment is provisional, works, and becomes final by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import models
from extensions import db
from operations import enrolments, provisional
from operations.actors import Actor
from operations.children import facts_of, hold_child
from operations.commitments import EnrolmentTerms
from operations.configuration import configuration
from operations.request_kind import Filing, Kind, Line
from operations.year_enrolments import (
    first_day,
    is_for_the_year,
    last_day,
    weekdays_offered,
)
from rules.commitments import check_weekdays
from rules.instants import ONE_DAY, paris
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind
from rules.wording import weekday_name

NOT_ENROLLED = "Non inscrit"
ENROLLED = "Inscrit"


def year_of(values: Mapping[str, Any]) -> models.SchoolYear:
    year = db.session.get(models.SchoolYear, int(values.get("school_year_id") or 0))
    if year is None:
        raise Refused("Cette année scolaire n’existe pas.")
    return year


def choice_of(values: Mapping[str, Any]) -> dict[int, frozenset[int]]:
    """The activities chosen, each with its weekdays (none: no wish)."""
    chosen = values.get("activities") or {}
    return {int(activity_id): frozenset(days) for activity_id, days in chosen.items()}


def _current(filing: Filing) -> Mapping[str, Any]:
    if filing.child is None:
        return {}
    facts = facts_of([filing.child.id])[filing.child.id]
    year = year_of(filing.asked)
    known = [each for each in facts.enrolments if each.last is None or each.last >= year.first_day]
    return {"activities": {str(each.activity_id): sorted(each.usual_weekdays or ()) for each in known}}


def _lines(filing: Filing) -> Sequence[Line]:
    before, asked = choice_of(filing.before), choice_of(filing.asked)
    year = db.session.get(models.SchoolYear, int(filing.asked.get("school_year_id") or 0))
    lines = [Line("Année scolaire", "", year.name if year else "")]
    for activity in configuration().activities.values():
        if activity.id in before or activity.id in asked:
            lines.append(Line(activity.name, _said(before.get(activity.id)), _said(asked.get(activity.id))))
    versions = filing.asked.get("rules") or []
    return [*lines, *(Line("Règlement accepté", "", str(each)) for each in versions)]


def _said(days: frozenset[int] | None) -> str:
    if days is None:
        return NOT_ENROLLED
    names = ", ".join(weekday_name(day) for day in sorted(days))
    return f"{ENROLLED} : {names}" if names else ENROLLED


def _check(filing: Filing) -> None:
    if filing.child is None:
        raise Refused("Dites pour quel enfant.")
    year, chosen, activities = year_of(filing.asked), choice_of(filing.asked), configuration().activities
    if not chosen and not (filing.before or {}).get("activities"):
        raise Refused("Choisissez au moins un service.", "activites")
    for activity_id, days in chosen.items():
        activity = activities.get(activity_id)
        if activity is None or not activity.is_open:
            raise Refused("Un service choisi n’existe plus : rechargez la page.", "activites")
        try:
            check_weekdays(days, weekdays_offered(activity_id, year), activity.name)
        except Refused as refusal:
            raise Refused(refusal.sentence, "activites") from None


def _apply(request: models.Request, *, by: Actor, now: datetime) -> None:
    """Enrol in what is chosen, renew what goes on, end what is given up for a year to come."""
    child, year = request.child, year_of(request.asked)
    assert child is not None
    hold_child(child.id)
    chosen, today = choice_of(request.asked), paris(now).date()
    since = first_day(year, today)
    for activity_id, days in chosen.items():
        _enrol(child, activity_id, days, since, last_day(year), by, now)
    if since > today:
        for activity_id in choice_of(request.before).keys() - chosen.keys():
            _give_up(child, activity_id, since - ONE_DAY, by, now)
    provisional.await_documents(child, request.family_id, chosen.keys(), year, by=by, now=now)


def _enrol(
    child: models.Child,
    activity_id: int,
    days: frozenset[int],
    since: date,
    until: date,
    by: Actor,
    now: datetime,
) -> None:
    known = enrolments.enrolment_on(child, activity_id, since)
    is_bound = is_for_the_year(activity_id, since)
    weekdays = (days or None) if is_bound else (known.usual_weekdays if known else None)
    terms = EnrolmentTerms(usual_weekdays=weekdays)
    if known is None:
        enrolments.enrol(child, activity_id, since, until, terms=terms, by=by, now=now)
        return
    terms = EnrolmentTerms(regime=known.regime, formula=known.formula, usual_weekdays=weekdays)
    if known.first_day < since and since > paris(now).date():
        enrolments.renew(known, since, until, terms=terms, by=by, now=now)
    else:
        enrolments.change_terms(known, terms, since, by=by, now=now)


def _give_up(child: models.Child, activity_id: int, last: date, by: Actor, now: datetime) -> None:
    known = enrolments.enrolment_on(child, activity_id, last + ONE_DAY)
    if known is not None and known.first_day <= last:
        enrolments.end_enrolment(known, last, by=by, now=now)


KIND = Kind(
    kind=RequestKind.ENROLMENT,
    slug="inscription",
    lines=_lines,
    current=_current,
    check=_check,
    apply=_apply,
    reasons=(
        "L’enfant n’est pas inscrit dans une école de la commune : commencez par l’inscription scolaire.",
        "L’inscription de cet enfant a déjà été acceptée pour cette année scolaire.",
    ),
    counter=False,  # an agent enrols the child on its own screen
)
