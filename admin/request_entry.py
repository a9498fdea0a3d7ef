"""A démarche asked at the counter, by telephone or on paper: the same fields, typed by an agent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

import models
from admin.base import actor
from admin.bookings import COUNTERS
from admin.saving import committed
from gateways import uploads
from operations import documents, requests
from operations.request_kind import Field, Kind
from operations.request_kinds import KINDS, kind_of
from rules.documents import MOST_BYTES, DocumentKind, Upload
from rules.refusals import Refused
from rules.vocabulary import Channel

OFFERED = [each for each in KINDS if each.counter and each.fields]


def _name(kind: str, field: str) -> str:
    return f"{kind}_{field}"


def _asked(of: Kind) -> list[Field]:
    return [each for each in of.fields if each.counter]


def _field(of: Field) -> Any:
    if of.choices is not None:
        return _ChoiceField(of.label, of=of, validators=[Optional()])
    if of.widget == "long":
        return TextAreaField(of.label, render_kw={"rows": 4})
    return (DateField if of.widget == "date" else StringField)(of.label, validators=[Optional()])


class _ChoiceField(SelectField):
    """A closed list that may depend on the database, read when the page opens."""

    def __init__(self, *args: Any, of: Field, **options: Any) -> None:
        super().__init__(*args, validate_choice=False, **options)
        self.of = of

    def process(self, *args: Any, **options: Any) -> None:
        self.choices = [("", "Choisir…"), *(self.of.choices() if self.of.choices else ())]
        super().process(*args, **options)


FIELDS: Mapping[str, Any] = {
    **{_name(kind.kind.value, each.name): _field(each) for kind in OFFERED for each in _asked(kind)},
    "message": TextAreaField("Précisions de la famille", render_kw={"rows": 3}),
}
GROUPS: Mapping[str, Any] = {
    "": ("guardian", "channel", "kind", "child"),
    **{
        kind.kind.label: tuple(_name(kind.kind.value, each.name) for each in _asked(kind)) for kind in OFFERED
    },
    "Et aussi": ("message",),
}
SHOWN_FOR: Mapping[str, str] = {kind.kind.label: kind.kind.value for kind in OFFERED}
ARGS: Mapping[str, Any] = {
    "kind": {"members": [each.kind for each in OFFERED]},
    "channel": {"label": "Comment", "members": COUNTERS, "default": Channel.COUNTER},
    "child": {"description": "Vide : toute la famille."},
    "guardian": {"description": "L’adulte qui demande ; il reçoit les courriels et suit la démarche."},
}


def submit(form: Any, now: datetime) -> models.Request:
    """Record it as the adult's own, through the channel that the agent says."""
    kind, guardian = form.kind.data, form.guardian.data
    of = kind_of(kind)
    typed = {each.name: _typed(form[_name(kind.value, each.name)]) for each in _asked(of)}
    asked = {each.name: each.read(typed[each.name]) for each in _asked(of) if typed[each.name]}
    return requests.submit(
        kind,
        guardian,
        asked,
        child=form.child.data,
        message=form.message.data or "",
        by=actor().acting_for(guardian.id, form.channel.data),
        now=now,
    )


def _typed(field: Any) -> str:
    data = field.data
    return "" if data is None else str(data)


def join_paper(row: models.Request, file: Any, kind: DocumentKind, now: datetime) -> None:
    """A paper that the family hands over, scanned by an agent: in its vault, and joined to the démarche.

    Refused on the field `piece` when the file is not one that is kept. What ends up used by nobody is
    deleted.
    """
    if not file or not file.filename:
        raise Refused("Choisissez un fichier.", "piece")
    storage = current_app.extensions["storage"]
    try:
        clean = uploads.clean(file.filename, file.stream.read(MOST_BYTES + 1))
        upload = uploads.kept(clean, storage)
    except Refused as refusal:
        raise Refused(refusal.sentence, "piece") from refusal
    kept = None
    try:
        kept = committed(lambda: _joined(row, upload, kind, now))
    finally:
        if kept != upload.storage_key:
            storage.delete(upload.storage_key)


def _joined(row: models.Request, upload: Upload, kind: DocumentKind, now: datetime) -> str:
    """The key under which the document stands, which may have been in the vault already."""
    by = actor()
    document = documents.deposit(upload, guardian=row.guardian, child=row.child, kind=kind, by=by, now=now)
    requests.answer(row, "", [document], by=by, now=now)
    return document.storage_key


def named(refusal: Refused, form: Any) -> Refused:
    """The refusal on the field of this form, whose names carry the kind."""
    kind = getattr(getattr(form, "kind", None), "data", None)
    name = _name(kind.value, refusal.field) if kind and refusal.field else ""
    return Refused(refusal.sentence, name) if form is not None and name in form else refusal
