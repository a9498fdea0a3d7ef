"""Blocks flow down the pages; the number of pages is known before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from pdf.paper import Paper


@dataclass(frozen=True, slots=True)
class Block:
    """Something of a known height, in millimetres, drawn from its top.

    `lead` is written again above the block when it opens a page (column heads, « suite »).
    `at_bottom` blocks stand at the foot of their page.
    """

    height: float
    draw: Callable[[Paper, float], object]
    keep_with_next: bool = False
    at_bottom: bool = False
    lead: Block | None = None


def keep(block: Block) -> Block:
    """Return the same block, tied to the one that follows it."""
    return replace(block, keep_with_next=True)


def paginate(blocks: Iterable[Block], first: float, following: float) -> list[list[Block]]:
    """Share blocks between pages that offer `first`, then `following` millimetres.

    Blocks tied together stay on one page. A group higher than a page overflows rather than vanish.
    """
    pages: list[list[Block]] = [[]]
    room = first
    for group in _groups(blocks):
        if _height(group) > room and pages[-1]:
            pages.append([])
            room = following
            group = [*([group[0].lead] if group[0].lead else []), *group]
        pages[-1].extend(group)
        room -= _height(group)
    return pages


def draw_page(paper: Paper, blocks: Sequence[Block], top: float, bottom: float) -> None:
    """Draw blocks one under the other from `top`, and the last ones against `bottom` if they ask so."""
    for block in blocks:
        if block.at_bottom:
            top = bottom - block.height
        block.draw(paper, top)
        top += block.height


def _groups(blocks: Iterable[Block]) -> Iterable[list[Block]]:
    group: list[Block] = []
    for block in blocks:
        group.append(block)
        if not block.keep_with_next:
            yield group
            group = []
    if group:
        yield group


def _height(blocks: Sequence[Block]) -> float:
    return sum(block.height for block in blocks)
