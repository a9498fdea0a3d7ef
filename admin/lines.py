"""The lines of a deadline as a plain table of fields: nothing to add or remove, so no script is needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape
from wtforms import fields
from wtforms.validators import NumberRange, Optional

import models
from admin.base import StaffForm
from admin.fields import MinuteField, WeekdayField
from fields import FrenchDateField
from rules.deadline_rules import MOST_WEEKS
from rules.wording import weekday_name

MISSING = "À remplir, ou videz toute la ligne."


class Line(StaffForm):
    """One line: left blank it does not count, half filled it is refused where it is empty."""

    class Meta:
        locales = ("fr",)

    optional: Sequence[str] = ()

    def filled(self) -> dict[str, Any]:
        """What the line says, without what may be left out."""
        return {name: field.data for name, field in self._fields.items() if name not in self.optional}

    def is_blank(self) -> bool:
        return not any(field.errors for field in self) and set(self.filled().values()) == {None}

    def columns(self) -> dict[str, Any]:
        return self.filled()

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.is_blank():
            return valid
        empty = [self[name] for name, value in self.filled().items() if value is None]
        for field in empty:
            field.errors = field.errors or [MISSING]
        return valid and not empty


class WeekdayLine(Line):
    weekday = WeekdayField("Jour limite", allow_blank=True)
    minute_of_day = MinuteField("Heure")
    weeks = fields.IntegerField(
        "Semaines de plus", [Optional(), NumberRange(0, MOST_WEEKS, f"De 0 à {MOST_WEEKS}.")]
    )
    optional = ("weeks",)

    def columns(self) -> dict[str, Any]:
        return self.filled() | {"weeks": self.weeks.data or 0}


class DateLine(Line):
    first_day = FrenchDateField("Services du", validators=[Optional()])
    last_day = FrenchDateField("Au", validators=[Optional()])
    on_day = FrenchDateField("Date", validators=[Optional()])
    minute_of_day = MinuteField("Heure")


class TableWidget:
    """A real table: a heading for each column, a name for each line, an error under its field."""

    def __call__(self, field: LinesField, **options: Any) -> Markup:
        head = Markup("").join(
            Markup('<th scope="col">{}</th>').format(each.label.text) for each in field.entries[0].form
        )
        rows = Markup("").join(self._row(field, number, entry) for number, entry in enumerate(field.entries))
        return Markup(
            '<fieldset class="inline-list" id="{}"><legend>{}</legend><div class="table-scroll">'
            '<table class="staff-table as-cards lines"><thead><tr><th scope="col">{}</th>{}</tr></thead>'
            "<tbody>{}</tbody></table></div></fieldset>"
        ).format(field.id, field.label.text, field.line_heading, head, rows)

    def _row(self, lines: LinesField, number: int, entry: Any) -> Markup:
        title = lines.line_title(number)
        cells = Markup("").join(self._cell(title, field) for field in entry.form)
        return Markup('<tr><th scope="row">{}</th>{}</tr>').format(title, cells)

    def _cell(self, title: str, field: Any) -> Markup:
        select = isinstance(field, WeekdayField)
        options = {"class_": "form-select" if select else "form-control"}
        wrong = Markup("")
        if field.errors:
            options |= {"aria_invalid": "true", "aria_describedby": f"{field.id}-erreur"}
            wrong = Markup('<p class="field-error" id="{}-erreur">{}</p>').format(
                field.id, " ".join(str(escape(each)) for each in field.errors)
            )
        label = Markup('<label class="visually-hidden" for="{}">{} : {}</label>').format(
            field.id, title, field.label.text
        )
        return Markup('<td data-label="{}">{}<div>{}{}</div></td>').format(
            field.label.text, label, field(**options), wrong
        )


class LinesField(fields.FieldList):
    """The rows of a child table, a fixed number of lines; what tells two lines apart is their key."""

    widget = TableWidget()
    line_form: type[Line] = Line
    table: Any = None
    line_heading = ""
    most_lines = 200

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(fields.FormField(self.line_form), label, **options)

    def line_title(self, number: int) -> str:
        raise NotImplementedError

    def lines_of(self, rows: Sequence[Any]) -> list[Any]:
        """One element per line shown: a row, or None for a blank line."""
        raise NotImplementedError

    def key_of(self, number: int, columns: dict[str, Any]) -> dict[str, Any]:
        """The columns that tell a line from the others."""
        raise NotImplementedError

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Every line, typed or not; once typed, what the database said no longer counts."""
        self.last_index, self.entries, self.object_data = -1, [], data
        lines = self.lines_of(data if isinstance(data, list) else [])
        if formdata:
            typed = [*self._extract_indices(self.name, formdata)]
            lines = [None] * max([len(lines), *(min(index + 1, self.most_lines) for index in typed)])
        for row in lines:
            self._add_entry(formdata, row)

    def populate_obj(self, obj: Any, name: str) -> None:
        """The rows as the lines say them; a row whose key is no longer there is deleted."""
        known, kept = list(getattr(obj, name)), []
        for number, entry in enumerate(self.entries):
            if entry.form.is_blank():
                continue
            columns = entry.form.columns()
            key = self.key_of(number, columns)
            row = next((row for row in known if _has(row, key)), None)
            if row is None:
                row = self.table()
            else:
                known.remove(row)
            for column, value in (columns | key).items():
                setattr(row, column, value)
            kept.append(row)
        setattr(obj, name, kept)


def _has(row: Any, key: dict[str, Any]) -> bool:
    return all(getattr(row, column) == value for column, value in key.items())


class WeekdayLinesField(LinesField):
    """One line per weekday of service; a line without a limit is not about that weekday."""

    line_form, table, line_heading = WeekdayLine, models.DeadlineWeekday, "Jour de service"
    most_lines = 7

    def line_title(self, number: int) -> str:
        return weekday_name(number + 1).capitalize()

    def lines_of(self, rows: Sequence[Any]) -> list[Any]:
        by_weekday = {row.service_weekday: row for row in rows}
        return [by_weekday.get(weekday) for weekday in range(1, 8)]

    def key_of(self, number: int, columns: dict[str, Any]) -> dict[str, Any]:
        return {"service_weekday": number + 1}


class DateLinesField(LinesField):
    """The published dates, and some blank lines for more."""

    line_form, table, line_heading = DateLine, models.DeadlineDate, "Ligne"
    blank_lines = 4

    def line_title(self, number: int) -> str:
        return str(number + 1)

    def lines_of(self, rows: Sequence[Any]) -> list[Any]:
        return [*sorted(rows, key=lambda row: row.first_day), *([None] * self.blank_lines)]

    def key_of(self, number: int, columns: dict[str, Any]) -> dict[str, Any]:
        return {"first_day": columns["first_day"]}
