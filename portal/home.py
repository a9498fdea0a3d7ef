"""« Mon accueil »: the family, the tiles that work, what is coming, the news."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import g, render_template

from operations.agenda import coming_days, next_cutoff
from operations.bookings import Viewer
from operations.configuration import ActivityFacts
from operations.news import news_for
from operations.own_details import asks_confirmation
from operations.quotient_effects import to_renew
from operations.swap_views import Seen, to_answer
from portal import access
from portal.room import espace
from portal.tiles import HEADINGS
from rules.countdown import time_left
from rules.elision import of_name
from rules.wording import enumerate_words

MOST_DAYS = 4  # the next days: the rest is in each child's agenda
MOST_A_DAY = 3  # activities booked for one child


@dataclass(frozen=True, slots=True)
class ComingLine:
    """What is booked for some of my children on a day: « Cantine », « de Léa et d’Hugo »."""

    day: date
    activity: ActivityFacts
    whose: str


@espace.get("/aide")
def help_page() -> str:
    """What each icon of the home page is for: the guide's glossary, printable."""
    child_ids = [mine.id for mine in access.my_children()]
    return render_template(
        "portal/help.html", subjects=[(heading, heading.shown(child_ids)) for heading in HEADINGS]
    )


@espace.get("/")
def home() -> str:
    children, facts = access.my_children(), access.my_facts()
    viewers = {mine.id: access.my_view(mine.id) for mine in children}
    cutoff = next_cutoff(facts, viewers, access.today(), g.now)
    return render_template(
        "portal/home.html",
        me=access.me(),
        adults=access.adults_of_my_family(),
        children=children,
        subjects=[(heading, heading.shown(viewers)) for heading in HEADINGS],
        names={mine.id: mine.child.first_name for mine in children},
        coming=_coming(viewers),
        cutoff=cutoff,
        quotient=to_renew(access.me().family_id, access.today()) if children else None,
        left=time_left(g.now, cutoff.until) if cutoff else "",
        news=news_for(access.my_audience(), access.today(), most=4),
        unpaid=access.my_unpaid_invoices(),
        today=access.today(),
        missing=[each for each in access.my_expected_documents() if each.is_lacking],
        proposals=_proposals(viewers),
        confirms=asks_confirmation(access.me(), g.now),
        asked_of_me=access.my_requests_to_complete(),
    )


def _proposals(viewers: Mapping[int, Viewer]) -> list[Seen]:
    """The swaps of days that wait for my answer; no query for a child whose custody does not alternate."""
    today = access.today()
    shared = [child_id for child_id, viewer in viewers.items() if viewer.alternates_on(today)]
    return to_answer(shared, access.me().family_id, today) if shared else []


def _coming(viewers: Mapping[int, Viewer]) -> list[ComingLine]:
    """The next days, brothers and sisters together; a day is whole or is not there."""
    most = MOST_DAYS * MOST_A_DAY * len(viewers)
    found = coming_days(viewers, access.today(), most=most)
    found.sort(key=lambda item: (item.day, item.activity.starts_at_minute, item.activity.id))
    names = {mine.id: of_name(mine.child.first_name) for mine in access.my_children()}
    days = sorted({item.day for item in found})[:MOST_DAYS]
    return [
        ComingLine(day, activity, enumerate_words([names[item.child_id] for item in items]))
        for (day, activity), items in groupby(found, key=lambda item: (item.day, item.activity))
        if day in days
    ]
