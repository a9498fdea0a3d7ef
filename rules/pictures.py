"""The two sizes of an image, and its address, which alone says how big it is drawn.

A page that knows the width and the height of an image before it comes does not jump while it loads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LARGE_SIDE = 1200  # pixels
SMALL_SIDE = 480
MOST_BYTES = 150 * 1024
SMALL_BYTES = 20 * 1024  # several stand on a page that weighs 120 KB in all
_NAME = re.compile(r"([0-9a-f]{32})-(\d{1,4})x(\d{1,4})\.webp")
FOLDER = "/images/"


@dataclass(frozen=True, slots=True)
class Sized:
    """An image at one of its sizes."""

    token: str
    width: int
    height: int

    @property
    def name(self) -> str:
        return f"{self.token}-{self.width}x{self.height}.webp"

    @property
    def address(self) -> str:
        return f"{FOLDER}{self.name}"

    @property
    def small(self) -> Sized:
        return Sized(self.token, *fitted(self.width, self.height, SMALL_SIDE))


def fitted(width: int, height: int, most: int) -> tuple[int, int]:
    """The same shape with no side over `most` pixels; never enlarged, never under one pixel."""
    longest = max(width, height)
    if longest <= most:
        return width, height
    return max(1, _half_up(width * most, longest)), max(1, _half_up(height * most, longest))


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def named(name: str) -> Sized | None:
    """The image that a file name stands for; None when it is not one of our names."""
    found = _NAME.fullmatch(name)
    return Sized(found[1], int(found[2]), int(found[3])) if found else None


def addressed(address: str) -> Sized | None:
    """The same from its address; None for an image from elsewhere, which a page never loads."""
    return named(address.removeprefix(FOLDER)) if address.startswith(FOLDER) else None
