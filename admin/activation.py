"""« Activer les comptes »: adults with an e-mail and no account of their own yet, by batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import Response, abort, flash, redirect, request
from flask_admin import expose
from flask_admin.helpers import get_redirect_target
from sqlalchemy.orm import joinedload, selectinload

import models
from admin.display import link
from admin.families import SECTION
from admin.guard import StaffPage, actor
from admin.new_family_form import classes
from admin.saving import committed
from admin.search import criteria
from extensions import db
from fields import row_id
from operations import accounts
from rules.instants import paris
from rules.money import NBSP
from rules.passwords import Activation
from rules.refusals import Refused
from rules.vocabulary import Role
from rules.wording import moment

PAGE_SIZE = 50
MOST_PAGES = 10_000
STATES = (Activation.NOT_SENT, Activation.SENT, Activation.EXPIRED, Activation.OPENED)
TONES = {
    Activation.ACTIVE: "good",
    Activation.OPENED: "accent",
    Activation.SENT: "accent",
    Activation.EXPIRED: "warn",
    Activation.NOT_SENT: "quiet",
}


@dataclass(frozen=True, slots=True)
class Adult:
    """An adult of the list: where the activation stands, and since when."""

    guardian: models.Guardian
    state: Activation
    note: str
    children: str

    @property
    def tone(self) -> str:
        return TONES[self.state]


class ActivationPage(StaffPage):
    title, slug, section = "Activer les comptes", "activation", SECTION
    audience = editors = {Role.EDUCATION}

    def question(self, name: str) -> str:
        return f"Envoyer un mot de passe provisoire aux adultes cochés{NBSP}?" if name == "send" else ""

    @expose("/")
    def index(self) -> str:
        query = _filtered(_waiting(), paris(self.now()).date(), self.now())
        page = min(max(request.args.get("page", 0, type=int), 0), MOST_PAGES)
        count = db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
        found = query.options(*_together()).limit(PAGE_SIZE).offset(page * PAGE_SIZE)
        guardians = list(db.session.scalars(found).unique())
        return self.render(
            "staff/activation/list.html",
            adults=self._adults(guardians),
            count=count,
            page=page,
            pages=-(-count // PAGE_SIZE),
            page_url=lambda n: self.get_url(".index", **{**request.args, "page": n}),
            schools=db.session.execute(
                sa.select(models.School.id, models.School.name).order_by(models.School.search_text)
            ).all(),
            classes=classes(),
            states=STATES,
            shown_at=self.now().isoformat(),
            link=link,
        )

    @expose("/envoyer/", methods=("POST",))
    def send(self) -> Response:
        chosen = _chosen()
        back = redirect(get_redirect_target() or self.get_url(".index"), 303)
        if not chosen:
            flash("Cochez au moins un adulte.", "error")
            return back
        waiting = _not_sent_since(chosen, _shown_at())
        try:
            opened, left_out = committed(lambda: accounts.activate_many(waiting, by=actor(), now=self.now()))
        except Refused as refusal:
            flash(refusal.sentence, "error")
            return back
        _say(len(opened), len(chosen) - len(waiting), left_out)
        return back

    def _adults(self, guardians: Sequence[models.Guardian]) -> list[Adult]:
        today = paris(self.now()).date()
        return [
            Adult(each, state, _note(each.account, state), _children(each, today))
            for each in guardians
            for state in (accounts.activation_state(each.account, self.now()),)
        ]


# -- who is listed ------------------------------------------------------------------------


def _waiting() -> sa.Select[tuple[models.Guardian]]:
    """Adults with an e-mail; active ones only on the page of one family."""
    guardian, account = models.Guardian, models.Account
    query = sa.select(guardian).outerjoin(account, account.id == guardian.account_id)
    query = query.where(guardian.email.is_not(None)).order_by(guardian.search_text, guardian.id)
    if family_id := request.args.get("famille", type=row_id):
        return query.where(guardian.family_id == family_id)
    return query.where(sa.or_(account.id.is_(None), account.must_change_password))


def _filtered(
    query: sa.Select[tuple[models.Guardian]], today: date, now: datetime
) -> sa.Select[tuple[models.Guardian]]:
    query = query.where(*criteria(models.Guardian, ("search_text", "family.search_text"), _asked("nom")))
    if school_id := request.args.get("ecole", type=row_id):
        query = query.where(_at_school(models.SchoolClass.school_id == school_id, today))
    if class_id := request.args.get("classe", type=row_id):
        query = query.where(_at_school(models.SchoolClass.id == class_id, today))
    return query.where(_in_state(_asked("etat"), now))


def _asked(name: str) -> str:
    return request.args.get(name, "").strip()


def _at_school(where: sa.ColumnElement[bool], today: date) -> sa.ColumnElement[bool]:
    """Adults responsible today for a child who is in that class or school today."""
    row, schooling = models.Guardianship, models.Schooling
    return (
        sa.exists()
        .where(
            row.guardian_id == models.Guardian.id,
            sa.func.coalesce(row.last_day, today) >= today,
            schooling.child_id == row.child_id,
            schooling.first_day <= today,
            sa.func.coalesce(schooling.last_day, today) >= today,
            schooling.class_id == models.SchoolClass.id,
            where,
        )
        .correlate(models.Guardian)
    )


def _in_state(state: str, now: datetime) -> sa.ColumnElement[bool]:
    account = models.Account
    sent, opened = account.provisional_sent_at.is_not(None), account.first_signed_in_at.is_not(None)
    expired = sa.func.coalesce(account.provisional_expires_at <= now, sa.false())
    conditions = {
        Activation.NOT_SENT: sa.or_(account.id.is_(None), account.provisional_sent_at.is_(None)),
        Activation.SENT: sa.and_(sent, ~opened, sa.not_(expired)),
        Activation.EXPIRED: sa.and_(sent, ~opened, expired),
        Activation.OPENED: opened,
    }
    return conditions.get(state, sa.true())  # type: ignore[call-overload]


def _together() -> tuple[Any, ...]:
    child = selectinload(models.Guardian.guardianships).joinedload(models.Guardianship.child)
    return (
        joinedload(models.Guardian.account),
        joinedload(models.Guardian.family),
        child.selectinload(models.Child.schoolings).joinedload(models.Schooling.school_class),
    )


def _children(guardian: models.Guardian, today: date) -> str:
    """« Léa (CP), Noé »: the children this adult answers for today."""
    known = [row.child for row in guardian.guardianships if row.last_day is None or row.last_day >= today]
    return ", ".join(_child(child, today) for child in sorted(known, key=lambda c: c.birth_date))


def _child(child: models.Child, today: date) -> str:
    now_in = (s for s in child.schoolings if s.first_day <= today <= (s.last_day or today))
    schooling = next(now_in, None)
    return f"{child.first_name} ({schooling.school_class.name})" if schooling else child.first_name


def _note(account: models.Account | None, state: Activation) -> str:
    if account is None or account.provisional_sent_at is None:
        return ""
    if state is Activation.SENT and account.provisional_expires_at is not None:
        return f"le {moment(account.provisional_sent_at)}, expire le {moment(account.provisional_expires_at)}"
    if state is Activation.EXPIRED and account.provisional_expires_at is not None:
        return f"le {moment(account.provisional_expires_at)}"
    return f"envoyé le {moment(account.provisional_sent_at)}"


# -- who is sent one ------------------------------------------------------------------------


def _chosen() -> list[models.Guardian]:
    ids = request.form.getlist("rowid")
    if len(ids) > PAGE_SIZE or not all(each.isdecimal() and len(each) < 10 for each in ids):
        abort(400)
    query = sa.select(models.Guardian).where(models.Guardian.id.in_([int(each) for each in ids]))
    found = query.options(joinedload(models.Guardian.account)).order_by(models.Guardian.id)
    return list(db.session.scalars(found).unique())


def _shown_at() -> datetime:
    try:
        shown_at = datetime.fromisoformat(request.form.get("vu", ""))
    except ValueError:
        abort(400)
    return shown_at if shown_at.tzinfo else abort(400)


def _not_sent_since(chosen: Sequence[models.Guardian], shown_at: datetime) -> list[models.Guardian]:
    """A second click, or a colleague's, must not send another password that voids the first.

    Who is active already is left alone too: nobody's own password is replaced from here.
    """
    return [each for each in chosen if not _is_done(each.account, shown_at)]


def _is_done(account: models.Account | None, shown_at: datetime) -> bool:
    if account is None:
        return False
    sent_at = account.provisional_sent_at
    return not account.must_change_password or (sent_at is not None and sent_at >= shown_at)


def _say(opened: int, already: int, left_out: Sequence[accounts.NotActivated]) -> None:
    if opened:
        several = opened > 1
        flash(
            f"{opened} mot{'s' if several else ''} de passe provisoire{'s' if several else ''} "
            f"part{'ent' if several else ''} par courriel.",
            "success",
        )
    if already:
        flash(f"{already} compte{'s' if already > 1 else ''} déjà servi{'s' if already > 1 else ''}.", "info")
    for each in left_out:
        flash(each.reason, "error")


VIEWS = (ActivationPage,)
