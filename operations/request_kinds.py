"""Every kind of démarche; a new one is a file `requests_<kind>.py` and its name here."""

from __future__ import annotations

from operations import (
    requests_address,
    requests_contest,
    requests_custody,
    requests_enrolment,
    requests_erasure,
    requests_form,
    requests_member,
    requests_question,
    requests_quotient,
    requests_situation,
)
from operations.request_kind import Kind
from rules.request_vocabulary import RequestKind

KINDS: tuple[Kind, ...] = (
    requests_address.KIND,
    requests_custody.KIND,
    requests_situation.KIND,
    requests_member.KIND,
    requests_enrolment.KIND,
    requests_erasure.KIND,
    requests_quotient.KIND,
    requests_form.KIND,
    requests_contest.KIND,
    requests_question.KIND,
)
_BY_KIND = {each.kind: each for each in KINDS}


def kind_of(kind: RequestKind) -> Kind:
    return _BY_KIND[kind]
