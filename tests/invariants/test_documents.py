"""What the documents point to exists, and every setting is explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)")
SETTING = re.compile(r"""(?:env\.get\(|_yes\(env, )"([A-Z_]+)\"""")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path):
    targets = LINK.findall(path.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (path.parent / target).exists()]
    assert not missing, "\n".join(missing)


def test_every_setting_is_in_the_operators_table():
    read = set(SETTING.findall((ROOT / "config.py").read_text(encoding="utf-8")))
    told = (ROOT / "docs" / "exploitation.md").read_text(encoding="utf-8")
    assert len(read) > 10
    assert not {name for name in read if f"`{name}`" not in told}


def test_the_help_of_make_names_every_command():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    told = set(re.findall(r"^([a-z]+):.*## ", text, re.MULTILINE))
    assert {"help", "run", "test", "lint", "bench", "lock", "clean"} <= told
