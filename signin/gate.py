"""Nothing private opens before: signed in → own password chosen → CGU in force accepted."""

from __future__ import annotations

from flask import Flask, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from operations import accounts
from operations.configuration import configuration
from signin.places import restored_path

PRIVATE = ("/espace", "/admin")
CHANGE_PASSWORD = "security.change_password"  # noqa: S105
CGU = "signin.cgu"
BY_ADDRESS = "public.feed"  # a telephone follows its calendar without a session


def init_app(app: Flask) -> None:
    app.before_request(_gate)


def is_static(endpoint: str | None) -> bool:
    return endpoint is not None and (endpoint == "static" or endpoint.endswith(".static"))


def _is_private() -> bool:
    """Everything under the two prefixes, whether a page answers there or not, and the choice between them."""
    under = any(request.path == prefix or request.path.startswith(f"{prefix}/") for prefix in PRIVATE)
    return under or request.endpoint == "signin.arrival"


def _gate() -> Response | None:
    if is_static(request.endpoint) or request.endpoint == BY_ADDRESS or not _is_private():
        return None
    if not current_user.is_authenticated:
        return _to("security.login")
    if current_user.must_change_password:
        return None if request.endpoint == CHANGE_PASSWORD else _to(CHANGE_PASSWORD)
    if request.endpoint in (CHANGE_PASSWORD, CGU, "signin.accept_cgu") or not _asks_cgu():
        return None
    return _to(CGU)


def _to(endpoint: str) -> Response:
    """Send to a gate, remembering the page that was asked for, or that shows again the form that was sent."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else restored_path()
    keep = wanted and endpoint != CHANGE_PASSWORD and request.endpoint != "signin.arrival"
    return redirect(url_for(endpoint, **({"next": wanted} if keep else {})), 303)


def _asks_cgu() -> bool:
    """Whether the CGU in force are still to be accepted: by parents anywhere, by all in the parents' space.

    What has been accepted is remembered in the signed session: most requests ask the database nothing.
    """
    if current_user.guardian is None and not request.path.startswith("/espace"):
        return False
    version = configuration().cgu_in_force(g.now)
    if version is None or session.get("cgu") == remembered(version.id):
        return False
    if accounts.needs_cgu(current_user, version.id):
        return True
    session["cgu"] = remembered(version.id)
    return False


def remembered(version_id: int) -> list[int]:
    """What the session holds: this account accepted this version."""
    return [current_user.id, version_id]
