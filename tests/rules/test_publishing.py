"""When a text is on show; the sizes of an image."""

from __future__ import annotations

from datetime import date

import pytest

from rules import pictures
from rules.pictures import Sized, fitted
from rules.publishing import Stage, showing

TODAY = date(2026, 11, 23)
BEFORE, AFTER = date(2026, 11, 22), date(2026, 11, 24)


@pytest.mark.parametrize(
    ("first", "last", "stage"),
    [
        (TODAY, None, Stage.ON_SHOW),
        (BEFORE, TODAY, Stage.ON_SHOW),
        (None, None, Stage.ON_SHOW),
        (AFTER, None, Stage.COMING),
        (None, BEFORE, Stage.OVER),
    ],
)
def test_both_days_are_included(first: date | None, last: date | None, stage: Stage):
    assert showing(first, last, TODAY).stage is stage


def test_a_draft_is_never_on_show():
    assert showing(BEFORE, AFTER, TODAY, is_published=False).words == "Brouillon"


@pytest.mark.parametrize(
    ("size", "said"),
    [((1200, 800), (480, 320)), ((800, 1200), (320, 480)), ((300, 200), (300, 200)), ((5000, 3), (480, 1))],
)
def test_an_image_keeps_its_shape(size: tuple[int, int], said: tuple[int, int]):
    assert fitted(*size, 480) == said


def test_the_address_of_an_image_tells_its_size():
    image = Sized("a" * 32, 1200, 800)
    assert image.address == f"/images/{'a' * 32}-1200x800.webp"
    assert pictures.addressed(image.address) == image
    assert image.small == Sized("a" * 32, 480, 320)


@pytest.mark.parametrize(
    "address", ["https://ailleurs.example/a.webp", "/images/../a.webp", "/images/chat.webp"]
)
def test_an_image_from_elsewhere_is_none_of_ours(address: str):
    assert pictures.addressed(address) is None
