"""Nothing that runs in service is under the GPL or the AGPL; the LGPL is fine for a library used as it is."""

from __future__ import annotations

import re
from importlib.metadata import distribution

import pytest

from config import ROOT

LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")
REQUIRED = sorted(re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", LOCK, re.MULTILINE))
GNU = re.compile(r"\b(A|L)?GPL|GNU (Affero |Lesser |Library )?General Public|GNU Lesser", re.IGNORECASE)
LESSER = re.compile(r"\bLGPL|Lesser|Library General", re.IGNORECASE)


def licences(name: str) -> list[str]:
    """What a distribution says of its licence: expression, old field, classifiers, or else its text."""
    found = distribution(name)
    old = (found.metadata.get("License") or "").strip().splitlines()[:1]
    classifiers = [c for c in found.metadata.get_all("Classifier", []) if c.startswith("License ::")]
    said = [text for text in (found.metadata.get("License-Expression"), *old, *classifiers) if text]
    files = found.metadata.get_all("License-File", [])
    return said or [found.read_text(f"licenses/{file}") or "" for file in files]


@pytest.mark.parametrize("name", REQUIRED)
def test_the_licence_lets_a_commune_use_it_as_it_wishes(name):
    said = licences(name)
    assert said, f"{name} says nothing of its licence"
    strict = [text for text in said if GNU.search(text) and not LESSER.search(text)]
    assert not strict, f"{name}: {strict}"


def test_the_lock_is_read():
    assert {"flask", "sqlalchemy", "gunicorn"} <= set(REQUIRED)
    assert len(REQUIRED) > 40


def test_every_dependency_asked_for_is_explained():
    explained = (ROOT / "docs" / "dependances.md").read_text(encoding="utf-8")
    for file in ("base.in", "dev.in"):
        for line in (ROOT / "requirements" / file).read_text(encoding="utf-8").splitlines():
            name = re.match(r"[A-Za-z0-9._-]+", line)
            if name and not line.startswith("-"):
                assert f"`{name[0]}`" in explained, f"docs/dependances.md does not say what {name[0]} is for"
