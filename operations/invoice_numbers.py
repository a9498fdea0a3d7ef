"""Invoice numbers: sequential per exercice, without a gap, given inside the issuing transaction."""

from __future__ import annotations

import models
from extensions import db


def take_numbers(exercice: int, count: int) -> int:
    """Take `count` numbers and return the first; a rollback gives them back.

    The counter's row is locked until the end of the transaction: two agents issue one after
    the other (DGFiP instruction of 8 March 2017: unique and sequential per exercice).
    """
    row = db.session.get(models.InvoiceCounter, exercice, with_for_update=True, populate_existing=True)
    if row is None:
        row = models.InvoiceCounter(exercice=exercice, last=0)
        db.session.add(row)
        db.session.flush()
    first = row.last + 1
    row.last += count
    db.session.flush()
    return first
