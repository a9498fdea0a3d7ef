"""A child's whole health file, for the education service alone: each opening is written down first."""

from __future__ import annotations

from flask import abort, redirect, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

import models
from admin.documents import file_link
from admin.guard import StaffPage, actor, holds
from admin.saving import committed
from extensions import db, mark_reading
from operations import health
from rules.health import is_out_of_date
from rules.instants import paris
from rules.labelled import in_order
from rules.vocabulary import Role


class HealthFiles(StaffPage):
    title, slug, section = "Fiche santé", "sante", "Familles"
    audience = {Role.EDUCATION}
    in_menu = False

    @expose("/")
    def index(self) -> Response:
        """A file is opened from its child's page."""
        return redirect(url_for("staff_enfants.index_view"), 303)

    @expose("/<int(max=2147483647):child_id>/")
    def file(self, child_id: int) -> str:
        child = db.session.get(models.Child, child_id) or abort(404)
        db.session.rollback()  # the transaction that read the session cannot write
        mark_reading(False)
        row = committed(lambda: health.open_file(child, by=actor(), now=self.now()))
        today = paris(self.now()).date()
        return self.render(
            "staff/health/file.html",
            child=child,
            row=row,
            allergens=in_order(row.allergens) if row else (),
            diets=in_order(row.diet_list) if row else (),
            pai_is_old=row is not None and row.has_pai and is_out_of_date(row.pai_until, today),
            insurances=health.insurances_of(child.id),
            file_link=file_link,
            openings=health.openings_of(child.id) if holds({Role.ADMINISTRATOR}) else (),
        )


VIEWS = (HealthFiles,)
