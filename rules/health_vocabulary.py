"""The closed lists of a child's health: what the law forbids to ask (religion, handicap) has no member."""

from __future__ import annotations

from rules.labelled import Labelled


class Diet(Labelled):
    """What a child does not eat, as the kitchen needs it; why is nobody's business."""

    NO_PORK = "no_pork", "Sans porc"
    NO_MEAT = "no_meat", "Sans viande"
