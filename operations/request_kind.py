"""What every kind of démarche says of itself; the kinds import this file, which imports none of them.

A kind is one file `operations/requests_<kind>.py` that exposes `KIND`, listed in request_kinds.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol

import models
from operations import history
from operations.actors import Actor
from rules.documents import DocumentKind
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind
from rules.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Line:
    """One thing asked, as people read it: what it was, what it would be."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What is asked, by whom and about what, recorded or not yet."""

    guardian: models.Guardian
    child: models.Child | None
    invoice_line: models.InvoiceLine | None
    asked: Mapping[str, Any]
    before: Mapping[str, Any]


class Apply(Protocol):
    """What an accepted request does, in the transaction that accepts it; a refusal undoes it whole."""

    def __call__(self, request: models.Request, *, by: Actor, now: datetime) -> None: ...


def as_text(value: Any) -> str:
    return "" if value is None else str(value)


def kept_text(typed: str) -> Any:
    return typed.strip()


def _always(_asked: Mapping[str, Any]) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A value of `asked`, under its name: how it reads, and how an agent corrects it.

    show: the plain value in French. read: what an agent typed as a plain value, Refused when it makes
    no sense. widget: `text`, `date`, `long` or, with `choices` (value, label), a list. counter: an agent
    who writes the démarche down for a family fills it too. to_decide: the family is not asked, the agent
    who accepts says it. matters: whether it makes sense beside the other values.
    """

    name: str
    label: str
    show: Callable[[Any], str] = as_text
    read: Callable[[str], Any] = kept_text
    widget: str = "text"
    choices: Callable[[], Sequence[tuple[str, str]]] | None = None
    corrected: bool = True
    counter: bool = True
    to_decide: bool = False
    matters: Callable[[Mapping[str, Any]], bool] = _always

    def written(self, value: Any) -> str:
        """What stands in the field that an agent corrects: a text that reads back as that value."""
        plain = as_text(value)
        try:
            reads_back = not plain or self.read(plain) == value
        except Refused:
            reads_back = False
        return plain if reads_back else self.show(value)


def _nothing(_filing: Filing) -> Mapping[str, Any]:
    return {}


def _nothing_to_say(_filing: Filing) -> Sequence[str]:
    return ()


def _agrees(_filing: Filing) -> None:
    return None


EDUCATION = frozenset({Role.EDUCATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of démarche.

    slug: its name in the addresses. fields: what is asked, in order; `lines` says them otherwise when
    one line per field is not enough. current: what is in force now, kept as `before` when it is asked
    and shown beside it when it has changed since. check: refuses what cannot be asked or accepted.
    notices: what agents should know before they decide, and the family is not told.
    apply: what acceptance changes, when it changes something. wanted: the kinds of documents of a
    complete file; what is missing is said, and is never a refusal. days: to answer. reasons: refusals
    ready to send. audience: the roles that decide. several: a family may have many open at once, so
    long as they differ. answered: accepting is answering, with a text. counter: an agent may write it
    down for a family, from its fields alone.
    """

    kind: RequestKind
    slug: str
    fields: Sequence[Field] = ()
    lines: Callable[[Filing], Sequence[Line]] | None = None
    current: Callable[[Filing], Mapping[str, Any]] = _nothing
    check: Callable[[Filing], None] = _agrees
    notices: Callable[[Filing], Sequence[str]] = _nothing_to_say
    apply: Apply | None = None
    wanted: frozenset[DocumentKind] = frozenset()
    days: int = 15
    reasons: Sequence[str] = ()
    audience: frozenset[Role] = EDUCATION
    several: bool = False
    answered: bool = False
    counter: bool = True

    def lines_of(self, filing: Filing) -> Sequence[Line]:
        """What is asked, line by line."""
        if self.lines is not None:
            return self.lines(filing)
        return [
            Line(f.label, f.show(filing.before.get(f.name)), f.show(filing.asked.get(f.name)))
            for f in self.fields
            if filing.asked.get(f.name) or filing.before.get(f.name)
        ]

    def correctable(self, asked: Mapping[str, Any]) -> list[Field]:
        """What an agent may say otherwise, beside these values."""
        return [each for each in self.fields if each.corrected and each.matters(asked)]

    def corrected(self, asked: Mapping[str, Any], typed: Mapping[str, str]) -> dict[str, Any]:
        """What was asked, with what an agent typed instead. Refused with the field that makes no sense."""
        said = [each for each in self.fields if each.corrected and each.name in typed]
        new = {each.name: _read(each, typed[each.name], asked.get(each.name)) for each in said}
        return {**asked, **{k: v for k, v in new.items() if as_text(v) != as_text(asked.get(k))}}


def _read(field: Field, typed: str, asked: Any) -> Any:
    """What was not asked may stay empty; what was asked is replaced by something that makes sense."""
    if not typed.strip() and not as_text(asked):
        return asked
    try:
        return field.read(typed)
    except Refused as refusal:
        raise Refused(refusal.sentence, field.name) from refusal


def missing_documents(kind: Kind, request: models.Request) -> list[DocumentKind]:
    """What a complete file would still join, in the order of the list of documents."""
    given = {document.kind for document in request.documents}
    return [each for each in DocumentKind if each in kind.wanted - given]


def filing_of(request: models.Request) -> Filing:
    """A recorded request, as its kind reads it."""
    return Filing(
        guardian=request.guardian,
        child=request.child,
        invoice_line=request.invoice_line,
        asked=request.asked,
        before=request.before,
    )


def changed_since(kind: Kind, request: models.Request) -> list[Line]:
    """What is in force now and no longer is what it was when the family asked: from then, to now."""
    filing = filing_of(request)
    in_force = replace(filing, before=history.readable(kind.current(filing)) or {})
    then, now = ({line.label: line.before for line in kind.lines_of(each)} for each in (filing, in_force))
    return [Line(label, then[label], said) for label, said in now.items() if said != then.get(label, said)]


# -- plain values and what people read ---------------------------------------------------------


def day(value: Any) -> str:
    """A date kept as ISO text, as people read it."""
    return f"{date.fromisoformat(value):%d/%m/%Y}" if value else ""


def read_day(typed: str) -> str:
    """What a date field sends, as it is kept. Refused when it is no day."""
    try:
        return date.fromisoformat(typed.strip()).isoformat()
    except ValueError as error:
        raise Refused("Cette date n’existe pas.") from error
