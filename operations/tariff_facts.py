"""Tariffs and fees as the rules want them, built from their tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

import models
from extensions import db
from rules import fees, tariff_grid
from rules.quotients import QuotientPolicy
from rules.vocabulary import PriceUnit

CONDITIONS = tuple(field.name for field in fields(tariff_grid.Conditions))


def tariffs_by_activity(
    activities: Iterable[models.Activity],
) -> dict[int, tuple[tariff_grid.TariffVersion, ...]]:
    """For each activity, its own versions and those of its service, in order of their first day."""
    found: dict[int, list[tariff_grid.TariffVersion]] = defaultdict(list)
    listed = list(activities)
    for row in db.session.scalars(_versions()):
        version = tariff_facts(row, usual_unit(row, listed))
        for activity in listed:
            if activity.id == row.activity_id or activity.service_id == row.service_id:
                found[activity.id].append(version)
    return {activity_id: tuple(versions) for activity_id, versions in found.items()}


def _versions() -> Any:
    version = models.TariffVersion
    children = (version.rows, version.modifiers, version.caps, version.situations)
    return (
        sa.select(version)
        .options(*(selectinload(each) for each in children))
        .order_by(version.first_day, version.id)
    )


def usual_unit(row: models.TariffVersion, activities: Iterable[models.Activity]) -> PriceUnit:
    """What a row that names no unit is the price of: the activity's, or that of its service's first one."""
    units = (a.unit for a in activities if a.id == row.activity_id or a.service_id == row.service_id)
    return next(units, PriceUnit.SESSION)


def tariff_facts(row: models.TariffVersion, unit: PriceUnit) -> tariff_grid.TariffVersion:
    """A tariff version as the price engine and its checks take it; `unit` serves the rows that name none."""
    return tariff_grid.TariffVersion(
        id=row.id,
        activity_id=row.activity_id,
        service_id=row.service_id,
        name=row.name,
        first=row.first_day,
        last=row.last_day,
        rows=tuple(_row(each, unit) for each in sorted(row.rows, key=lambda each: each.position)),
        modifiers=tuple(_modifier(each) for each in sorted(row.modifiers, key=lambda each: each.position)),
        caps=tuple(_cap(each, number) for number, each in enumerate(row.caps, start=1)),
        situations=tuple(_situation(each) for each in row.situations),
        is_example=row.is_example,
        rounding=row.rounding,
        rounding_step_cents=row.rounding_step_cents,
        floor_cents=row.floor_cents,
        ceiling_cents=row.ceiling_cents,
        quotient_rounding=row.quotient_rounding,
        count_in=row.count_in,
        eldest_first=row.eldest_first,
        regular_share=row.regular_share,
        regular_days=row.regular_days,
        regular_without_weekdays=row.regular_without_weekdays or frozenset(),
    )


def conditions_of(row: Any) -> dict[str, Any]:
    """What a row, a modifier or a cap of the tables asks, by name."""
    return {name: getattr(row, name) for name in CONDITIONS}


def _row(row: models.TariffRow, unit: PriceUnit) -> tariff_grid.TariffRow:
    return tariff_grid.TariffRow(
        id=row.id,
        position=row.position,
        label=row.label,
        method=row.method,
        amount_cents=row.amount_cents,
        to_cents=row.to_cents,
        rate=row.rate,
        basis=row.basis,
        floor_cents=row.floor_cents,
        ceiling_cents=row.ceiling_cents,
        unit=row.unit or unit,
        slice_minutes=row.slice_minutes or 0,
        tolerance_minutes=row.tolerance_minutes,
        **conditions_of(row),
    )


def _modifier(row: models.TariffModifier) -> tariff_grid.Modifier:
    return tariff_grid.Modifier(
        id=row.id,
        position=row.position,
        label=row.label,
        effect=row.effect,
        amount_cents=row.amount_cents,
        factor=row.factor,
        **conditions_of(row),
    )


def _cap(row: models.TariffCap, position: int) -> tariff_grid.Cap:
    return tariff_grid.Cap(
        id=row.id,
        position=position,
        label=row.label,
        per_whom=row.per_whom,
        period=row.period,
        max_cents=row.max_cents,
        max_units=row.max_units,
        whole_service=row.whole_service,
        **conditions_of(row),
    )


def _situation(row: models.SituationRule) -> tariff_grid.SituationRule:
    return tariff_grid.SituationRule(
        situation=row.situation,
        effect=row.effect,
        amount_cents=row.amount_cents,
        factor=row.factor,
        from_nth=row.from_nth,
        nth_period=row.nth_period,
        counted_per=row.counted_per,
        once=row.once,
        tolerance_minutes=row.tolerance_minutes,
        slice_minutes=row.slice_minutes,
    )


# -- fees, and when a quotient counts ---------------------------------------------------


def all_fees() -> tuple[fees.Fee, ...]:
    rows = db.session.scalars(sa.select(models.Fee).order_by(models.Fee.first_day, models.Fee.id))
    return tuple(fee_facts(row) for row in rows)


def fee_facts(row: models.Fee) -> fees.Fee:
    return fees.Fee(
        id=row.id,
        name=row.name,
        amount_cents=row.amount_cents,
        per_whom=row.per_whom,
        occasion=row.occasion,
        activity_id=row.activity_id,
        service_id=row.service_id,
        resident=row.resident,
        rank_from=row.rank_from,
        rank_to=row.rank_to,
        family_max_cents=row.family_max_cents,
        first=row.first_day,
        last=row.last_day,
    )


def quotient_policy(row: models.Commune) -> QuotientPolicy:
    """When a quotient starts and stops to count in this commune."""
    return QuotientPolicy(
        start=row.quotient_start,
        reference=_day_of_year(row.quotient_reference_month, row.quotient_reference_day),
        backdated_days=row.quotient_backdated_days,
        expires=_day_of_year(row.quotient_expires_month, row.quotient_expires_day),
        renewed=_day_of_year(row.quotient_renewed_month, row.quotient_renewed_day),
    )


def _day_of_year(month: int | None, day: int | None) -> tuple[int, int] | None:
    return None if month is None or day is None else (month, day)
