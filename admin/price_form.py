"""The price editor's form: a version and its rows as typed; rows are added, removed and moved unread."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

import models
from admin.base import StaffForm
from admin.conversion import listed_once
from admin.fields import (
    CentsField,
    DecimalField,
    IdsField,
    ListField,
    MaybeField,
    MembersField,
    MinuteField,
    WeekdaysField,
    plain_decimal,
)
from fields import FrenchDateField
from operations.tariffs import Terms
from rules.money import NBSP, format_cents
from rules.tariff_entry import NoPrice, TypedRow, completed
from rules.tariff_grid import TariffRow
from rules.tariff_paste import PastedRow
from rules.tariff_words import amount_in_words, others_in_words
from rules.vocabulary import (
    Eater,
    EffortBasis,
    Formula,
    Level,
    PriceMethod,
    PriceUnit,
    Regime,
    Situation,
)

MOST_ROWS = 100
MODEL = 9999
ROWS = "lignes"
_KEY = re.compile(rf"{ROWS}-(\d+)-(\w+)")
# Who a row is for, as one choice: whether they live here, and whether their quotient is known.
WHOM: dict[str, tuple[str, bool | None, bool]] = {
    "tous": ("Toutes les familles", None, False),
    "habitants": ("Habitants de la commune", True, False),
    "hors-commune": ("Hors commune", False, False),
    "sans-quotient": ("Sans quotient", None, True),
    "habitants-sans-quotient": ("Habitants sans quotient", True, True),
    "hors-commune-sans-quotient": ("Hors commune sans quotient", False, True),
}
# The rest of what a row may ask, and how its amount is made: folded until it serves.
CONDITIONS = (
    "levels", "school_ids", "category", "regime", "formula", "eater", "rank_from", "rank_to",
    "children_from", "children_to", "days_from", "days_to", "month_from", "month_to", "weekdays",
    "holidays", "slot_from", "slot_to", "situations",
)  # fmt: skip
METHOD = (
    "method", "rate", "basis", "to_cents", "floor_cents", "ceiling_cents", "unit", "slice_minutes",
    "tolerance_minutes",
)  # fmt: skip
BANDS_OF_A_NEW_TARIFF = 6
_SETS = ("levels", "school_ids", "weekdays", "situations")


def small(label: str) -> IntegerField:
    return IntegerField(label, validators=[Optional(), NumberRange(0, 10_000, "Un nombre de 0 à 10 000.")])


def text(label: str, longest: int, *checks: Any, **options: Any) -> StringField:
    too_long = Length(max=longest, message=f"{longest} caractères au plus.")
    return StringField(label, validators=[*checks, too_long], **options)


class PriceField(CentsField):
    """An amount; « gratuit » is 0."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        free = bool(valuelist) and valuelist[0].strip().lower() == "gratuit"
        super().process_formdata(["0"] if free else valuelist)


class RowBlock(StaffForm):
    """A row of the grid; ignored as long as nothing is typed in it."""

    id = HiddenField()
    whole = HiddenField()
    label = StringField("Libellé", validators=[Length(max=80, message="80 caractères au plus.")])
    whom = SelectField(
        "Pour qui", choices=[(key, said) for key, (said, _, _) in WHOM.items()], default="tous"
    )
    qf_from = DecimalField("Quotient à partir de")
    qf_to = DecimalField("Quotient à moins de")
    amount_cents = PriceField("Prix (€)")

    method = ListField("Calcul", members=list(PriceMethod), default=PriceMethod.FIXED)
    rate = DecimalField("Taux d’effort (%)", places=6)
    basis = ListField("Taux appliqué à", members=list(EffortBasis), default=EffortBasis.QUOTIENT)
    to_cents = CentsField("Prix en haut de la tranche (€)")
    floor_cents = CentsField("Au moins (€)")
    ceiling_cents = CentsField("Au plus (€)")
    unit = ListField("Prix par", members=list(PriceUnit), allow_blank=True, blank="Comme l’activité")
    slice_minutes = small("Durée d’une tranche (minutes)")
    tolerance_minutes = small("Tolérance (minutes)")

    levels = MembersField("Niveaux", members=list(Level))
    school_ids = IdsField("Écoles", rows=lambda: listed_once(models.School))
    category = text("Catégorie de famille", 80)
    regime = ListField("Régime", members=list(Regime), allow_blank=True, blank="Indifférent")
    formula = ListField("Formule", members=list(Formula), allow_blank=True, blank="Indifférente")
    eater = ListField("Convive", members=list(Eater), allow_blank=True, blank="Indifférent")
    rank_from = small("Place dans la fratrie, du")
    rank_to = small("Place dans la fratrie, au")
    children_from = small("Enfants de la famille, de")
    children_to = small("Enfants de la famille, à")
    days_from = small("Jours par semaine, de")
    days_to = small("Jours par semaine, à")
    month_from = small("Jours pris dans le mois, de")
    month_to = small("Jours pris dans le mois, à")
    weekdays = WeekdaysField("Jours")
    holidays = MaybeField("Pendant les vacances")
    slot_from = MinuteField("Créneau, de")
    slot_to = MinuteField("Créneau, à")
    situations = MembersField("Situations", members=list(Situation))

    @property
    def is_blank(self) -> bool:
        told = ("label", "qf_from", "qf_to", "amount_cents", "rate")
        touched = any(self[name].raw_data and self[name].raw_data[0].strip() for name in told)
        free = self.method.data is PriceMethod.FREE
        return not touched and not free and not WHOM.get(self.whom.data, WHOM["tous"])[2]

    @property
    def more_in_words(self) -> str:
        """What is folded, when it says something."""
        row = self.row(PriceUnit.SESSION)
        said = others_in_words(row, {}) if row.school_ids is None else ["selon l’école"]
        said = [each for each in said if each not in ("hors commune", "habitants de la commune")]
        return " · ".join([*said, *([amount_in_words(row)] if row.method is not PriceMethod.FIXED else [])])

    def hints(self, index: int, rows: Sequence[RowBlock]) -> dict[str, str]:
        """What is understood where nothing is typed, shown in the empty fields."""
        whom, (_, resident, unknown) = self.whom.data, WHOM.get(self.whom.data, WHOM["tous"])
        if unknown:
            return {"label": "Sans quotient", "amount_cents": "la plus chère"}
        if whom != "tous":
            return {"label": "Habitants" if resident else "Hors commune"}
        if self.more_in_words:
            return {}
        before = sum(row.whom.data == whom and not row.more_in_words for row in rows[:index])
        return {"label": f"Tranche {before + 1}", "qf_from": "suite" if before else "0"}

    @property
    def has_errors(self) -> bool:
        return any(self[name].errors for name in (*CONDITIONS, *METHOD))

    def validate(self, extra_validators: Any = None) -> bool:
        return self.is_blank or super().validate(extra_validators)

    def typed(self, usual: PriceUnit) -> TypedRow:
        return TypedRow(self.row(usual), self.amount_cents.data, is_whole=bool(self.whole.data))

    def row(self, usual: PriceUnit) -> TariffRow:
        """What is typed, as far as it can be read."""
        _, resident, unknown = WHOM.get(self.whom.data, WHOM["tous"])
        asked = {name: self[name].data for name in CONDITIONS}
        asked |= {name: frozenset(self[name].data or ()) or None for name in _SETS}
        asked["levels"] = self._members("levels")
        asked["situations"] = self._members("situations")
        asked["holidays"] = {"oui": True, "non": False}.get(self.holidays.data)
        asked["category"] = (self.category.data or "").strip() or None
        made = {name: self[name].data for name in METHOD}
        made["unit"] = self.unit.data or usual
        if self.rate.data is not None and self.amount_cents.data is None:
            made["method"] = PriceMethod.RATE  # a rate and no price: what was meant is plain
        made |= {name: self[name].data or 0 for name in ("slice_minutes", "tolerance_minutes")}
        return TariffRow(
            id=int(self.id.data) if str(self.id.data or "").isdecimal() else None,
            position=0,
            label=(self.label.data or "").strip(),
            resident=resident,
            no_quotient=unknown,
            qf_from=None if unknown else self.qf_from.data or None,
            qf_to=None if unknown else self.qf_to.data,
            **asked,
            **made,
        )

    def _members(self, name: str) -> frozenset[Any] | None:
        field = self[name]
        return frozenset(field.members[v] for v in field.data or () if v in field.members) or None


class PriceForm(StaffForm):
    """A whole version."""

    name = text("Nom du tarif", 120, InputRequired("Donnez un nom."))
    deliberation = text("Délibération", 200, description="Par exemple : conseil municipal du 24 juin 2026.")
    first_day = FrenchDateField("Premier jour", validators=[InputRequired("Donnez le premier jour.")])
    last_day = FrenchDateField(
        "Dernier jour", validators=[Optional()], description="Vide : jusqu’au tarif suivant."
    )
    is_example = BooleanField("Donné en exemple : ce ne sont pas des prix votés")
    step = CentsField("Signaler les marches de plus de (€)", default=100)
    colle = TextAreaField("Une ligne par prix : libellé, quotient de, à moins de, prix")
    lignes = FieldList(FormField(RowBlock), max_entries=MOST_ROWS)

    @property
    def rows(self) -> list[RowBlock]:
        return [entry.form for entry in self.lignes]

    @property
    def kept(self) -> list[RowBlock]:
        return [row for row in self.rows if not row.is_blank]

    @property
    def step_cents(self) -> int:
        return 100 if self.step.data is None else max(self.step.data, 0)

    def terms(self, usual: PriceUnit) -> Terms | None:
        """The version as typed; None when a row has no price, the sentence being on that row."""
        kept = self.kept
        try:
            rows = completed([each.typed(usual) for each in kept])
        except NoPrice as refusal:
            field = kept[refusal.index].amount_cents
            field.errors = [*field.errors, refusal.sentence]
            return None
        return Terms(
            name=self.name.data or "",
            deliberation=self.deliberation.data or "",
            is_example=bool(self.is_example.data),
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            rows=rows,
        )


# -- rows as the browser sends them -----------------------------------------------------------

Group = dict[str, list[str]]


def groups_of(sent: MultiDict[str, str]) -> list[Group]:
    """The rows as sent, in order, each by field name; nothing is read yet."""
    found: dict[int, Group] = {}
    for key in sent:
        if match := _KEY.fullmatch(key):
            found.setdefault(int(match[1][:6]), {})[match[2]] = sent.getlist(key)
    return [found[index] for index in sorted(found)][:MOST_ROWS]


def with_groups(sent: MultiDict[str, str], groups: Iterable[Group]) -> MultiDict[str, str]:
    """The same form, with these rows in this order."""
    found: MultiDict[str, str] = MultiDict(
        (key, value) for key, value in sent.items(multi=True) if not _KEY.fullmatch(key)
    )
    for index, each in enumerate(groups):
        for name, values in each.items():
            found.setlist(f"{ROWS}-{index}-{name}", values)
    return found


def changed(groups: Sequence[Group], do: str, index: int) -> list[Group]:
    """The rows once one is removed or moved up, or blank ones added."""
    rows = list(groups)
    if do == "ajouter":
        return [*rows, *(group() for _ in range(3))]
    if do == "retirer" and index < len(rows):
        del rows[index]
    if do == "monter" and 0 < index < len(rows):
        rows[index - 1], rows[index] = rows[index], rows[index - 1]
    return rows


def group(whom: str = "tous", **values: str) -> Group:
    """A row as a browser would send it: blank, or with these values."""
    found = {"whom": whom, "method": PriceMethod.FIXED.value, "basis": EffortBasis.QUOTIENT.value} | values
    return {name: [value] for name, value in found.items()}


def blank_row() -> RowBlock:
    """The model of the rows that the script adds; its place is no row's."""
    return RowBlock(prefix=f"{ROWS}-{MODEL}-")


def new_groups() -> list[Group]:
    """What a new tariff offers to fill: hors commune, six bands, no quotient."""
    return [group("hors-commune"), *(group() for _ in range(BANDS_OF_A_NEW_TARIFF)), group("sans-quotient")]


def pasted_groups(rows: Iterable[PastedRow]) -> list[Group]:
    return [
        group(
            _whom(row.resident, row.no_quotient),
            label=row.label,
            qf_from=_bound(row.qf_from),
            qf_to=_bound(row.qf_to),
            amount_cents=_money(row.amount_cents),
        )
        for row in rows
    ]


def row_groups(rows: Iterable[TariffRow], usual: PriceUnit, *, keep_ids: bool) -> list[Group]:
    """The rows of a version, as its form would send them unchanged."""
    return [_row_group(row, usual, keep_ids) for row in rows]


def _row_group(row: TariffRow, usual: PriceUnit, keep_id: bool) -> Group:
    found = group(
        _whom(row.resident, row.no_quotient),
        id=str(row.id) if keep_id and row.id is not None else "",
        whole="" if row.has_band or row.no_quotient else "1",
        label=row.label,
        qf_from=_bound(row.qf_from),
        qf_to=_bound(row.qf_to),
        amount_cents="" if row.method in (PriceMethod.RATE, PriceMethod.FREE) else _money(row.amount_cents),
        method=row.method.value,
        basis=row.basis.value,
        rate=_number(row.rate),
        to_cents=_money(row.to_cents),
        floor_cents=_money(row.floor_cents),
        ceiling_cents=_money(row.ceiling_cents),
        unit="" if row.unit is usual else row.unit.value,
        slice_minutes=str(row.slice_minutes or ""),
        tolerance_minutes=str(row.tolerance_minutes or ""),
        category=row.category or "",
        regime=row.regime.value if row.regime else "",
        formula=row.formula.value if row.formula else "",
        eater=row.eater.value if row.eater else "",
        holidays={True: "oui", False: "non", None: ""}[row.holidays],
        slot_from=_clock(row.slot_from),
        slot_to=_clock(row.slot_to),
        **{
            name: str(getattr(row, name) or "")
            for name in (
                *("rank_from", "rank_to", "children_from", "children_to"),
                *("days_from", "days_to", "month_from", "month_to"),
            )
        },
    )
    return found | {name: [str(each) for each in getattr(row, name) or ()] for name in _SETS}


def _whom(resident: bool | None, unknown: bool) -> str:
    return next(key for key, (_, here, without) in WHOM.items() if (here, without) == (resident, unknown))


def _bound(quotient: Decimal | None) -> str:
    """A bound as deliberations write it: `400`, `622,50`."""
    if quotient is None:
        return ""
    return f"{quotient:.2f}".removesuffix(".00").replace(".", ",")


def _number(value: Decimal | None) -> str:
    return "" if value is None else plain_decimal(value)


def _money(cents: int | None) -> str:
    return "" if cents is None else format_cents(cents).removesuffix(f"{NBSP}€")


def _clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"
