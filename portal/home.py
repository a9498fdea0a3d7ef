"""« Mon accueil »: the family, the tiles that work, what is coming, the news."""

from __future__ import annotations

from flask import g, render_template

from operations.agenda import coming_days, next_cutoff
from operations.news import news_for
from portal import access
from portal.room import espace
from portal.tiles import HEADINGS
from rules.countdown import time_left


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
        coming=coming_days(viewers, access.today(), most=6),
        cutoff=cutoff,
        left=time_left(g.now, cutoff.until) if cutoff else "",
        news=news_for(access.my_audience(), access.today(), most=4),
        unpaid=access.my_unpaid_invoices(),
        missing=[each for each in access.my_expected_documents() if each.is_lacking],
    )
