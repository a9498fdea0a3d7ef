"""The parents' side: the open pages, and the parents' space under /espace."""

from flask import Flask

# Each file adds its routes to the blueprint it imports.
from portal import (
    absences,
    certificates,
    children,
    contacts,
    contests,
    custody_requests,
    dashboard,
    direct_debit,
    documents,
    enrolments,
    family,
    family_requests,
    feed,
    health,
    home,
    invoices,
    menus,
    my_data,
    new_requests,
    notices,
    own_details,
    paying,
    periods,
    pictures,
    quotient,
    receipts,
    requests,
    reservations,
    simulator,
    swaps,
    town_documents,
    usual_week,
)
from portal.drafts import RESTORED
from portal.public import interruptions_now, public
from portal.requests import stands
from portal.room import espace
from rules.documents import ACCEPT, expires_soon, size_in_words
from rules.elision import of_name, the_activity
from rules.labelled import in_order
from rules.simulation_words import about_euros, say_band, signed_cents
from rules.tariff_grid import format_quotient
from rules.wording import list_days, of_month, weekday_name

__all__ = [
    "absences",
    "certificates",
    "children",
    "contacts",
    "contests",
    "custody_requests",
    "dashboard",
    "direct_debit",
    "documents",
    "enrolments",
    "family",
    "family_requests",
    "feed",
    "health",
    "home",
    "init_app",
    "invoices",
    "menus",
    "my_data",
    "new_requests",
    "notices",
    "own_details",
    "paying",
    "periods",
    "pictures",
    "quotient",
    "receipts",
    "requests",
    "reservations",
    "simulator",
    "swaps",
    "town_documents",
    "usual_week",
]


def init_app(app: Flask) -> None:
    """Registered by app.create_app."""
    app.jinja_env.filters.update(days=list_days, of_month=of_month, of_name=of_name)
    app.jinja_env.filters.update(the_activity=the_activity)
    app.extensions["restored"] = RESTORED
    app.jinja_env.filters.update(quotient=format_quotient, about=about_euros, signed=signed_cents)
    app.jinja_env.filters.update(band_words=lambda band: say_band(band.first, band.after))
    app.jinja_env.filters.update(request_state=stands, members=in_order)
    app.jinja_env.filters.update(
        weekday_names=lambda days: ", ".join(weekday_name(day) for day in sorted(days))
    )
    app.jinja_env.filters.update(file_size=size_in_words, expires_soon=expires_soon)
    app.jinja_env.globals.update(accepted_files=ACCEPT)
    app.jinja_env.globals.update(interruptions_now=interruptions_now)
    app.register_blueprint(public)
    app.register_blueprint(espace)
