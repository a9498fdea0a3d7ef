"""A child's file: school, services of the year with their actions, agenda, contacts."""

from __future__ import annotations

from flask import render_template

from operations.agenda import activities_of, coming_days, is_booked
from operations.configuration import configuration
from portal import access
from portal.room import espace
from portal.swaps import shared_days
from rules.deadlines import in_words


@espace.get("/enfants/<int:child_id>")
def child(child_id: int) -> str:
    mine = access.my_child(child_id)
    facts, day = access.my_facts()[mine.id], access.today()
    rules = configuration()
    services = [
        (
            activity,
            is_booked(activity, day),
            [in_words(rule) for rule in rules.deadlines.get(activity.id, ()) if rule.concerns(day)],
        )
        for activity in activities_of(facts, day)
    ]
    return render_template(
        "portal/child.html",
        mine=mine,
        services=services,
        year=rules.calendar.year_of(day),
        alternating=access.my_view(mine.id).alternates_on(day),
        shared=shared_days(mine),
        coming=coming_days({mine.id: access.my_view(mine.id)}, day, most=10),
        contacts=access.contacts_of(mine),
        provisional={e.activity_id: e.provisional_until for e in facts.enrolments if e.provisional_until},
        expected=[each for each in access.my_expected_documents() if each.child_id == mine.id],
    )
