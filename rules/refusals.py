"""The one way to say no to a person."""

from __future__ import annotations


class Refused(Exception):
    """A rule says no: `sentence` is the full French sentence the person reads.

    `field` names the form field the sentence belongs to, when there is one. Anything
    else that goes wrong is a bug, not a refusal: it reaches the 500 page and the log.
    """

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
