"""Writing from the generated screens: one transaction, its history, refusals beside their field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash

from admin import saving
from admin.guard import actor
from extensions import db
from rules.refusals import Refused


class Writing:
    """How admin.base.StaffView creates, changes and deletes plain facts."""

    refusal_fields: Mapping[str, str] = {}

    def create_model(self, form: Any) -> Any:
        return self._saved(form, lambda: self.create(form))

    def update_model(self, form: Any, model: Any) -> Any:
        return self._saved(form, lambda: self.update(model, form))

    def delete_model(self, model: Any) -> bool:
        return bool(self._saved(None, lambda: self.delete(model) or True))

    def _saved(self, form: Any, work: Callable[[], Any]) -> Any:
        try:
            return saving.committed(work)
        except Refused as refusal:
            self.show(refusal, form)
            return False

    def show(self, refusal: Refused, form: Any) -> None:
        """The sentence beside its field, or above the page."""
        name = self.refusal_fields.get(refusal.field or "", refusal.field or "")
        name = name if form is None or name in form else name.removesuffix("_id")
        if form is not None and name in form and not _is_inline(form[name]):
            form[name].errors = [*form[name].errors, refusal.sentence]
        else:
            flash(refusal.sentence, "error")

    def create(self, form: Any) -> Any:
        """A new plain fact, with its history row."""
        row = self.table()
        form.populate_obj(row)
        if hasattr(row, "created_at"):
            row.created_at = self.now()
        self.check(row, form, is_created=True)
        db.session.add(row)
        db.session.flush()
        self.after_flush(row, is_created=True)
        saving.record(row, "Création", None, self.snapshot(row), actor(), self.now())
        return row

    def update(self, row: Any, form: Any) -> Any:
        """The same fact, changed; nothing is written when nothing changed."""
        before = self.snapshot(row)
        form.populate_obj(row)
        self.check(row, form, is_created=False)
        db.session.flush()
        self.after_flush(row, is_created=False)
        self.keep_history(row, before)
        return row

    def keep_history(self, row: Any, before: Mapping[str, Any]) -> None:
        old, new = saving.differences(before, self.snapshot(row))
        if new:
            saving.record(row, "Modification", old, new, actor(), self.now())

    def delete(self, row: Any) -> None:
        saving.record(row, "Suppression", self.snapshot(row), None, actor(), self.now())
        db.session.delete(row)
        db.session.flush()

    def snapshot(self, row: Any) -> dict[str, Any]:
        return saving.snapshot(row)

    def check(self, row: Any, form: Any, *, is_created: bool) -> None:
        """Where a view refuses what makes no sense, before anything is written."""

    def after_flush(self, row: Any, *, is_created: bool) -> None:
        """Where a view checks the rows as the database has them, still in the transaction."""


def _is_inline(field: Any) -> bool:
    return field.type in ("InlineModelFormList", "InlineFieldList")
