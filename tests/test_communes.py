"""Real règlements and invented ones, each a file: read without a word, and its examples hold.

`UPDATE_COMMUNES=1 pytest tests/test_communes.py` writes docs/communes.md again.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from operations import commune_yaml
from operations.commune_dump import dump
from operations.commune_files import check_text, run
from rules.commune_file import tell
from rules.examples import run_examples
from tests import needs
from tests.communes_page import FILES, FOLDER, PAGE, checked, is_fictional, is_of_the_corpus, page
from tests.needs import NEEDS, Verdict
from tests.operations.test_commune_load import loaded

# Between them: every kind of deadline, unit, method and scope, dated tariffs, caps, fees, events, places.
LOADED = (
    "cde-paris-11",
    "noyers-sur-cher-41",
    "saussay-28",
    "veyras-07",
    "vigeois-19",
    "vigneux-de-bretagne-44",
    "exemple-absences-tolerees",
    "exemple-adhesion-fratrie",
    "exemple-classes",
    "exemple-habitants-dabord",
    "exemple-jours-par-semaine",
    "exemple-periode-de-vacances",
    "exemple-prix-plancher",
    "exemple-progressif",
    "exemple-quart-heure",
    "exemple-taux-horaire",
)
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@every_file
def test_a_file_is_accepted(path: Path) -> None:
    assert [str(problem) for problem in checked(path).problems] == []


@every_file
def test_its_examples_hold(path: Path) -> None:
    outcomes = run(checked(path))
    assert outcomes, "a configuration without an example proves nothing"
    assert {each.name: each.differences for each in outcomes if not each.passed} == {}


@every_file
def test_it_says_where_it_comes_from(path: Path) -> None:
    reglement = checked(path).reglement
    assert reglement is not None
    assert reglement.note, "what the règlement says, in our words"
    if is_fictional(path):
        assert reglement.source is None
        assert reglement.settings["name"].startswith("Exemple fictif, ")
    else:
        assert reglement.source


@every_file
def test_written_again_it_says_the_same_and_its_examples_still_hold(path: Path) -> None:
    first = checked(path)
    assert first.reglement is not None
    text = commune_yaml.write(tell(first.reglement))
    again = check_text(text)
    assert [str(problem) for problem in again.problems] == []
    assert again.reglement is not None
    assert commune_yaml.write(tell(again.reglement)) == text
    outcomes = run_examples(again.reglement, again.root, first.examples)
    assert {each.name: each.differences for each in outcomes if not each.passed} == {}


def test_the_command_replays_a_folder_and_says_which_file_is_wrong(app, tmp_path: Path) -> None:
    good = (FOLDER / "cuille-53.yaml").read_text(encoding="utf-8")
    (tmp_path / "avant.yaml").write_text(good, encoding="utf-8")
    (tmp_path / "demain.yaml").write_text(good.replace("prix: 7.50", "prix: 8.00"), encoding="utf-8")
    result = app.test_cli_runner().invoke(args=["commune", "examples", str(tmp_path)])
    told = result.output.splitlines()
    assert result.exit_code == 1
    assert told[0].startswith("demain.yaml, ligne ") and "Un adulte" in told[0]
    assert told[1:] == ["7 passed, 1 failed"]


@pytest.mark.parametrize("name", LOADED)
def test_a_base_that_has_loaded_it_writes_it_again_and_again(app, name: str) -> None:
    loaded((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    text = dump()
    assert loaded(text)[-1] == "Rien à changer : la base dit déjà ce que dit le fichier."
    assert dump() == text


def test_refusals_are_among_the_examples() -> None:
    """A grid with a hole, and one with two rows for a quotient, are refused as they are printed."""
    refused = [
        example.expected["refused"]
        for path in FILES
        for example in checked(path).examples
        if example.expected["refused"] is not None
    ]
    assert len(refused) >= 3


def test_each_need_is_proved_or_has_its_reason() -> None:
    known = {path.stem for path in FILES}
    assert [code for code, times in Counter(need.code for need in NEEDS).items() if times > 1] == []
    for need in NEEDS:
        if need.verdict is Verdict.SAID:
            assert need.proofs, need.code
            assert set(need.proofs) <= known, need.code
        else:
            assert need.why, need.code


def test_every_entry_of_the_corpus_has_its_file_or_its_reason() -> None:
    corpus = [path for path in FILES if is_of_the_corpus(path)]
    assert len(corpus) + len(needs.WITHOUT_FILE) == needs.CORPUS_ENTRIES


def test_the_page_is_up_to_date() -> None:
    if os.environ.get("UPDATE_COMMUNES"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), "UPDATE_COMMUNES=1 writes it again"
