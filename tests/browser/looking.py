"""What is asked of any page: axe finds nothing in either palette, and no screen has to scroll sideways.

Both palettes, the three widths and the text at twice its size are looked at on one load of the page.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

PHONE, DESK = 360, 1280
# RGAA 10.11: nothing scrolls both ways from 320 pixels on; 10.4: nor with the text twice its size.
SCREENS = ((320, "100%"), (PHONE, "100%"), (DESK, "100%"), (PHONE, "200%"), (DESK, "200%"))
PALETTES = ((PHONE, "dark"), (DESK, "light"))
SHOTS = os.environ.get("SHOTS", "")  # a folder where every page looked at is drawn
SEND = """([action, fields]) => {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = action;
  for (const [name, value] of fields) {
    const input = document.createElement('input');
    input.type = 'hidden';
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  HTMLFormElement.prototype.submit.call(form);
}"""
# RGAA 10.12: the spacing of text that a reader may ask for.
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
# What sticks out, for the message; what is only read aloud does not.
WIDE = """() => [...document.querySelectorAll('body *')]
  .filter(each => each.getBoundingClientRect().right > innerWidth + 1 && !each.closest('.vh'))
  .slice(-1).map(each => each.outerHTML.slice(0, 120)).join()"""


def screen(browser: Browser, address: str, **options: object) -> BrowserContext:
    """A window whose addresses are paths of the site."""
    context = browser.new_context(
        base_url=address,
        locale="fr-FR",
        viewport={"width": PHONE, "height": 740},
        **options,  # type: ignore[arg-type]
    )
    context.set_default_timeout(10_000)
    return context


def enter(context: BrowserContext, address: str, cookie: str) -> None:
    """Be the person of that session, or nobody in particular."""
    context.clear_cookies()
    if cookie:
        context.add_cookies([{"name": "portail", "value": cookie, "url": address}])


def send(page: Page, path: str, fields: list[tuple[str, str]]) -> int:
    """A form as a browser sends it, whatever the page it should have come from; its answer's status."""
    page.goto("/etat-du-service")
    with page.expect_navigation() as answered:
        page.evaluate(SEND, [path, fields])
    assert answered.value is not None
    return answered.value.status


def flaws(page: Page, name: str) -> list[str]:
    """What is wrong with the page that is shown, each with its name."""
    page.wait_for_load_state()
    found: list[str] = []
    for width, palette in PALETTES:
        page.set_viewport_size({"width": width, "height": 740})
        page.emulate_media(color_scheme=palette, reduced_motion="reduce")  # colours do not fade
        for violation in Axe().run(page).response["violations"]:
            found.append(f"{violation['id']} ({palette}): {violation['nodes'][0]['html'][:200]}")
        _draw(page, f"{name}-{width}-{palette}")
    found += _sideways(page)
    return [f"{name}: {each}" for each in found]


def _sideways(page: Page) -> Iterator[str]:
    for width, text in SCREENS:
        page.set_viewport_size({"width": width, "height": 740})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", text)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            yield f"{wide} pixels wide on {width}, text at {text}: {page.evaluate(WIDE)}"
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.evaluate(SPACED)
    page.set_viewport_size({"width": 320, "height": 740})
    if page.evaluate("document.documentElement.scrollWidth") > 320:
        yield f"wider than 320 pixels, text spaced: {page.evaluate(WIDE)}"


def _draw(page: Page, name: str) -> None:
    if SHOTS:
        file = re.sub(r"[^\w]+", "_", name).strip("_")[:120]
        page.screenshot(path=Path(SHOTS) / f"{file}.png", full_page=True)
