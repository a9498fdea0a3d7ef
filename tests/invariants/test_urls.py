"""The addresses of the portal are promises: their list is a file, and removing one is a decision.

`UPDATE_URLS=1 pytest tests/invariants/test_urls.py` writes the list again.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

LIST = Path(__file__).parent / "urls.txt"
HEADER = "# Les adresses du portail, avec leurs méthodes. En retirer une casse un favori ou un script.\n"
STATIC = ("/static/", "/bootstrap/", "/admin/static/")
VARIABLE = re.compile(r"<[^>]+>")
SEGMENT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)?")
ENGLISH = frozenset({
    "account", "add", "ajax", "change", "create", "delete", "details", "edit", "file",
    "home", "index", "list", "login", "logout", "lookup", "new", "password", "recovery", "reset", "search",
    "setup", "tf", "update", "user", "verify",
})  # fmt: skip


def addresses(app) -> dict[str, str]:
    """Rule → methods, of everything a person can open; static files left out."""
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(STATIC):
            found.setdefault(rule.rule, set()).update(rule.methods or ())
    return {rule: ",".join(sorted(methods - {"HEAD", "OPTIONS"})) for rule, methods in found.items()}


def test_the_list_of_addresses_is_the_one_agreed(app):
    now = {f"{rule} {methods}" for rule, methods in addresses(app).items()}
    if os.environ.get("UPDATE_URLS"):
        LIST.write_text(HEADER + "".join(f"{line}\n" for line in sorted(now)), encoding="utf-8")
    lines = LIST.read_text(encoding="utf-8").splitlines()
    agreed = {line for line in lines if line and not line.startswith("#")}
    assert not agreed - now, (
        "addresses gone (a bookmark or a script may use them): say so in CHANGELOG.md, then edit urls.txt"
    )
    assert not now - agreed, "new addresses: add them to tests/invariants/urls.txt"


def test_every_address_is_french_and_in_kebab_case(app):
    wrong = []
    for rule in addresses(app):
        words = [part for part in VARIABLE.sub("", rule).split("/") if part]
        if any(not SEGMENT.fullmatch(part.strip(".-") or "x") for part in words) or ENGLISH & set(words):
            wrong.append(rule)
    assert not wrong, "\n".join(wrong)


def test_numbers_in_addresses_are_typed(app):
    loose = [
        rule.rule
        for rule in app.url_map.iter_rules()
        for variable, converter in rule._converters.items()
        if variable.endswith("_id") and type(converter).__name__ == "UnicodeConverter"
    ]
    assert not loose, f"an id is a number: write <int:…> in {loose}"
