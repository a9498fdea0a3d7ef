"""The pages: Flask-Security's own views under French addresses, and the two that are ours."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from flask import Blueprint, Flask, abort, current_app, flash, g, redirect, render_template, request, session
from flask_login import current_user
from flask_security import views as theirs
from flask_security.recovery_codes import mf_recovery, mf_recovery_codes
from werkzeug.wrappers import Response

from extensions import db, limiter
from operations import accounts
from operations.configuration import CguFacts, configuration
from signin import gate
from signin.places import home, local_path

Answer = str | tuple[str, int] | Response


def _stays_here(view: Callable[[], Answer]) -> Callable[[], Answer]:
    """Drop a `next` that is not a path of this portal before Flask-Security reads it."""

    @wraps(view)
    def guarded() -> Answer:
        wanted = request.values.get("next")
        return redirect(request.path, 303) if wanted and not local_path(wanted) else view()

    return guarded


# Per client address: generous, since a school's or an operator's families may share one.
sign_in = limiter.limit("30 per minute;300 per hour", methods=["POST"])(_stays_here(theirs.login))
forgotten = limiter.limit("10 per minute;60 per hour", methods=["POST"])(theirs.forgot_password)

MUST_TICK = "Cochez la case tout en bas du texte pour accepter les conditions."
NEWER = "Une nouvelle version vient d’être publiée : lisez-la avant de l’accepter."

GET_POST = ["GET", "POST"]


def init_app(app: Flask) -> None:
    app.register_blueprint(_their_pages(app.config["SECURITY_TWO_FACTOR"]))
    app.register_blueprint(_our_pages())


def _their_pages(second_factor: bool) -> Blueprint:
    """Only the views in use; Flask-Security's own blueprint would open others, some in English."""
    pages = Blueprint("security", __name__)
    pages.add_url_rule("/connexion", "login", sign_in, methods=GET_POST)
    pages.add_url_rule("/deconnexion", "logout", theirs.logout, methods=["POST"])
    pages.add_url_rule("/mot-de-passe-oublie", "forgot_password", forgotten, methods=GET_POST)
    pages.add_url_rule(
        "/mot-de-passe-oublie/<token>", "reset_password", theirs.reset_password, methods=GET_POST
    )
    pages.add_url_rule("/espace/mot-de-passe", "change_password", theirs.change_password, methods=GET_POST)
    if second_factor:
        _add_second_factor(pages)
    return pages


def _add_second_factor(pages: Blueprint) -> None:
    for url, endpoint, view in (
        ("/connexion/confirmer", "verify", _stays_here(theirs.verify)),
        ("/connexion/second-facteur", "two_factor_setup", theirs.two_factor_setup),
        ("/connexion/code", "two_factor_token_validation", _stays_here(theirs.two_factor_token_validation)),
        ("/connexion/secours", "mf_recovery", _stays_here(mf_recovery)),
        ("/connexion/codes-de-secours", "mf_recovery_codes", mf_recovery_codes),
        # Flask-Security names its « rescue » page on the code page; a recovery code is our only one.
        ("/connexion/secours", "two_factor_rescue", mf_recovery),
    ):
        pages.add_url_rule(url, endpoint, view, methods=GET_POST)
    pages.add_url_rule(
        "/connexion/second-facteur/<token>",
        "two_factor_setup_validate",
        theirs.two_factor_setup_validate,
        methods=["POST"],
    )


def _our_pages() -> Blueprint:
    pages = Blueprint("signin", __name__)
    pages.add_url_rule("/connexion/choix", "arrival", arrival)
    pages.add_url_rule("/espace/cgu", "cgu", cgu)
    pages.add_url_rule("/espace/cgu", "accept_cgu", accept_cgu, methods=["POST"])
    return pages


def arrival() -> Answer:
    """Where one lands: the parents' side, the staff's, or the choice between them."""
    if _lacks_recovery_codes():
        return redirect("/connexion/codes-de-secours", 303)
    place = home(current_user.guardian, current_user.roles)
    return redirect(place, 303) if place else render_template("signin/choice.html")


def _lacks_recovery_codes() -> bool:
    asked = current_app.config["SECURITY_TWO_FACTOR"] and current_user.roles
    return bool(asked and not current_user.mf_recovery_codes and "later" not in request.args)


def cgu() -> str:
    version = _version_in_force()
    accepted = not accounts.needs_cgu(current_user, version.id)
    return render_template("signin/cgu.html", version=version, accepted=accepted, next=_next())


def accept_cgu() -> Answer:
    version = _version_in_force()
    error = None
    if request.form.get("version") != str(version.id):
        error = NEWER
    elif not request.form.get("accepte"):
        error = MUST_TICK
    if error:
        page = render_template("signin/cgu.html", version=version, accepted=False, next=_next(), error=error)
        return page, 422
    accounts.accept_cgu(current_user._get_current_object(), version.id, now=g.now)
    db.session.commit()
    session["cgu"] = gate.remembered(version.id)
    flash("Merci : vous avez accepté les conditions générales d’utilisation.", "success")
    return redirect(_next() or "/connexion/choix", 303)


def _version_in_force() -> CguFacts:
    version = configuration().cgu_in_force(g.now)
    return version or abort(404)


def _next() -> str:
    return local_path(request.values.get("next"))
