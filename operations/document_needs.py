"""The documents that the commune asks for, and where each stands for some children of a household."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

import models
from extensions import db
from operations.children import ChildFacts
from operations.configuration import configuration
from rules.documents import Answer, answers
from rules.vocabulary import PerWhom


@dataclass(frozen=True, slots=True)
class Expected:
    """A document asked for, of a child or of the family (`child_id` None), and where it stands.

    `answer` is what the commune holds, whoever of the child's parents gave it: what one has given is not
    asked of the other, who learns nothing more than that.
    """

    need: models.DocumentNeed
    child_id: int | None
    answer: Answer

    @property
    def is_missing(self) -> bool:
        return self.answer.is_missing

    @property
    def is_lacking(self) -> bool:
        """Compulsory, and not there."""
        return self.is_missing and self.need.is_compulsory


def expected_documents(facts: Mapping[int, ChildFacts], family_id: int, day: date) -> list[Expected]:
    """What is asked today of a household and of its children, by what they are enrolled in; one query."""
    asked = {child_id: activities_on(each, day) for child_id, each in facts.items()}
    household = [child_id for child_id, each in facts.items() if family_id in each.families]
    return expected_of(asked, household, family_id, day, day)


def missing_documents(facts: Mapping[int, ChildFacts], family_id: int, day: date) -> list[Expected]:
    """The compulsory ones that are not there, or no longer good; one query whatever the children."""
    return [each for each in expected_documents(facts, family_id, day) if each.is_lacking]


def activities_on(facts: ChildFacts, day: date) -> set[int]:
    """What the child is enrolled in that day, or will be."""
    return {each.activity_id for each in facts.enrolments if each.last is None or each.last >= day}


def expected_of(
    asked: Mapping[int, Collection[int]],
    household: Collection[int],
    family_id: int,
    on: date,
    day: date,
) -> list[Expected]:
    """What is asked for on the day `on` of these children, by the activities of each, and of their family.

    `household`: those who live there, be it every other week; the others say nothing of what it owes.
    One query: the needs, each with the documents that may answer it.
    """
    held = _needs_with_documents(on, family_id, list(asked))
    return [
        Expected(need, child_id, _stands(need, child_id, family_id, documents, day))
        for need, documents in held.items()
        for child_id in _of_whom(need, asked, household)
    ]


def _needs_with_documents(
    on: date, family_id: int, child_ids: Collection[int]
) -> dict[models.DocumentNeed, list[models.Document]]:
    """In the vaults of the household, and about the children whoever gave it."""
    need, row = models.DocumentNeed, models.Document
    mine = sa.or_(row.family_id == family_id, row.child_id.in_(child_ids))
    query = (
        sa.select(need, row)
        .outerjoin(row, sa.and_(row.kind == need.kind, row.removed_at.is_(None), mine))
        .where(need.first_day <= on, need.last_day >= on)
        .order_by(need.is_compulsory.desc(), need.id, row.id)
    )
    found: dict[models.DocumentNeed, list[models.Document]] = defaultdict(list)
    for asked_for, document in db.session.execute(query):
        found[asked_for] += [] if document is None else [document]
    return found


def _of_whom(
    need: models.DocumentNeed, asked: Mapping[int, Collection[int]], household: Collection[int]
) -> list[int | None]:
    concerned = [child_id for child_id, activity_ids in asked.items() if _concerns(need, activity_ids)]
    if need.per_whom is PerWhom.CHILD:
        return list(concerned)
    return [None] if any(child_id in household for child_id in concerned) else []


def _concerns(need: models.DocumentNeed, activity_ids: Collection[int]) -> bool:
    if need.activity_id is not None:
        return need.activity_id in activity_ids
    if need.service_id is not None:
        activities = configuration().activities
        return any(activities[each].service_id == need.service_id for each in activity_ids)
    return bool(activity_ids)


def _stands(
    need: models.DocumentNeed,
    child_id: int | None,
    family_id: int,
    held: Iterable[models.Document],
    day: date,
) -> Answer:
    given = [each for each in held if _is_for(each, child_id, family_id)]
    good = [each for each in given if answers(need.kind, each.expires_on, need.first_day, day)]
    if any(each.seen_at is not None for each in good):
        return Answer.SEEN
    if good:
        return Answer.GIVEN
    return Answer.EXPIRED if given else Answer.MISSING


def _is_for(document: models.Document, child_id: int | None, family_id: int) -> bool:
    """About that child, whoever gave it; or about the whole household, given by it."""
    if document.child_id is None:
        return document.family_id == family_id
    return document.child_id == child_id or (child_id is None and document.family_id == family_id)
