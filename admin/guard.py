"""Who enters: every screen is closed until it names its audience; the administration enters everywhere."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import abort, current_app, g, redirect, request, url_for
from flask_admin import BaseView, expose
from flask_login import current_user

from operations.actors import Actor, agent
from rules.vocabulary import Role

SIGN_IN = "/connexion"
EVERYONE = frozenset(Role)


def staff_roles() -> frozenset[Role]:
    """The roles of who is signed in; none for a parent, or for nobody."""
    if not current_user.is_authenticated:
        return frozenset()
    known = {role.value for role in Role}
    return frozenset(Role(role.name) for role in current_user.roles if role.name in known)


def holds(roles: frozenset[Role] | set[Role]) -> bool:
    """Whether who is signed in has one of these roles, or is an administrator."""
    return bool(staff_roles() & {*roles, Role.ADMINISTRATOR})


def actor() -> Actor:
    """The agent at work, as operations want it."""
    return agent(current_user._get_current_object())


class Guard:
    """What every staff screen shares: `audience` may read, `editors` may change."""

    audience: frozenset[Role] | set[Role] = frozenset()
    editors: frozenset[Role] | set[Role] = frozenset()
    in_menu = True
    title = ""
    slug = ""
    section = ""

    def is_accessible(self) -> bool:
        return holds(self.audience)

    def is_visible(self) -> bool:
        return self.in_menu

    def may_change(self) -> bool:
        return holds(self.editors)

    def inaccessible_callback(self, name: str, **options: Any) -> Any:
        if current_user.is_authenticated:
            abort(403)
        return redirect(f"{SIGN_IN}?{_next()}")

    def question(self, name: str) -> str:
        """What is asked before a POST route does its work; nothing for most."""
        return ""

    def confirmation(self, name: str) -> Any:
        """The page that asks, unless static/staff.js has asked already: no script, no accident."""
        asked = self.question(name)
        if request.method != "POST" or not asked or request.form.get("confirme") == "oui":
            return None
        has_reason = name in getattr(self, "asks_reason", {})
        sent = [(key, value) for key, value in request.form.items(multi=True) if key != "csrf_token"]
        back = request.form.get("url")
        return self.render("admin/confirm.html", question=asked, sent=sent, back=back, has_reason=has_reason)

    def _run_view(self, fn: Any, *args: Any, **options: Any) -> Any:
        """Call the page as it is; Flask-Admin's own retries on TypeError and hides the mistake."""
        return fn(self, *args, **options)

    @staticmethod
    def now() -> Any:
        return g.now


def _next() -> str:
    here = request.full_path.rstrip("?") if request.method == "GET" else url_for("admin.index")
    return urlencode({"next": here})


class StaffPage(Guard, BaseView):
    """A page of its own under /admin: give it a title, a slug, a section of the menu and an audience.

    `shortcut` puts it on the agents' first page. Its template extends `staff/page.html` and fills
    the blocks `h1` and `content`. POST routes wrap their work in `admin.saving.committed` and show
    what it refuses.
    """

    shortcut = False

    def __init__(self) -> None:
        super().__init__(
            name=self.title,
            category=self.section or None,
            endpoint=endpoint_of(self.slug),
            url=f"/admin/{self.slug}",
        )

    def _handle_view(self, name: str, **options: Any) -> Any:
        refused = super()._handle_view(name, **options)
        if refused is None and request.method == "POST" and not self.may_change():
            abort(403)
        return refused or self.confirmation(name)

    @expose("/")
    def index(self) -> Any:
        raise NotImplementedError


def endpoint_of(slug: str) -> str:
    """The blueprint of a screen: `staff_families` for « familles »."""
    return f"staff_{slug.replace('-', '_')}"


def settings() -> Any:
    return current_app.extensions["portail"]
