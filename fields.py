"""The fields that our forms share: days, French dates, checkboxes, quotients, hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import DateField, Field, SelectMultipleField, StringField, ValidationError
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from rules.instants import KNOWN_YEARS
from rules.refusals import Refused
from rules.simulation_words import read_hour, read_quotient, write_hour
from rules.tariff_grid import format_quotient

MOST_DAYS = 400  # a year of days, with room: a page that is sent back shows all that lies between
NOT_A_DATE = "Cette date n’existe pas. Exemple : 14/09/2026."
NOT_A_YEAR = "Cette année ne convient pas : elle va de 1900 à 2100."


def row_id(text: str) -> int:
    """A row's number as an address or a form gives it; ValueError for what no column could hold."""
    if not text.isdecimal() or len(text) > 9:
        raise ValueError(text[:20])
    return int(text)


class DaysField(Field):
    """Days sent as repeated ISO dates, as the calendar's checkboxes and hidden inputs do."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = frozenset()
        try:
            days = frozenset(date.fromisoformat(value) for value in valuelist)
        except ValueError:
            raise ValidationError("Une date envoyée n’est pas lisible : rechargez la page.") from None
        if days and (max(days) - min(days)).days > MOST_DAYS:
            raise ValidationError("Trop de jours à la fois : rechargez la page.")
        self.data = days

    def _value(self) -> str:
        return ""


class FrenchDateField(DateField):
    """A date typed in the browser's own field, or by hand as 14/09/2026."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, format=["%Y-%m-%d", "%d/%m/%Y"], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(NOT_A_DATE) from None
        if self.data is not None and self.data.year not in KNOWN_YEARS:
            self.data = None
            raise ValueError(NOT_A_YEAR)


class Checkboxes(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class TypedField(StringField):
    """What is typed is read by a rule; what cannot be read stays on the page with the reason."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, validators=[Optional()], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if typed:
            try:
                self.data = self.read(typed)
            except Refused as refusal:
                raise ValueError(refusal.sentence) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.write(self.data)

    def read(self, typed: str) -> Any:
        raise NotImplementedError

    def write(self, value: Any) -> str:
        raise NotImplementedError


class QuotientField(TypedField):
    """A quotient, or a monthly income: euros and cents, typed the French way."""

    def read(self, typed: str) -> Decimal:
        return read_quotient(typed)

    def write(self, value: Decimal) -> str:
        return format_quotient(value)


class HourField(TypedField):
    """A time of the day, in minutes: the browser's own field, or `16h45` typed by hand."""

    def read(self, typed: str) -> int:
        return read_hour(typed)

    def write(self, value: int) -> str:
        return write_hour(value)


class PiecesField(Field):
    """Supporting documents under one name: the files sent now, and those of the vault that are ticked.

    `portal.documents.taken` keeps what is sent before the form is judged, and ticks it: a form that comes
    back for another reason has lost no file. `data`: the ids ticked. `needed`: what is said when none is.
    """

    def __init__(self, label: str, *, needed: str = "", **options: Any) -> None:
        super().__init__(label, **options)
        self.needed = needed
        self.files: list[Any] = []
        self.offered: Mapping[int, Any] = {}

    def process_data(self, value: Any) -> None:
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.files = [each for each in valuelist if getattr(each, "filename", "")]
        ticked = [each for each in valuelist if isinstance(each, str) and each.isdecimal() and len(each) < 10]
        self.data = list(dict.fromkeys(int(each) for each in ticked))

    def offer(self, documents: Iterable[Any]) -> None:
        """Say which documents of the vault may be ticked, in the order in which to show them."""
        self.offered = {each.id: each for each in documents}

    @property
    def chosen(self) -> list[Any]:
        return [self.offered[each] for each in self.data if each in self.offered]

    def pre_validate(self, form: Any) -> None:
        if len(self.chosen) < len(self.data):
            raise ValidationError("Une pièce choisie n’est plus dans vos pièces : choisissez-en une autre.")
        if self.needed and not self.data and not self.errors:
            raise ValidationError(self.needed)

    def _value(self) -> str:
        return ""
