"""« Nouvelle famille » in one screen: adults, address, quotient, children, classes, services, custody."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask_admin import expose

import models
from admin.base import url_of_details
from admin.families import SECTION
from admin.guard import StaffPage, actor
from admin.new_family_form import FAMILIES, NewFamilyForm
from admin.saving import committed
from operations import families
from operations.configuration import commune_settings
from operations.known_children import known_children
from rules.instants import paris
from rules.refusals import Refused
from rules.vocabulary import Role


class NewFamilyPage(StaffPage):
    title, slug, section = "Nouvelle famille", "nouvelle-famille", SECTION
    audience = editors = {Role.EDUCATION}
    shortcut = True

    @expose("/", methods=("GET", "POST"))
    def index(self) -> Any:
        form = NewFamilyForm(request.form if request.method == "POST" else None, data=self._defaults())
        if request.method == "GET":
            return self._page(form)
        if not form.validate():
            return self._page(form), 422
        facts = form.facts(paris(self.now()).date())
        known = [] if form.another.data else known_children(facts.children)
        if known:
            return self._page(form, known), 422
        try:
            family = committed(lambda: families.new_family(facts, by=actor(), now=self.now()))
        except Refused as refusal:
            if not form.refuse(refusal):
                flash(refusal.sentence, "error")
            return self._page(form), 422
        return self._done(family)

    def _done(self, family: models.Family) -> Response:
        flash(f"La famille {family.name} est créée. Reste à activer les comptes de ses adultes.", "success")
        return redirect(url_of_details(family) or url_for(".index"), 303)

    def _page(self, form: NewFamilyForm, known: list[models.Child] | None = None) -> str:
        return self.render("staff/new_family/form.html", form=form, known=known or [], url_of=url_of_details)

    def _defaults(self) -> dict[str, Any]:
        commune = commune_settings()
        return {
            "first_day": paris(self.now()).date(),
            "postcode": commune.postcode,
            "city": commune.city,
        }

    @expose("/recherche/")
    def ajax_lookup(self) -> Response:
        """Families whose words are typed, for the other household of an alternating custody."""
        if request.args.get("name") != FAMILIES.name:
            abort(404)
        found = FAMILIES.get_list(request.args.get("query", ""))
        return Response(json.dumps([FAMILIES.format(row) for row in found]), mimetype="application/json")


VIEWS = (NewFamilyPage,)
