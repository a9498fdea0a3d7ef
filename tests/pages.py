"""A test client that inspects every page it is given: what holds for all pages is checked by any test.

One h1, a title that starts with it, unique ids, labelled fields, a token in every form that posts, French
words only, no SQL, nothing that our Content-Security-Policy would block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from extensions import db

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
UNSEEN = frozenset({"script", "style", "template", "code", "pre", "option"})
UNLABELLED_INPUTS = frozenset({"hidden", "submit", "button", "image", "reset"})
CATALOGUES = (
    ("flask_admin", "translations/fr/LC_MESSAGES/admin.po"),
    ("wtforms", "locale/fr/LC_MESSAGES/wtforms.po"),
    ("flask_security", "translations/fr_FR/LC_MESSAGES/flask_security.po"),
)
SQL = re.compile(
    r"\bSELECT\b.+\bFROM\b|\bINSERT INTO\b|\bUPDATE \w+ SET\b|\bDELETE FROM\b|IntegrityError|sqlalchemy"
    r"|psycopg|sqlite3|constraint failed|Traceback"
)


class InspectedClient(FlaskClient):
    """Flask's test client; a page that breaks a promise common to all pages fails the test that opened it."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        with _as_in_service(self.application):
            response = super().open(*args, **options)
        if response.mimetype == "text/html" and response.status_code not in range(300, 400):
            text = response.get_data(as_text=True)
            if "<html" in text:
                problems = inspect(text)
                where = f"{response.request.method} {response.request.path} ({response.status_code})"
                assert not problems, "\n".join([where, *problems])
        return response


@contextmanager
def _as_in_service(app: Flask) -> Iterator[None]:
    """A request has a context, a `g` and a session of its own, even under a test's application context.

    What the test wrote is committed first, and read again after: the request may have changed it.
    """
    if has_app_context():
        db.session.commit()
    with app.app_context():
        yield
    if has_app_context():
        db.session.expire_all()


class Page(HTMLParser):
    """What the checks need of a page, read in one pass."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.lang = self.title = ""
        self.h1: list[str] = []
        self.ids: list[str] = []
        self.fields: list[dict[str, str]] = []
        self.labels: dict[str, str] = {}
        self.texts: list[str] = []
        self.blocked: list[str] = []
        self.label: str | None = None
        self.posting_forms: list[set[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append(tag)
        self._note_attributes(tag, given)
        if tag == "html":
            self.lang = given.get("lang", "")
        elif tag == "h1":
            self.h1.append("")
        elif tag == "label":
            self.label = given.get("for", f"in-label-{len(self.labels)}")
            self.labels.setdefault(self.label, "")
        elif tag == "form" and given.get("method", "").lower() == "post":
            self.posting_forms.append(set())
        elif tag in {"input", "select", "textarea"}:
            self._note_field(tag, given)

    def _note_attributes(self, tag: str, given: dict[str, str]) -> None:
        if "id" in given:
            self.ids.append(given["id"])
        read = ["title", "aria-label", "placeholder", "alt"]
        if tag == "input" and given.get("type") in {"submit", "button", "reset"}:
            read.append("value")
        self.texts += [given[name] for name in read if given.get(name)]
        self.blocked += [f"{tag} {name}=" for name in given if name.startswith("on") or name == "style"]
        if tag == "style" or (tag == "script" and "src" not in given and "nonce" not in given):
            self.blocked.append(f"inline <{tag}>")

    def _note_field(self, tag: str, given: dict[str, str]) -> None:
        if "form" in self.open and self.posting_forms:
            self.posting_forms[-1].add(given.get("name", ""))
        if tag == "input" and given.get("type") in UNLABELLED_INPUTS:
            return
        inside = {"in-label": self.label} if self.label is not None and "label" in self.open else {}
        self.fields.append({"tag": tag, **given, **inside})

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while tag in self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "title" in self.open and "svg" not in self.open:
            self.title += data
        elif not UNSEEN.intersection(self.open) and data.strip():
            self.texts.append(data)
        if "h1" in self.open:
            self.h1[-1] += data
        if "label" in self.open and self.label is not None and not UNSEEN.intersection(self.open):
            self.labels[self.label] += data


def inspect(html: str) -> list[str]:
    """Every promise that this page breaks, as sentences for whoever reads the failing test."""
    page = Page()
    page.feed(html)
    page.close()
    twice = sorted({each for each in page.ids if page.ids.count(each) > 1})
    problems = [f"id used twice: {each}" for each in twice]
    problems += [f"blocked by our Content-Security-Policy: {each}" for each in sorted(set(page.blocked))]
    problems += ["a form posts without csrf_token" for form in page.posting_forms if "csrf_token" not in form]
    if page.lang != "fr":
        problems.append("<html> does not say lang=fr")
    return problems + _heading(page) + _unlabelled(page) + _words(page)


def _heading(page: Page) -> list[str]:
    if len(page.h1) != 1:
        return [f"{len(page.h1)} h1 instead of one: {page.h1}"]
    h1, title = _flat(page.h1[0]), _flat(page.title)
    if not h1 or not title.startswith(h1):
        return [f"the title « {title} » does not start with the h1 « {h1} »"]
    return []


def _unlabelled(page: Page) -> list[str]:
    return [
        f"field without a label: {field['tag']} name={field.get('name')!r} id={field.get('id')!r}"
        for field in page.fields
        if not _is_labelled(field, page)
    ]


def _is_labelled(field: dict[str, str], page: Page) -> bool:
    if field.get("aria-label", "").strip() or "in-label" in field:
        return True
    if "aria-labelledby" in field:
        return all(each in page.ids for each in field["aria-labelledby"].split())
    return bool(page.labels.get(field.get("id", ""), "").strip())


def _words(page: Page) -> list[str]:
    problems = []
    for text in map(_flat, page.texts):
        if found := SQL.search(text):
            problems.append(f"technical words: « {found[0]} »")
        if english := untranslated(text):
            problems.append(f"not translated: « {english} »")
    return sorted(set(problems))


def untranslated(text: str) -> str | None:
    """The English of a library that a text still shows: as a whole, or a sentence of it."""
    whole, sentences = _english()
    if text in whole:
        return text
    found = sentences.search(text)
    return found[0] if found else None


@cache
def _english() -> tuple[frozenset[str], re.Pattern[str]]:
    messages = [message for path in _catalogues() for message in _differing(path)]
    whole = frozenset(m for m in messages if "%" not in m and "{" not in m)
    long = [m for m in messages if len(m.split()) >= 3]
    patterns = (re.sub(r"%\\?\(\w+\\?\)[sdi]|%[sdi]", ".+?", re.escape(m)) for m in long)
    return whole, re.compile("|".join(patterns))


def _catalogues() -> list[Path]:
    found = []
    for package, inside in CATALOGUES:
        spec = find_spec(package)
        assert spec is not None and spec.origin is not None
        found.append(Path(spec.origin).parent / inside)
    return found


def _differing(path: Path) -> list[str]:
    """The English messages whose French is not the same word."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale="fr")
    pairs = [pair for message in catalogue for pair in _forms(message.id, message.string)]
    return [english for english, french in pairs if french and english.lower() != french.lower()]


def _forms(english: str | tuple[str, ...], french: str | tuple[str, ...]) -> list[tuple[str, str]]:
    """A message with its translation, or its singular and its plural with theirs."""
    if isinstance(english, str) or isinstance(french, str):
        return [(_flat(str(english)), _flat(str(french)))] if english else []
    return [(_flat(e), _flat(f)) for e, f in zip(english, french, strict=False)]


def _flat(text: str) -> str:
    return " ".join(text.split())
