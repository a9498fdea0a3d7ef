"""What a page weighs on the network: under 120 KB in all at the first visit, under 30 KB afterwards.

Every page of the application's map is asked for as a browser does, compressed, with the files that it
names; a page added later is weighed too.
"""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from tests.invariants.test_access import address_of, methods_of
from tests.invariants.test_other_household import of_parents
from tests.invariants.world import OWNER, build

# A page is as heavy whatever the engine: one is enough.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

AT_FIRST, AFTERWARDS = 120 * 1024, 30 * 1024
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
FILE = re.compile(r'<(?:link|script|img)\b[^>]*?\b(?:href|src)="(/[^"]+)"')
DRAWN = re.compile(r"url\([\"']?((?!data:)[^\"')]+)")
# What makes a page longer: a whole month, a large family.
HEAVIER = {
    "portal.calendar": "?mois=2026-11",
    "portal.calendars": "?mois=2026-11",
    "portal.simulator": "?mois=2026-11",
    "public.simulator": "?enfants=6&mois=2026-11&quotient=650",
}


def test_every_page_is_light(app: Flask) -> None:
    world = build(app)
    client = factories.sign_in(FlaskClient(app), world.accounts[OWNER])

    @cache
    def weight(path: str) -> int:
        return _size(client, path)

    known = _files(client, "/espace/aide")
    too_heavy, measured = [], 0
    for rule in of_parents(app):
        if "GET" not in methods_of(rule):
            continue
        path = address_of(app, rule, world.ids)
        answer = client.get(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        measured += 1
        path += HEAVIER.get(rule.endpoint, "")
        page, files = _size(client, path), _files(client, path)
        first = page + sum(weight(each) for each in files)
        after = page + sum(weight(each) for each in files - known)
        if first >= AT_FIRST or after >= AFTERWARDS:
            too_heavy.append(f"{path}: {first} bytes at first, {after} afterwards")
    assert not too_heavy, "\n".join(too_heavy)
    assert measured > 50


def _size(client: FlaskClient, path: str) -> int:
    answer = client.get(path, headers=BROWSER)
    size = len(answer.data)
    answer.close()
    return size


def _files(client: FlaskClient, path: str) -> set[str]:
    """The files of the page, and those that its style sheets name (fonts, drawings)."""
    found = set(FILE.findall(client.get(path).text))
    sheets = [each for each in found if each.split("?")[0].endswith(".css")]
    return found | {
        urljoin(sheet, name) for sheet in sheets for name in DRAWN.findall(client.get(sheet).text)
    }
