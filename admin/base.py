"""What every generated screen shares, so that a view is a declaration of about twenty lines.

Everything is off until a view opts in: reading (`audience`), writing (`editors`), and each of
`creates`, `edits`, `deletes`, `exports`. `StaffView` edits plain facts and writes their history;
`OperationView` hands the form to a named operation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Response, abort, flash, redirect, request, url_for
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from flask_admin.helpers import get_redirect_target

from admin.conversion import Converter
from admin.guard import Guard, StaffPage, actor, endpoint_of, holds
from admin.listing import Listing, Related, RowButton
from admin.lookups import LOOKUPS
from admin.writing import Writing
from extensions import db

__all__ = [
    "Guard",
    "OperationView",
    "Related",
    "RowButton",
    "StaffPage",
    "StaffView",
    "actor",
    "add_url",
    "holds",
    "list_url",
]

_views: dict[type, StaffView] = {}
_WRITING = {
    "create_view": "creates",
    "edit_view": "edits",
    "delete_view": "deletes",
    "action_view": "acts",
}


def url_of_details(row: Any) -> str | None:
    """Where a row can be read, for who is signed in; None when nowhere."""
    view = _views.get(type(row))
    if view is None or not view.can_view_details or not view.is_accessible():
        return None
    return url_for(f"{view.endpoint}.details_view", id=row.id)


class StaffForm(BaseForm):
    """Flask-Admin's plain form: the token is Flask-WTF's, the same for every POST of the portal."""


class StaffView(Guard, Listing, Writing, ModelView):
    """A table as a screen. Beside Flask-Admin's own attributes:

    table, title, slug, section: what it shows, where; new_title: the h1 of its creation page.
    creates, edits, deletes, exports: what `editors` may do (exports: whoever reads).
    search_in: dotted paths to folded columns. eager: dotted paths loaded with the rows.
    filters, default_filters: see admin/filters.py. computed: columns that are functions of the row.
    form_groups: the form's fields under their headings (edit_groups, when editing differs).
    shown_for: the headings that only some kinds need (the values of the field `kind`), folded otherwise.
    form_optional: texts that may be empty. related(row): the panels under the details.
    """

    table: Any = None
    new_title = ""
    intro = ""
    creates = edits = deletes = exports = acts = False
    edit_label, delete_label, deleted = "Modifier", "Supprimer", "Supprimé"
    asks: Mapping[str, str] = {"delete_view": "Supprimer définitivement cet élément ?"}
    asks_reason: Mapping[str, str] = {}
    form_groups: Mapping[str, Sequence[str]] = {}
    edit_groups: Mapping[str, Sequence[str]] = {}
    shown_for: Mapping[str, str] = {}
    form_optional: Sequence[str] = ()

    column_filters: Any = None
    model_form_converter = Converter
    form_base_class = StaffForm

    def __init__(self) -> None:
        self.edit_groups = self.edit_groups or self.form_groups
        self.form_columns = names_in(self.form_groups, self.edit_groups)  # inline tables bring their own
        self.form_ajax_refs = self._lookups()
        super().__init__(
            self.table,
            db,
            name=self.title,
            category=self.section or None,
            endpoint=endpoint_of(self.slug),
            url=f"/admin/{self.slug}",
        )
        _views[self.table] = self

    def _lookups(self) -> dict[str, Any]:
        """Every reference to a long table is looked up, never listed."""
        extra = getattr(self, "form_lookups", {})
        found = {name: LOOKUPS[table](name) for name, table in extra.items()}
        for each in sa.inspect(self.table).relationships:
            if each.key in self.form_columns and each.mapper.class_ in LOOKUPS:
                found[each.key] = LOOKUPS[each.mapper.class_](each.key)
        return found

    def scaffold_form(self) -> Any:
        """A screen to read has no form."""
        return super().scaffold_form() if self.form_columns else StaffForm

    def get_create_form(self) -> Any:
        return _without(self.scaffold_form(), set(self.form_columns) - set(names_in(self.form_groups)))

    def get_edit_form(self) -> Any:
        return _without(self.scaffold_form(), set(self.form_columns) - set(names_in(self.edit_groups)))

    def create_form(self, obj: Any = None) -> Any:
        """The address may say whose it is: `?family=12` from the family's page."""
        form = super().create_form(obj)
        if request.method == "GET":
            for name, loader in self._form_ajax_refs.items():
                if name in form and name in request.args:
                    form[name].data = loader.get_one(request.args[name])
            if "first_day" in form and form.first_day.data is None:
                form.first_day.data = self.now().date()
        return form

    # -- what is allowed ----------------------------------------------------------

    @property
    def can_create(self) -> bool:
        return self.creates and self.may_change()

    @property
    def can_edit(self) -> bool:
        return self.edits and self.may_change()

    @property
    def can_delete(self) -> bool:
        return self.deletes and self.may_change()

    @property
    def can_export(self) -> bool:
        return self.exports

    def may_edit(self, row: Any) -> bool:
        """Whether this row may still be edited."""
        return self.can_edit

    def may_delete(self, row: Any) -> bool:
        return self.can_delete

    def _handle_view(self, name: str, **options: Any) -> Any:
        refused = super()._handle_view(name, **options)
        if refused is not None:
            return refused
        if name not in _WRITING and request.method == "POST" and not self.may_change():
            abort(403)
        if name in _WRITING:
            if not getattr(self, _WRITING[name]):
                abort(404)
            if not self.may_change():
                abort(403)
        return self.confirmation(name)

    def is_action_allowed(self, name: str) -> bool:
        """No deletion of many rows at once; other actions are for the editors."""
        return name != "delete" and self.acts and self.may_change()

    def question(self, name: str) -> str:
        """What is asked before a route does its work; nothing for most."""
        if name != "action_view":
            return self.asks.get(name) or self.asks_reason.get(name, "")
        _, _, asked = self._actions_data.get(request.form.get("action", ""), (None, None, None))
        return asked or ""

    # -- routes, in French ----------------------------------------------------------

    @expose("/")
    def index_view(self) -> Any:
        return super().index_view()

    @expose("/nouveau/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        form = self.create_form()
        row = self.create_model(form) if self.validate_form(form) else None
        if not row:
            return self._form_page("admin/model/create.html", form)
        flash(f"Enregistré : {self.name_of(row)}.", "success")
        if "_add_another" in request.form:
            return redirect(self.get_url(".create_view", url=get_redirect_target()))
        return redirect(self.get_save_return_url(row, is_created=True))

    @expose("/modifier/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        row = self.wanted()
        if not self.may_edit(row):
            abort(403)
        form = self.edit_form(row)
        if self.validate_form(form) and self.update_model(form, row):
            flash(f"Enregistré : {self.name_of(row)}.", "success")
            return redirect(self.get_save_return_url(row))
        return self._form_page("admin/model/edit.html", form, row)

    def _form_page(self, template: str, form: Any, row: Any = None) -> Any:
        back = get_redirect_target() or self.get_url(".index_view")
        page = self.render(template, form=form, model=row, return_url=back)
        return page, 422 if request.method == "POST" else 200

    @expose("/detail/")
    def details_view(self) -> Any:
        self.wanted()
        return super().details_view()

    @expose("/supprimer/", methods=("POST",))
    def delete_view(self) -> Any:
        row = self.wanted()
        if not self.may_delete(row):
            abort(403)
        name = self.name_of(row)
        if self.delete_model(row):
            flash(f"{self.deleted} : {name}.", "success")
        return self._back()

    @expose("/action/", methods=("POST",))
    def action_view(self) -> Any:
        return super().action_view()

    @expose("/recherche/")
    def ajax_lookup(self) -> Any:
        if not self.may_change():
            abort(403)
        return super().ajax_lookup()

    def ajax_update(self) -> Any:
        """No column is edited in the list: this route of Flask-Admin does not exist."""
        abort(404)

    def wanted(self) -> Any:
        """The row that the address or the form names, or 404."""
        row = self.get_one(request.values.get("id", ""))
        return row if row is not None else abort(404)

    def get_one(self, id: Any) -> Any:
        if not str(id).isdecimal() or len(str(id)) > 9:
            return None
        return db.session.get(self.table, int(id), options=self._loading())

    @staticmethod
    def may_read(table: Any) -> bool:
        """Whether who is signed in may open the screen of that table."""
        return table in _views and _views[table].is_accessible()

    def _back(self) -> Response:
        return redirect(get_redirect_target() or self.get_url(".index_view"))

    def get_save_return_url(self, model: Any, is_created: bool = False) -> str:
        return get_redirect_target() or self.get_url(".details_view", id=model.id)


class OperationView(StaffView):
    """A generated form whose create, update and delete call a named operation with the form's data.

    A view overrides `create(form)`, `update(row, form)` and `delete(row)`; the operation checks,
    writes its journal and its mails, and this class commits or shows the refusal.
    """

    def create(self, form: Any) -> Any:
        raise NotImplementedError

    def update(self, row: Any, form: Any) -> Any:
        raise NotImplementedError

    def delete(self, row: Any) -> None:
        raise NotImplementedError


def names_in(*groups: Mapping[str, Sequence[str]]) -> list[str]:
    """The fields of these groups, each once, in order."""
    return list(dict.fromkeys(name for group in groups for names in group.values() for name in names))


def _without(form_class: Any, names: set[str]) -> Any:
    for name in names:
        setattr(form_class, name, None)
    return form_class


def add_url(table: Any, **prefilled: Any) -> str | None:
    """Where a row of that table is created, for who may create one."""
    view = _views.get(table)
    if view is None or not view.can_create:
        return None
    return url_for(f"{view.endpoint}.create_view", url=request.full_path, **prefilled)


def list_url(table: Any, **filters: Any) -> str | None:
    """Where the rows of that table are listed, for who may read them."""
    view = _views.get(table)
    if view is None or not view.is_accessible():
        return None
    return url_for(f"{view.endpoint}.index_view", **filters)
