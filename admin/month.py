"""« Préparer le mois », « Émettre »: drafts and what to look at, the summary to confirm, what was issued."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Response, abort, flash, redirect, request, url_for
from flask_admin import expose
from wtforms import HiddenField
from wtforms.validators import InputRequired

import models
import papers
from admin.base import StaffForm, add_url
from admin.display import link
from admin.families import MONEY_READERS
from admin.guard import StaffPage, actor
from admin.saving import committed
from extensions import db, mark_reading
from fields import FrenchDateField
from operations import billing, month_review
from operations.billing import Preparation
from operations.configuration import commune_settings
from rules.instants import paris
from rules.money import NBSP, format_cents
from rules.refusals import Refused
from rules.vocabulary import Role
from rules.wording import month_name, of_month

SECTION = "Facturation"
PAGE_SIZE = 50
_MONTH = re.compile(r"2\d{3}-(0[1-9]|1[0-2])")


class IssueForm(StaffForm):
    """The day the invoices are announced; `vu` says which preparation was read."""

    announced_on = FrenchDateField("Date d’annonce", validators=[InputRequired("Donnez la date d’annonce.")])
    vu = HiddenField()


class MonthPage(StaffPage):
    title, slug, section = "Préparer le mois", "facturation", SECTION
    audience, editors = {Role.FINANCE, Role.EDUCATION}, {Role.FINANCE}
    shortcut = True

    @expose("/")
    def index(self) -> str:
        month, review = self._review()
        return self.render(
            "staff/month/review.html",
            month=month,
            months=month_review.months(self.now()),
            review=review,
            issued=month_review.batches(month),
            shown=_page(review.due, request.args.get("page", 0, type=int)),
            page=request.args.get("page", 0, type=int),
            pages=-(-len(review.due) // PAGE_SIZE),
            page_url=lambda n: url_for(".index", mois=f"{month:%Y-%m}", page=n),
            add_adjustment=add_url(models.Adjustment),
            add_exclusion=add_url(models.Exclusion),
            link=link,
        )

    @expose("/preparer/", methods=("POST",))
    def prepare(self) -> Response:
        month = _month(request.form.get("mois"))
        try:
            found = committed(lambda: billing.prepare_month(month, by=actor(), now=self.now()))
            flash(_prepared(found), "success" if found.invoices or found.carried_over else "info")
        except Refused as refusal:
            flash(refusal.sentence, "error")
        return redirect(url_for(".index", mois=f"{month:%Y-%m}"), 303)

    @expose("/emettre/", methods=("GET", "POST"))
    def issue(self) -> Any:
        if not self.may_change():
            abort(403)
        month, review = self._review()
        form = IssueForm(request.form if request.method == "POST" else None)
        if request.method == "GET":
            form.announced_on.data, form.vu.data = paris(self.now()).date(), review.seen
        if not review.due:
            return self._nothing_left(review)
        if request.method == "POST" and form.validate():
            done = self._issue(month, form)
            if done is not None:
                return done
            review = month_review.review(month)  # read again: a refusal undoes and forgets what was read
            if not review.due:
                return self._nothing_left(review)
        answer = self.render(
            "staff/month/issue.html",
            month=month,
            review=review,
            form=form,
            due_days=commune_settings().due_days,
        )
        return answer, 200 if request.method == "GET" else 422

    def _issue(self, month: date, form: IssueForm) -> Response | None:
        """Issue what was read; None when it is refused, the sentence being on the form or the page."""

        def work() -> billing.Issued:
            month_review.ensure_seen(month, form.vu.data or "")
            return billing.issue_month(month, form.announced_on.data, by=actor(), now=self.now())

        try:
            committed(work)
        except Refused as refusal:
            if refusal.field == "announced_on":
                form.announced_on.errors = [refusal.sentence]
            else:
                flash(refusal.sentence, "error")
            return None
        return redirect(url_for(".issued", mois=f"{month:%Y-%m}"), 303)

    def _nothing_left(self, review: month_review.Review) -> Response:
        """No invoice to issue: just issued (a second click), all under the threshold, or not prepared."""
        month = review.month
        if not review.is_prepared and month_review.batches(month):
            flash(f"Le mois {of_month(month)} est déjà émis.", "info")
            return redirect(url_for(".issued", mois=f"{month:%Y-%m}"), 303)
        if review.is_prepared:
            flash("Toutes les familles sont sous le seuil : il n’y a rien à émettre ce mois-ci.", "info")
        else:
            flash(f"Aucun brouillon pour {month_name(month)}{NBSP}: préparez d’abord le mois.", "error")
        return redirect(url_for(".index", mois=f"{month:%Y-%m}"), 303)

    @expose("/emis/")
    def issued(self) -> Any:
        month = _month(request.args.get("mois"))
        batches = month_review.batches(month)
        if not batches:
            return redirect(url_for(".index", mois=f"{month:%Y-%m}"))
        return self.render("staff/month/issued.html", month=month, batches=batches)

    def _review(self) -> tuple[date, month_review.Review]:
        text = request.values.get("mois")
        months = month_review.months(self.now())
        latest = months[0] if months else commune_settings().billed_from.replace(day=1)
        month = _month(text) if text else latest
        return month, month_review.review(month)


class PaperPage(StaffPage):
    """The PDF of any issued invoice, and the list of those to print for payers without e-mail."""

    title, slug, section = "Factures à imprimer", "factures-imprimees", SECTION
    audience = MONEY_READERS

    @expose("/")
    def index(self) -> str:
        months = month_review.months(self.now())
        text = request.args.get("mois")
        month = _month(text) if text else (months or [paris(self.now()).date().replace(day=1)])[0]
        return self.render(
            "staff/month/papers.html",
            month=month,
            months=months,
            invoices=month_review.to_print(month),
        )

    @expose("/<number>.pdf")
    def pdf(self, number: str) -> Response:
        # Kept the first time it is made: the transaction that read the session cannot write.
        db.session.rollback()
        mark_reading(False)
        found = db.session.scalars(sa.select(models.Invoice).filter_by(number=number)).first()
        return papers.invoice_response(found or abort(404), now=self.now())


def _month(text: str | None) -> date:
    """`2026-09` as its first day."""
    if not _MONTH.fullmatch(text or ""):
        abort(400)
    return date.fromisoformat(f"{text}-01")


def _page(rows: Any, page: int) -> Any:
    return rows[max(page, 0) * PAGE_SIZE : (max(page, 0) + 1) * PAGE_SIZE]


def _prepared(found: Preparation) -> str:
    if not found.invoices and not found.carried_over:
        return f"Rien à facturer pour {month_name(found.month)}."
    said = f"{_count(found.invoices, 'facture')} en brouillon, {format_cents(found.total_cents)} en tout"
    if found.carried_over:
        said += f"{NBSP}; {_count(found.carried_over, 'famille')} sous le seuil"
    if found.anomalies:
        said += f"{NBSP}; {_count(len(found.anomalies), 'point')} à vérifier"
    return f"{said}."


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number > 1 else ''}"


VIEWS = (MonthPage, PaperPage)
