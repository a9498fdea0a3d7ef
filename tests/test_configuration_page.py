"""docs/configuration.md is true: its blocks work, its mistakes are told so, its tables are the schema's."""

from __future__ import annotations

import os
import re

import pytest

from config import ROOT
from operations.commune_files import check_text, run
from rules.commune_reference import reference

PAGE = ROOT / "docs" / "configuration.md"
TEXT = PAGE.read_text(encoding="utf-8")
MARK = "<!-- référence -->\n"
HEADER = {"commune": "commune: Exemple", "calendrier": "calendrier: {zone: A, années scolaires: 2026-2027}"}


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def whole(block: str) -> str:
    """The block under the usual header, which goes last so that lines keep their numbers."""
    missing = [line for key, line in HEADER.items() if not re.search(rf"^{key}:", block, re.MULTILINE)]
    return block + "\n".join(missing) + "\n"


def titles() -> list[str]:
    """The first line of each block, to tell them apart."""
    return [f"{number} {block.splitlines()[1].strip()[:40]}" for number, block in enumerate(blocks("yaml"))]


@pytest.mark.parametrize("block", blocks("yaml"), ids=titles())
def test_each_block_is_accepted_and_its_examples_hold(block):
    checked = check_text(whole(block))
    assert [str(problem) for problem in checked.problems] == []
    assert {each.name: each.differences for each in run(checked) if not each.passed} == {}


def test_most_blocks_prove_what_they_say():
    assert len(blocks("yaml")) >= 15
    silent = [block for block in blocks("yaml") if "exemples:" not in block]
    assert len(silent) <= 2, silent


def test_each_row_of_the_tables_of_deadlines_and_absences_is_accepted():
    rules = re.findall(r"^\| [^|]+ \| `(\{[^`]+\})` \|$", TEXT, re.MULTILINE)
    rules += re.findall(r"^\| [^|]+ \| `(\{[^`]+\})`[^|]*\|$", TEXT, re.MULTILINE)
    assert len(rules) >= 15
    for rule in rules:
        keys = [f"{{activités: {{A: {{{key}: {rule}}}}}}}" for key in ("délais", "absences")]
        found = [check_text(whole(key[1:-1] + "\n")).problems for key in keys]
        assert min(map(len, found)) == 0, (rule, found)


def test_each_mistake_is_told_as_the_page_says():
    wrong, told = blocks("yaml-faux"), blocks("text")
    assert len(wrong) == len(told) == 1
    for block, expected in zip(wrong, told, strict=True):
        problems = [str(problem) for problem in check_text(whole(block)).problems]
        assert [bare(each) for each in problems] == [bare(line) for line in expected.splitlines()]


def bare(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_the_reference_is_that_of_the_schema():
    expected = TEXT.split(MARK)[0] + MARK + "\n" + reference()
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(expected, encoding="utf-8")
    assert expected == PAGE.read_text(encoding="utf-8"), "UPDATE_DOCS=1 writes the tables again"


def test_every_link_inside_the_page_leads_somewhere():
    anchors = {slug(title) for title in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)}
    links = set(re.findall(r"\]\(#([^)]+)\)", TEXT))
    assert links <= anchors, links - anchors


def slug(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
