"""Every template compiles, every form that posts carries its token, nothing is inline."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config import ROOT

FOLDER = ROOT / "templates"
TEMPLATES = sorted(path for path in FOLDER.rglob("*.*") if path.suffix in {".html", ".txt"})
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
# Icons are written in their template; Flask-Admin's widgets answer HTML as a plain string.
MAY_MARK_SAFE = {"components/icons.html", "admin/lib.html", "admin/model/inline_field_list.html"}
COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
FORM = re.compile(r"<form\b(?P<tag>[^>]*)>(?P<inside>.*?)</form>", re.DOTALL | re.IGNORECASE)
POSTS = re.compile(r"""method\s*=\s*["']?post""", re.IGNORECASE)
TOKEN = re.compile(r"csrf_token|hidden_tag\(\)|\btoken\(\)|render_form\(")
TOKEN_MACRO = re.compile(r"macro token\(\)(?P<inside>.*?)endmacro", re.DOTALL)
INLINE_SCRIPT = re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*\bnonce=)[^>]*>", re.IGNORECASE)
INLINE_STYLE = re.compile(r"<style\b|<[a-z][^>]*\sstyle\s*=", re.IGNORECASE)
HANDLER = re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE)
JAVASCRIPT_LINK = re.compile(r"""(href|action)\s*=\s*["']?javascript:""", re.IGNORECASE)


def name(path: Path) -> str:
    return str(path.relative_to(FOLDER))


def text_of(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


every_page = pytest.mark.parametrize("path", PAGES, ids=name)


def test_every_one_compiles(app):
    for path in TEMPLATES:
        app.jinja_env.get_template(name(path))


@every_page
def test_every_form_that_posts_carries_its_token(path):
    text = text_of(path)
    for form in FORM.finditer(text):
        if POSTS.search(form["tag"]):
            assert TOKEN.search(form["inside"]), f"no csrf_token in <form{form['tag']}>"
    assert len(FORM.findall(text)) == len(re.findall(r"<form\b", text)), "a form opened here closes elsewhere"


def test_the_token_macros_write_the_token():
    macros = [found["inside"] for path in PAGES for found in TOKEN_MACRO.finditer(text_of(path))]
    assert macros and all("csrf_token" in inside for inside in macros)


@every_page
def test_nothing_is_inline(path):
    text = text_of(path)
    for what in (INLINE_SCRIPT, INLINE_STYLE, HANDLER, JAVASCRIPT_LINK):
        found = what.search(text)
        assert not found, f"blocked by our Content-Security-Policy: {found[0]}"


@every_page
def test_nothing_opens_a_window_by_itself_nor_changes_the_order_of_tabs(path):
    """RGAA 13.2 and 12.8."""
    assert not re.search(r"""\starget\s*=|tabindex=["']?[1-9]|\saccesskey\s*=""", text_of(path))


def test_only_what_the_template_itself_says_is_marked_safe():
    """Escaping is turned off in app.richtext, which lets no HTML through, and for literals."""
    unsafe = re.compile(r"""[^'"\s]\s*\|\s*safe\b|autoescape\s+false""")
    found = {name(path) for path in PAGES if unsafe.search(text_of(path))}
    assert not found - MAY_MARK_SAFE
