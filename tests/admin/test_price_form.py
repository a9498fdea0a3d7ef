"""Every tariff of every règlement fits in the price editor: shown then sent back, it says the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from admin.price_curve import drawing_of
from admin.price_form import PriceForm, row_groups, with_groups
from rules.tariff_checks import check_version
from rules.tariff_entry import arranged
from rules.tariff_grid import TariffRow, TariffVersion
from rules.tariff_words import version_in_words
from tests.communes_page import FILES, checked

# What is typed does not depend on the engine: one is enough.
pytestmark = [
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
    pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem),
]


def versions(path: Path) -> list[TariffVersion]:
    reglement = checked(path).reglement
    assert reglement is not None
    return [version for activity in reglement.activities for version in reglement.tariffs_of(activity)]


def comparable(row: TariffRow, position: int) -> TariffRow:
    """A row without what the editor gives it anew."""
    return replace(row, id=None, position=position, qf_from=row.qf_from or None)


def test_what_is_shown_and_sent_back_says_the_same(app, path):
    for version in versions(path):
        usual = version.rows[0].unit
        sent = MultiDict({"name": version.name, "first_day": version.first.isoformat(), "step": "1"})
        form = PriceForm(with_groups(sent, row_groups(version.rows, usual, keep_ids=False)))
        terms = form.terms(usual)
        assert terms is not None, [row.amount_cents.errors for row in form.rows]
        expected = [comparable(row, number) for number, row in enumerate(version.rows, start=1)]
        assert [comparable(row, row.position) for row in terms.rows] == expected


def test_it_is_drawn_and_said_and_keeps_its_order(app, path):
    for version in versions(path):
        drawing = drawing_of(version)
        assert drawing is not None and drawing.lines
        assert version_in_words(version, {})["rows"]
        assert arranged(version, check_version) is version
