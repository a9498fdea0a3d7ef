"""Whatever somebody writes in a file, a sentence tells it at a line: reader and examples never fail."""

from __future__ import annotations

import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from config import ROOT
from operations import commune_files
from operations.commune_yaml import parse, plain_of, write

FILES = [*(ROOT / "tests" / "communes").glob("*.yaml"), *(ROOT / "tests" / "rules").glob("*.yaml")]
TRIES, SEEDS = 40, 4
ODD: list[Any] = [
    *(
        "",
        "oui",
        "-3",
        "0",
        "99999999999",
        "2026-13-45",
        "9999-12-31",
        "0001-01-01",
        "12:99",
        "24:00",
        "minuit",
    ),
    *(
        "abc",
        "à l’année",
        "sans réservation",
        "0,001",
        "NaN",
        "1e9",
        "gratuit",
        "200 %",
        "-50 %",
        "²",
        "½",
        "١",
    ),
    *("0 jours à 10:00", "mercredi 23:59", "5 à 3", "623 à 622", "moins de 0", "1,00 à 2,00", "é" * 500),
    *("3,00 par tranche de 0 minutes", "2,00 par heure comptée par 0 minutes", "2026-09-01 au 2026-08-01"),
    *([], {}, ["a"], {"a": "b"}, ["x", ["y"]]),
]


@pytest.fixture(scope="module")
def reglements() -> list[Any]:
    return [plain_of(parse(path.read_text(encoding="utf-8"))) for path in sorted(FILES)]


def paths(plain: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(plain, list) else ()
    for key, value in pairs:
        yield (*before, key)
        yield from paths(value, (*before, key))


def spoilt(plain: Any, chance: random.Random) -> Any:
    """The same file with one to three values replaced, removed or renamed."""
    plain = deepcopy(plain)
    for _ in range(chance.randint(1, 3)):
        *way, last = chance.choice(list(paths(plain)))
        inside = plain
        for key in way:
            inside = inside[key]
        what = chance.random()
        if what < 0.7:
            inside[last] = deepcopy(chance.choice(ODD))
        elif what < 0.85 or isinstance(inside, list):
            del inside[last]
        else:
            inside[chance.choice([each for each in ODD if isinstance(each, str)])] = inside.pop(last)
    return plain


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_spoilt_file_is_told_and_never_fails(reglements, seed):
    chance = random.Random(seed)
    told = 0
    for _ in range(TRIES):
        text = write(spoilt(chance.choice(reglements), chance))
        checked = commune_files.check_text(text)
        assert all(
            problem.line >= 1 and problem.sentence.endswith((".", "?")) for problem in checked.problems
        ), [str(problem) for problem in checked.problems]
        told += bool(checked.problems)
        commune_files.run(checked)
    assert told > TRIES / 4
