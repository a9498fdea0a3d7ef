"""« Courriels de la démonstration »: the folder where the demo's mails arrive, no secret on screen."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from flask import Response, abort, current_app, request
from flask_admin import expose

import models
from admin.guard import StaffPage
from extensions import db
from gateways.mail import FolderMail, IndexEntry, StoredMail
from operations import outbox

PAGE_SIZE = 50


class MailboxPage(StaffPage):
    """For administrators alone, and only where mails go to a folder."""

    title, slug, section = "Courriels de la démonstration", "courriels-de-demonstration", "Suivi"

    def is_visible(self) -> bool:
        return _folder() is not None

    def _handle_view(self, name: str, **options: Any) -> Any:
        refused = super()._handle_view(name, **options)
        if refused is None and _folder() is None:
            abort(404)
        return refused

    @expose("/")
    def index(self) -> str:
        entries = self._entries()
        page = max(request.args.get("page", 0, type=int), 0)
        return self.render(
            "staff/mailbox/list.html",
            entries=entries[page * PAGE_SIZE : (page + 1) * PAGE_SIZE],
            count=len(entries),
            page=page,
            pages=-(-len(entries) // PAGE_SIZE),
            page_url=lambda n: self.get_url(".index", page=n),
        )

    @expose("/<file_name>/")
    def message(self, file_name: str) -> str:
        entry, mail = self._found(file_name)
        return self.render("staff/mailbox/message.html", entry=entry, mail=mail, body=masked_body(mail))

    @expose("/<file_name>/recu.eml")
    def received(self, file_name: str) -> Response:
        self._found(file_name)
        headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
        return Response(_folder().raw(file_name), mimetype="message/rfc822", headers=headers)

    def _entries(self) -> list[IndexEntry]:
        return _folder().entries()

    def _found(self, file_name: str) -> tuple[IndexEntry, StoredMail]:
        """A mail of the index; any other name, a path above all, does not exist."""
        entry = next((each for each in self._entries() if each.file_name == file_name), None)
        try:
            return entry or abort(404), _folder().read(file_name)
        except KeyError:
            abort(404)


def _folder() -> Any:
    mail = current_app.extensions["mail"]
    return mail if isinstance(mail, FolderMail) else None


def masked_body(mail: StoredMail) -> str | None:
    """The body as its outbox row holds it, the secret replaced by dots; None when no row matches.

    The text of the file is never shown: it may carry a password.
    """
    row = models.Outbox
    query = sa.select(row.body).where(row.recipient == mail.recipient, row.subject == mail.subject)
    received = mail.body.strip()
    for body in db.session.scalars(query.order_by(row.id.desc())):
        around = (re.escape(part) for part in body.strip().split(outbox.SECRET_MARK))
        if re.fullmatch(r"\S+".join(around), received):
            return outbox.masked(body)
    return None


VIEWS = (MailboxPage,)
