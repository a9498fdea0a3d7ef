"""What every generated screen shares, so that a view is a declaration of about twenty lines.

Everything is off until a view opts in: reading (`audience`), writing (`editors`), and each of
`creates`, `edits`, `deletes`, `exports`. `StaffView` edits plain facts and writes their history;
`OperationView` hands the form to a named operation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Response, abort, flash, redirect, request, url_for
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from flask_admin.helpers import get_redirect_target
from sqlalchemy.orm import selectinload

from admin import display, saving, search, spreadsheets
from admin.conversion import Converter
from admin.filters import Filter
from admin.guard import Guard, StaffPage, actor, endpoint_of, holds
from admin.labels import label_of
from admin.lookups import LOOKUPS
from extensions import db
from rules.refusals import Refused

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
]

MOST_PAGES = 100_000
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


class StaffView(Guard, ModelView):
    """A table as a screen. Beside Flask-Admin's own attributes:

    table, title, slug, section: what it shows, where; new_title: the h1 of its creation page.
    creates, edits, deletes, exports: what `editors` may do (exports: whoever reads).
    search_in: dotted paths to folded columns. eager: dotted paths loaded with the rows.
    filters, default_filters: see admin/filters.py. computed: columns that are functions of the row.
    form_groups: the form's fields under their headings (edit_groups, when editing differs).
    form_optional: texts that may be empty. related(row): the panels under the details.
    """

    table: Any = None
    new_title = ""
    intro = ""
    creates = edits = deletes = exports = acts = False
    delete_label, deleted = "Supprimer", "Supprimé"
    asks: Mapping[str, str] = {"delete_view": "Supprimer définitivement cet élément ?"}
    asks_reason: Mapping[str, str] = {}
    search_in: Sequence[search.Path] = ()
    search_label = "Rechercher"
    eager: Sequence[str] = ()
    filters: Sequence[Filter] = ()
    computed: Mapping[str, Callable[[Any], Any]] = {}
    form_groups: Mapping[str, Sequence[str]] = {}
    edit_groups: Mapping[str, Sequence[str]] = {}
    form_optional: Sequence[str] = ()
    refusal_fields: Mapping[str, str] = {}

    can_view_details = True
    can_set_page_size = True
    page_size = 25
    page_size_options = (25, 50, 100)
    column_auto_select_related = False
    column_sortable_list: Any = ()
    column_filters: Any = None
    model_form_converter = Converter
    form_base_class = StaffForm
    export_types = tuple(spreadsheets.TYPES)
    export_max_rows = spreadsheets.MOST_ROWS

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
        _views.setdefault(self.table, self)

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

    @expose("/export/<any(csv, xlsx):export_type>/")
    def export(self, export_type: str) -> Any:
        if not self.can_export:
            abort(404)
        count, rows = self._export_data()
        if count > self.export_max_rows:
            flash(
                f"Cette liste compte {count} lignes, l’export s’arrête à {self.export_max_rows} : filtrez-la.",
                "error",
            )
            return self._back()
        names = [name for name, _ in self._export_columns]
        titles = [title for _, title in self._export_columns]
        cells = ([display.cell(self._get_field_value(row, n), n) for n in names] for row in rows)
        body = {"csv": spreadsheets.as_csv, "xlsx": spreadsheets.as_xlsx}[export_type](titles, names, cells)
        filename = f"{self.slug}-{self.now():%Y-%m-%d}.{export_type}"
        return Response(
            body,
            mimetype=spreadsheets.TYPES[export_type],
            headers={"Content-Disposition": f"attachment; filename={filename}"},
        )

    def ajax_update(self) -> Any:
        """No column is edited in the list: this route of Flask-Admin does not exist."""
        abort(404)

    def wanted(self) -> Any:
        """The row that the address or the form names, or 404."""
        row = self.get_one(request.values.get("id", ""))
        return row if row is not None else abort(404)

    def get_one(self, id: Any) -> Any:
        if not str(id).isdigit() or len(str(id)) > 9:
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

    # -- lists -------------------------------------------------------------------------

    def get_query(self) -> Any:
        return db.session.query(self.table).options(*self._loading())

    def _loading(self) -> tuple[Any, ...]:
        return tuple(self._load(path.split(".")) for path in self.eager)

    def _load(self, path: Sequence[str]) -> Any:
        option, table = None, self.table
        for name in path:
            attribute = getattr(table, name)
            option = selectinload(attribute) if option is None else option.selectinload(attribute)
            table = attribute.property.mapper.class_
        return option

    def init_search(self) -> bool:
        return bool(self.search_in)

    def search_placeholder(self) -> str:
        return self.search_label

    def _apply_search(self, query: Any, count_query: Any, joins: Any, count_joins: Any, typed: str) -> Any:
        found = search.criteria(self.table, self.search_in, typed)
        return query.filter(*found), count_query.filter(*found), joins, count_joins

    def _apply_sorting(self, query: Any, joins: Any, sort_column: Any, sort_desc: bool) -> Any:
        query, joins = super()._apply_sorting(query, joins, sort_column, sort_desc)
        return query.order_by(self.table.id), joins

    def get_column_name(self, field: str) -> str:
        return (self.column_labels or {}).get(field) or label_of(field)

    def _get_field_value(self, model: Any, name: str) -> Any:
        if name in self.computed:
            return self.computed[name](model)
        return super()._get_field_value(model, name)

    def _get_list_value(self, context: Any, model: Any, name: str, formatters: Any, types: Any) -> Any:
        return display.shown(self._get_field_value(model, name), name)

    def row_buttons(self, row: Any) -> Sequence[RowButton]:
        """What can be done to a row by one button: each posts to a route of the view."""
        return ()

    def warnings(self, row: Any) -> Sequence[str]:
        """What staff should know of this row before anything else."""
        return ()

    def related(self, row: Any) -> Sequence[Related]:
        """What belongs to this row, panel by panel, under its details."""
        return ()

    def name_of(self, row: Any) -> str:
        """What a row is called in titles, links and questions."""
        return str(row)

    def plain(self, row: Any, name: str) -> str:
        """The text of a column, without link nor badge."""
        return str(display.text(self._get_field_value(row, name), name)) or self.name_of(row)

    def cleared_url(self) -> str:
        return self.get_url(".index_view", **{f"flt_{slug}": "" for slug in self.default_filters()})

    # -- filters -----------------------------------------------------------------------

    def default_filters(self) -> dict[str, str]:
        """The filters of a list that has just been opened."""
        return {}

    def _refresh_filters_cache(self) -> None:
        self._filters = list(self.filters) or None
        self._filter_groups = None
        self._filter_args = {each.slug: (i, each) for i, each in enumerate(self.filters)}

    def get_filter_arg(self, index: int, flt: Any) -> str:
        return flt.slug

    def _get_list_filter_args(self) -> Any:
        asked = {key[4:]: value for key, value in request.args.items() if key.startswith("flt_")}
        if not asked:
            asked = self.default_filters()
        valid = []
        for slug, value in asked.items():
            index, each = self._filter_args.get(slug, (0, None))
            if each is not None and value and each.validate(value):
                valid.append((index, each.name, value))
        return valid

    def _get_filters(self, filters: Any) -> dict[str, str]:
        """A default filter that was emptied stays empty from page to page."""
        emptied = {f"flt_{slug}": "" for slug in self.default_filters()}
        return emptied | {f"flt_{self.filters[index].slug}": value for index, _, value in filters or []}

    def _get_list_extra_args(self) -> Any:
        found = super()._get_list_extra_args()
        found.page = min(max(found.page, 0), MOST_PAGES)
        found.extra_args = {}
        return found

    # -- writing -----------------------------------------------------------------------

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


class Related:
    """A panel under a row's details: a table of values ready to be shown."""

    def __init__(
        self, title: str, headings: Sequence[str], rows: Sequence[Sequence[Any]], add_url: str | None = None
    ) -> None:
        self.title, self.headings, self.rows, self.add_url = title, headings, rows, add_url


class RowButton:
    """A button on a row: its text, the view's route it posts to, the question asked first."""

    def __init__(self, label: str, route: str, question: str = "") -> None:
        self.label, self.route, self.question = label, route, question


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


def _is_inline(field: Any) -> bool:
    return field.type in ("InlineModelFormList", "InlineFieldList")
