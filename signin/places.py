"""Where signing in leads: never outside the portal."""

from __future__ import annotations

import re

from flask import current_app, request

# A path of ours: one slash, then anything but another one or a backslash, without control characters.
_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")


def local_path(text: str | None) -> str:
    """The path if it is one of this portal, otherwise nothing."""
    return text if text and _LOCAL.fullmatch(text) else ""


def home(guardian: object, roles: object) -> str | None:
    """The one side this account has, or None when there are two or none."""
    if guardian and not roles:
        return "/espace/"
    if roles and not guardian:
        return "/admin/"
    return None


def restored_path() -> str:
    """For a form that cannot be taken now: the page that shows again what it held; nothing when none does.

    Each room says so for its own endpoints, in `app.extensions["restored"]`.
    """
    restore = current_app.extensions.get("restored", {}).get(request.endpoint)
    return local_path(restore()) if restore else ""
