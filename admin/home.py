"""The agents' first page: what waits for somebody today, and the way there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_admin import AdminIndexView, expose

import models
from admin.base import StaffView
from admin.guard import EVERYONE, Guard, StaffPage
from admin.request_queues import decided_kinds
from extensions import db
from operations import school_years
from operations.configuration import commune_settings
from rules.instants import paris
from rules.request_vocabulary import RequestState
from rules.vocabulary import BookingState, ClaimState, MailState, Presence, SheetState
from rules.wording import long_date


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure that leads to its list; `alert` when somebody has something to do."""

    figure: int
    label: str
    url: str
    alert: bool = False


class HomeView(Guard, AdminIndexView):
    title = "Accueil"
    audience = EVERYONE
    in_menu = True

    def __init__(self) -> None:
        super().__init__(name="Accueil", endpoint="admin", url="/admin")
        self.static_folder = None  # nothing of Flask-Admin's own scripts and styles is served

    @expose("/")
    def index(self) -> Any:
        today = paris(self.now()).date()
        return self.render(
            "staff/home.html",
            today=long_date(today),
            tiles=[tile for tile in self._tiles(today) if tile.url],
            shortcuts=self._shortcuts(),
            warnings=school_years.warnings(today) if StaffView.may_read(models.SchoolYear) else [],
        )

    def _tiles(self, today: Any) -> list[Tile]:
        counts = _counts(today)
        return [
            Tile(
                counts.requests,
                "démarches à traiter",
                self._list(models.Request, flt_etat="waiting"),
                counts.requests > 0,
            ),
            Tile(
                counts.booked,
                "réservations aujourd’hui",
                self._list(models.Booking, flt_depuis=today, flt_jusque=today, flt_etat="booked"),
            ),
            Tile(
                counts.present,
                "présences notées aujourd’hui",
                self._list(models.Attendance, flt_depuis=today, flt_jusque=today, flt_presence="present"),
            ),
            Tile(
                counts.open_sheets,
                "feuilles de présence à clore",
                self._list(models.AttendanceSheet, flt_etat="open"),
                counts.open_sheets > 0,
            ),
            Tile(
                counts.failed,
                "courriels en échec",
                self._list(models.Outbox, flt_etat="failed"),
                counts.failed > 0,
            ),
            Tile(
                counts.claims,
                "absences à examiner",
                self._list(models.AbsenceClaim, flt_etat="waiting"),
                counts.claims > 0,
            ),
            Tile(counts.drafts, "brouillons de factures", self._list(models.Draft)),
            Tile(
                counts.anomalies,
                "points à vérifier avant d’émettre",
                self._list(models.Anomaly),
                counts.anomalies > 0,
            ),
            Tile(
                counts.without_account,
                "adultes avec courriel, sans compte",
                self._list(models.Guardian, flt_compte="non", flt_courriel="oui"),
            ),
            Tile(counts.families, "familles", self._list(models.Family)),
        ]

    def _list(self, table: Any, **filters: Any) -> str:
        return _url(self.admin, table, "index_view", **filters)

    def _shortcuts(self) -> list[tuple[str, str]]:
        """What this agent does or creates most, by the name of its page."""
        pages = [view for view in self.admin._views if isinstance(view, StaffPage) and view.shortcut]
        wanted = (models.Booking, models.Child, models.Payment, models.Closure, models.News)
        views = [_view(self.admin, table) for table in wanted]
        return [(page.title, page.get_url(".index")) for page in pages if page.is_accessible()] + [
            (view.new_title, url_for(f"{view.endpoint}.create_view"))
            for view in views
            if view is not None and view.can_create
        ]


def _view(admin: Any, table: Any) -> StaffView | None:
    return next((v for v in admin._views if isinstance(v, StaffView) and v.table is table), None)


def _url(admin: Any, table: Any, route: str, **options: Any) -> str:
    view = _view(admin, table)
    if view is None or not view.is_accessible():
        return ""
    return url_for(f"{view.endpoint}.{route}", **options)


def _counts(today: Any) -> Any:
    """Every figure of the page in one query."""

    def count(table: Any, *conditions: Any) -> Any:
        return sa.select(sa.func.count()).select_from(table).where(*conditions).scalar_subquery()

    booking, sheet = models.Booking, models.AttendanceSheet
    no_account = (models.Guardian.email.is_not(None), models.Guardian.account_id.is_(None))
    return db.session.execute(
        sa.select(
            count(booking, booking.day == today, booking.state == BookingState.BOOKED).label("booked"),
            count(
                models.Attendance,
                models.Attendance.day == today,
                models.Attendance.presence == Presence.PRESENT,
            ).label("present"),
            count(sheet, sheet.state == SheetState.OPEN).label("open_sheets"),
            count(models.Outbox, models.Outbox.state == MailState.FAILED).label("failed"),
            count(models.AbsenceClaim, models.AbsenceClaim.state == ClaimState.WAITING).label("claims"),
            count(
                models.Request,
                models.Request.state == RequestState.WAITING,
                models.Request.kind.in_(decided_kinds()),
            ).label("requests"),
            count(models.Draft).label("drafts"),
            count(models.Anomaly, models.Anomaly.month >= commune_settings().billed_from).label("anomalies"),
            count(models.Guardian, *no_account).label("without_account"),
            count(models.Family, models.Family.archived_on.is_(None)).label("families"),
        )
    ).one()
