"""Lists and details of the generated screens: search, filters, order, exports, related panels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response, abort, flash, request
from flask_admin import expose
from sqlalchemy.orm import selectinload

from admin import display, search, spreadsheets
from admin.filters import Filter
from admin.labels import label_of
from extensions import db

MOST_PAGES = 100_000


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


class Listing:
    """What admin.base.StaffView shows of its table."""

    search_in: Sequence[search.Path] = ()
    search_label = "Rechercher"
    eager: Sequence[str] = ()
    filters: Sequence[Filter] = ()
    computed: Mapping[str, Callable[[Any], Any]] = {}
    column_sortable_list: Any = ()
    column_auto_select_related = False
    can_view_details = True
    can_set_page_size = True
    page_size = 25
    page_size_options = (25, 50, 100)
    export_types = tuple(spreadsheets.TYPES)
    export_max_rows = spreadsheets.MOST_ROWS

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

    def list_warnings(self) -> Sequence[str]:
        """What staff should know before reading the list."""
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

    # -- exports -----------------------------------------------------------------------

    @expose("/export/<any(csv, xlsx):export_type>/")
    def export(self, export_type: str) -> Any:
        if not self.can_export:
            abort(404)
        count, rows = self._export_data()
        if count > self.export_max_rows:
            flash(
                f"La liste compte {count} lignes et l’export {self.export_max_rows} au plus : filtrez-la.",
                "error",
            )
            return self._back()
        names = [name for name, _ in self._export_columns]
        titles = [title for _, title in self._export_columns]
        cells = ([display.cell(self._get_field_value(row, n), n) for n in names] for row in rows)
        if export_type == "xlsx":
            from admin.workbooks import as_xlsx as written  # openpyxl is heavy: only for an export
        else:
            written = spreadsheets.as_csv
        body = written(titles, names, cells)
        filename = f"{self.slug}-{self.now():%Y-%m-%d}.{export_type}"
        return Response(
            body,
            mimetype=spreadsheets.TYPES[export_type],
            headers={"Content-Disposition": f"attachment; filename={filename}"},
        )
