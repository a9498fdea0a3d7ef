"""The fields of the staff's forms: French amounts, quotients, hours and weekdays, native dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from flask import url_for
from flask_admin.contrib.sqla.fields import QuerySelectField
from flask_admin.model.fields import AjaxSelectField
from markupsafe import Markup, escape
from wtforms import fields, validators, widgets
from wtforms.fields.choices import Choice
from wtforms.widgets import html_params

from fields import NOT_A_YEAR
from rules import money, wording
from rules.instants import KNOWN_YEARS, PARIS, paris
from rules.refusals import Refused

NOTHING = "—"
TO_CHOOSE = "Choisir…"
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class CentsField(fields.StringField):
    """An amount typed `12,50`, kept in cents."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{money.format_cents(self.data)}".replace(f"{money.NBSP}€", "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text:
            try:
                cents = money.parse_cents(text)
            except Refused as refusal:
                raise ValueError(refusal.sentence) from refusal
            if abs(cents) >= 2**31:
                raise ValueError(f"« {text} » est un montant trop grand.")
            self.data = cents


class DecimalField(fields.StringField):
    """A number with a comma: a quotient to the hundredth, a factor to the millionth."""

    def __init__(self, *args: Any, places: int = 2, **options: Any) -> None:
        super().__init__(*args, **options)
        self.places = places

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else plain_decimal(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = re.sub(r"[\s\u00a0\u202f]", "", valuelist[0]) if valuelist else ""
        self.data = None
        if text:
            self.data = self._read(text)

    def _read(self, text: str) -> Decimal:
        try:
            number = Decimal(text.replace(",", "."))
        except InvalidOperation as error:
            raise ValueError(f"« {text} » n’est pas un nombre. Exemple : 622,50.") from error
        if not number.is_finite():
            raise ValueError(f"« {text} » n’est pas un nombre. Exemple : 622,50.")
        if number.adjusted() > 9:
            raise ValueError(f"« {text} » est trop grand.")
        scaled = number.scaleb(self.places) if number.adjusted() > -9 else Decimal(bool(number)) / 10
        if scaled != scaled.to_integral_value() or abs(scaled) >= 2**31:
            raise ValueError(f"« {text} » : {self.places} décimales au plus.")
        return number


def plain_decimal(number: Decimal) -> str:
    """Without useless zeros, with a comma: `622,5`, `1 250`."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", ",")


class MinuteField(fields.Field):
    """A time of day, kept in minutes since midnight; the end of the day (24 h) is shown 23:59."""

    widget = widgets.TimeInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        hours, minutes = divmod(min(self.data, 1439), 60)
        return f"{hours:02d}:{minutes:02d}"

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text:
            found = re.fullmatch(r"(\d{1,2})\s*(?::|h)\s*(\d{2})?(?::\d{2})?", text)
            if found is None or int(found[1]) > 24 or int(found[2] or 0) > 59:
                raise ValueError(f"« {text} » n’est pas une heure. Exemple : 23:59.")
            self.data = min(int(found[1]) * 60 + int(found[2] or 0), 1440)


class WeekdayField(fields.SelectField):
    """One ISO weekday by its name."""

    def __init__(self, *args: Any, allow_blank: bool = False, **options: Any) -> None:
        days = [(str(n), wording.weekday_name(n)) for n in range(1, 8)]
        super().__init__(*args, choices=[("", NOTHING), *days] if allow_blank else days, **options)
        self.coerce = lambda value: int(value) if value else None  # type: ignore[assignment]

    def process_data(self, value: Any) -> None:
        self.data = value


class WeekdaysField(fields.SelectMultipleField):
    """Several ISO weekdays, as checkboxes."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()

    def __init__(self, *args: Any, **options: Any) -> None:
        days = [(n, wording.weekday_name(n)) for n in range(1, 8)]
        super().__init__(*args, choices=days, coerce=int, **options)

    def process_data(self, value: Any) -> None:
        self.data = sorted(value) if value else []

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A day that is none of the week is nobody's word, not even on the page that refuses it."""
        super().process_formdata(valuelist)
        if not set(self.data or ()) <= set(range(1, 8)):
            self.data = []
            raise ValueError("Choisissez des jours de la liste.")

    def populate_obj(self, obj: Any, name: str) -> None:
        setattr(obj, name, frozenset(self.data) if self.data else None)


class MembersField(fields.SelectMultipleField):
    """Several values of a closed list, as checkboxes; nothing ticked is None: it does not matter."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()

    def __init__(self, *args: Any, members: Sequence[StrEnum], **options: Any) -> None:
        self.members = {member.value: member for member in members}
        listed = [(member.value, str(getattr(member, "label", member))) for member in members]
        super().__init__(*args, choices=listed, **options)

    def process_data(self, value: Any) -> None:
        self.data = [member.value for member in value or ()]

    def populate_obj(self, obj: Any, name: str) -> None:
        setattr(obj, name, frozenset(self.members[value] for value in self.data or ()) or None)


class ListField(fields.SelectField):
    """One value of a closed list of the trade, shown by its label."""

    def __init__(
        self,
        *args: Any,
        members: Sequence[StrEnum],
        allow_blank: bool = False,
        blank: str = NOTHING,
        **options: Any,
    ) -> None:
        self.members = {member.value: member for member in members}
        listed = [(member.value, str(getattr(member, "label", member))) for member in members]
        super().__init__(*args, choices=[("", blank), *listed] if allow_blank else listed, **options)
        self.coerce = lambda value: value or None  # type: ignore[assignment]

    def process_data(self, value: Any) -> None:
        self.data = None if value is None else self.members.get(value, value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        chosen = valuelist[0] if valuelist else ""
        self.data = self.members.get(chosen) if chosen else None
        if chosen and self.data is None:
            raise ValueError("Choisissez une valeur de la liste.")

    def iter_choices(self) -> Any:
        """Nothing is chosen in the person's stead."""
        if self.data is None and "" not in [value for value, _ in self.choices or []]:
            yield Choice(value="", label=TO_CHOOSE, selected=True, render_kw={})
        yield from super().iter_choices()

    def pre_validate(self, form: Any) -> None:
        """The value comes from `members`, or there is none."""


class MaybeField(fields.SelectField):
    """Yes, no, or whatever."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.pop("allow_blank", None)
        choices = [("", "Indifférent"), ("oui", "Oui"), ("non", "Non")]
        super().__init__(*args, choices=choices, **options)
        self.coerce = lambda value: value  # type: ignore[assignment]

    def process_data(self, value: Any) -> None:
        self.data = {True: "oui", False: "non"}.get(value, "")

    def populate_obj(self, obj: Any, name: str) -> None:
        setattr(obj, name, {"oui": True, "non": False}.get(self.data))


class MonthField(fields.Field):
    """A month, kept as its first day."""

    widget = widgets.MonthInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:%Y-%m}" if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text:
            try:
                self.data = date.fromisoformat(f"{text[:7]}-01")
            except ValueError as error:
                raise ValueError(f"« {text} » n’est pas un mois. Exemple : 2026-09.") from error
            if self.data.year not in KNOWN_YEARS:
                self.data = None
                raise ValueError(NOT_A_YEAR)


class InstantField(fields.Field):
    """An instant, typed and shown on the clocks of Paris."""

    widget = widgets.DateTimeLocalInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{paris(self.data):%Y-%m-%dT%H:%M}" if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text:
            try:
                instant = datetime.fromisoformat(text).replace(tzinfo=PARIS)
            except ValueError as error:
                raise ValueError("Donnez un jour et une heure.") from error
            if instant.year not in KNOWN_YEARS:
                raise ValueError(NOT_A_YEAR)
            self.data = instant


class MailField(fields.EmailField):
    """An e-mail address, kept in lower case."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = (valuelist[0].strip().lower() or None) if valuelist else None
        if self.data and not _MAIL.fullmatch(self.data):
            raise ValueError("Cette adresse électronique n’est pas complète.")


class RowField(QuerySelectField):
    """A row of a short table (schools, classes, activities), in a native list."""

    widget = widgets.Select()

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([each or "__None" for each in valuelist] if self.allow_blank else valuelist)

    def iter_choices(self) -> Any:
        """Nothing is chosen in the person's stead."""
        if self.data is None and not self.allow_blank:
            yield Choice(value="", label=TO_CHOOSE, selected=True, render_kw={})
        yield from super().iter_choices()

    def pre_validate(self, form: Any) -> None:
        if self.data is None and (self.allow_blank or not any(self.raw_data or ())):
            return
        if self.data not in [row for _, row in self._get_object_list()]:
            raise validators.ValidationError("Choisissez une valeur de la liste.")


class LookupWidget:
    """A text box that looks families, adults, children… up while one types (static/staff.js).

    Without JavaScript it takes the number of the row.
    """

    def __call__(self, field: AjaxSelectField, **options: Any) -> Markup:
        found = field.loader.format(field.data)
        attributes = {
            "id": field.id,
            "name": field.name,
            "type": "text",
            "inputmode": "numeric",
            "autocomplete": "off",
            "value": found[0] if found else "",
            "data-lookup": url_for(".ajax_lookup", name=field.loader.name),
            "data-shown": found[1] if found else "",
            "class": options.get("class_") or options.get("class", "form-control"),
        }
        extra = {key: value for key, value in options.items() if key.startswith("aria")}
        shown = Markup('<span class="lookup-shown">{}</span>').format(escape(found[1])) if found else ""
        return Markup("<input {}>{}").format(Markup(html_params(**attributes, **extra)), shown)  # noqa: S704


class LookupField(AjaxSelectField):
    """A row of a long table, looked up by what one types."""

    widget = LookupWidget()

    def process_formdata(self, valuelist: Any) -> None:
        chosen = valuelist[0].strip() if valuelist else ""
        self._data, self._formdata = None, chosen or None

    def pre_validate(self, form: Any) -> None:
        if self.data is None and (self._formdata or not self.allow_blank):
            raise validators.StopValidation("Choisissez dans la liste qui s’affiche.")


class ChecksField(fields.SelectMultipleField):
    """Rows of a short table, as checkboxes; the data are their ids."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()

    def __init__(self, *args: Any, rows: Callable[[], Sequence[Any]], **options: Any) -> None:
        super().__init__(*args, coerce=int, **options)
        self.rows = rows

    def process(self, *args: Any, **options: Any) -> None:
        self.choices = [(row.id, str(row)) for row in self.rows()]
        super().process(*args, **options)

    def populate_obj(self, obj: Any, name: str) -> None:
        """Only operations read it."""


class IdsField(ChecksField):
    """The same, kept in a column of ids; nothing ticked is None: it does not matter."""

    def process_data(self, value: Any) -> None:
        self.data = sorted(value) if value else []

    def populate_obj(self, obj: Any, name: str) -> None:
        setattr(obj, name, frozenset(self.data or ()) or None)
