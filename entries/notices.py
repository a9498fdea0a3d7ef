"""The form that chooses which mails to receive."""

from __future__ import annotations

from flask_wtf import FlaskForm

from fields import Checkboxes
from rules.notices import Notice


class NoticesForm(FlaskForm):
    """`messages`: those that stay on."""

    messages = Checkboxes("Les courriels que je veux recevoir", coerce=Notice)

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.messages.choices = [(notice, notice.label) for notice in Notice]
