"""Who reads an open page: nobody in particular, a parent, or an agent who sees drafts before all."""

from __future__ import annotations

from flask_login import current_user

from operations.news import EVERYBODY, Audience
from portal import access


def is_parent() -> bool:
    return bool(current_user.is_authenticated and current_user.guardian is not None)


def is_staff() -> bool:
    """Agents open what is not on show yet; the page says so."""
    return bool(current_user.is_authenticated and current_user.roles)


def reader() -> Audience:
    """News for a class is read by the parents of its children, and by nobody else."""
    return access.my_audience() if is_parent() else EVERYBODY
