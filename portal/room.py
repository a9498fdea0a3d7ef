"""The parents' blueprint: closed by default to whoever is not an adult of a family, signed in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, request
from flask_login import current_user

espace = Blueprint("portal", __name__, url_prefix="/espace")


@espace.before_request
def _only_guardians() -> Any:
    if not current_user.is_authenticated:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else "/espace/"
        return redirect(f"/connexion?{urlencode({'next': wanted}, safe='/')}", 303)
    if current_user.guardian is None:
        abort(403)
    return None
