"""The parents' side: the open pages, and the parents' space under /espace."""

from flask import Flask

# Each file adds its routes to the blueprint it imports.
from portal import children, family, home, invoices, receipts, reservations
from portal.public import public
from portal.room import espace
from rules.elision import of_name
from rules.wording import list_days, of_month

__all__ = ["children", "family", "home", "init_app", "invoices", "receipts", "reservations"]


def init_app(app: Flask) -> None:
    """Registered by app.create_app."""
    app.jinja_env.filters.update(days=list_days, of_month=of_month, of_name=of_name)
    app.register_blueprint(public)
    app.register_blueprint(espace)
