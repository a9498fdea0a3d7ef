"""A window on the site: a phone for a parent, a wide screen for an agent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from playwright.sync_api import Browser, Page

import models
from tests import factories

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}


@contextmanager
def window(
    browser: Browser, address: str, viewport: dict[str, int], *, cookie: str = "", scripts: bool = True
) -> Iterator[Page]:
    """A browser of one person; a script that fails or that the policy blocks fails the test."""
    context = browser.new_context(
        base_url=address, locale="fr-FR", viewport=viewport, java_script_enabled=scripts
    )
    context.set_default_timeout(10_000)
    if cookie:
        context.add_cookies([{"name": "portail", "value": cookie, "url": address}])
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert not problems, "\n".join(problems)


def cookie_of(app: Flask, account: models.Account | models.Guardian) -> str:
    """The cookie of a session already open for this account."""
    client = factories.sign_in(app.test_client(), account)
    found = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert found is not None
    return found.value
