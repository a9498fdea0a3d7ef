"""« Mes coordonnées »: own telephones at once, own e-mail by a link."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user

from extensions import db, limiter
from forms import EmailForm, PhonesForm
from operations import email_changes, passwords
from operations.locks import Attempt
from operations.own_details import Phones, change_phones
from portal import access
from portal.refused import beside
from portal.room import espace
from rules.phones import format_phone
from rules.refusals import Refused

GET_POST = ["GET", "POST"]
WRONG_PASSWORD = "Ce n’est pas votre mot de passe."  # noqa: S105
# Each one sends two mails: generous for a hand that hesitates, short for a script.
sends_mail = limiter.limit("10 per hour", methods=["POST"], key_func=lambda: str(current_user.get_id()))


@espace.get("/coordonnees")
def own_details() -> str:
    me = access.me()
    return render_template(
        "portal/details/own.html", me=me, family=me.family, waiting=email_changes.pending(me, g.now)
    )


@espace.route("/coordonnees/telephones", methods=GET_POST)
def own_phones() -> Any:
    form = PhonesForm(data={name: format_phone(number) for name, number in _numbers().items()})
    if request.method == "GET":
        return render_template("portal/details/phones.html", form=form)
    if form.validate():
        phones = Phones(**{name: form[name].data for name in _numbers()})
        try:
            changed = change_phones(access.me(), phones, by=access.myself(), now=g.now)
            db.session.commit()
        except Refused as refusal:
            beside(form, refusal)
        else:
            said = "Vos numéros sont changés : ils servent dès maintenant." if changed else "Rien n’a changé."
            flash(said, "success" if changed else "info")
            return redirect(url_for(".own_details"), 303)
    return render_template("portal/details/phones.html", form=form), 422


def _numbers() -> dict[str, str | None]:
    me = access.me()
    return {"mobile_phone": me.mobile_phone, "home_phone": me.home_phone, "work_phone": me.work_phone}


# -- e-mail ---------------------------------------------------------------------------


@espace.route("/coordonnees/courriel", methods=GET_POST)
@sends_mail
def own_email() -> Any:
    form = EmailForm()
    if request.method == "GET":
        return render_template("portal/details/email.html", form=form, me=access.me())
    if form.validate() and _knows_password(form):
        try:
            asked = email_changes.ask(access.me(), form.email.data, by=access.myself(), now=g.now)
            db.session.commit()
        except Refused as refusal:
            beside(form, refusal)
        else:
            said = f"Un lien part à {asked.email} : suivez-le pour confirmer. D’ici là, rien ne change."
            flash(said, "success")
            return redirect(url_for(".own_details"), 303)
    return render_template("portal/details/email.html", form=form, me=access.me()), 422


def _knows_password(form: EmailForm) -> bool:
    """The password in force, asked again: a session left open must not give the account away."""
    account = current_user._get_current_object()
    attempt = Attempt(account.email, request.remote_addr or "")
    try:
        if passwords.proves(account, form.password.data, attempt, now=g.now):
            return True
        form.password.errors = [WRONG_PASSWORD]
    except Refused as refusal:
        form.password.errors = [refusal.sentence]
    db.session.commit()  # what was counted stays counted
    return False


@espace.post("/coordonnees/courriel/abandonner")
def drop_email_change() -> Any:
    email_changes.cancel(access.me(), by=access.myself(), now=g.now)
    db.session.commit()
    flash("Le changement d’adresse est abandonné : votre adresse reste la même.", "info")
    return redirect(url_for(".own_details"), 303)


@espace.route("/coordonnees/courriel/<token>", methods=GET_POST)
def confirm_email(token: str) -> Any:
    """Opening the link only shows the button: mail readers open links on their own."""
    change = email_changes.found(access.me(), token, g.now)
    if change is None:
        return render_template("portal/details/email_gone.html", me=access.me()), 410
    if request.method == "GET":
        return render_template("portal/details/email_confirm.html", change=change, me=access.me())
    account = current_user._get_current_object()
    try:
        email_changes.confirm(change, by=access.myself(), now=g.now)
        db.session.commit()
    except Refused as refusal:
        flash(refusal.sentence, "error")
        return redirect(url_for(".own_email"), 303)
    _stay_signed_in(account)
    flash(f"C’est fait : votre adresse et votre identifiant sont maintenant {account.email}.", "success")
    return redirect(url_for(".own_details"), 303)


def _stay_signed_in(account: Any) -> None:
    """This session goes on under the account's new mark; the others no longer open anything."""
    accepted = session.get("cgu")
    login_user(account)
    session["cgu"] = accepted
