"""The staff's side: every screen is registered here, in the order of the menu."""

from __future__ import annotations

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from admin import (
    absences,
    accounts,
    activation,
    activities,
    attendance,
    attendance_taking,
    bookings,
    calendar,
    capacity,
    categories,
    children,
    custodies,
    deadline_preview,
    deadlines,
    documents,
    examples,
    families,
    health_files,
    invoices,
    journal,
    mailbox,
    mails,
    mandates,
    menus,
    month,
    new_family,
    payments,
    pictures,
    price_editor,
    publications,
    replay,
    requests,
    school,
    settings,
    tariffs,
    town_documents,
    week_menus,
    year_enrolments,
)
from admin.home import HomeView
from config import ROOT

SECTIONS = (
    "Familles",
    "École",
    "Activités et prix",
    "Réservations",
    "Facturation",
    "Publication",
    "Suivi",
)
SUBJECTS = (
    requests,
    families,
    children,
    custodies,
    documents,
    categories,
    school,
    calendar,
    year_enrolments,
    activities,
    deadlines,
    capacity,
    tariffs,
    examples,
    bookings,
    attendance,
    absences,
    invoices,
    payments,
    mandates,
    publications,
    pictures,
    town_documents,
    menus,
    accounts,
    mails,
    journal,
    settings,
)
# The pages that are not generated from a table (admin.base.StaffPage), before the tables of their section.
PAGES: tuple[type, ...] = (
    *new_family.VIEWS,
    *activation.VIEWS,
    *attendance_taking.VIEWS,
    *health_files.VIEWS,
    *deadline_preview.VIEWS,
    *month.VIEWS,
    *price_editor.VIEWS,
    *replay.VIEWS,
    *examples.PAGES,
    *week_menus.VIEWS,
    *mailbox.VIEWS,
)


def init_app(app: Flask) -> None:
    """Registered by app.create_app."""
    admin = Admin(
        app,
        name="Espace des agents",
        index_view=HomeView(),
        theme=Bootstrap4Theme(base_template="admin/base.html"),
        translations_path=str(ROOT / "admin" / "translations"),
        csp_nonce_generator=app.jinja_env.globals["csp_nonce"],
    )
    for section in SECTIONS:
        admin.add_category(section)
    for page in PAGES:
        admin.add_view(page())
    for subject in SUBJECTS:
        for view in subject.VIEWS:
            admin.add_view(view())
