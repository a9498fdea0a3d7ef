"""Somebody who walks the site with a browser without scripts: opens pages, fills in and sends their forms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask import Flask
from werkzeug.test import TestResponse

Values = str | Iterable[str]


@dataclass
class Form:
    """A form as the browser would send it: what it holds already, by field name."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    boxes: dict[str, list[str]] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.select = ""
        self.textarea = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.found.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        if not self.found:
            return
        if tag == "input" and given.get("name"):
            self._input(given)
        if tag == "select":
            self.select = given.get("name", "")
        if tag == "option" and "selected" in given and self.select:
            self.found[-1].fields[self.select] = [given.get("value", "")]

    def _input(self, given: dict[str, str]) -> None:
        kind, name, value = given.get("type", "text"), given["name"], given.get("value", "")
        if kind in ("checkbox", "radio"):
            self.found[-1].boxes.setdefault(name, []).append(value)
            if "checked" not in given:
                return
        if kind != "submit" and "disabled" not in given:
            self.found[-1].fields.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""


class Walker:
    """One browser: its cookies, the page it shows."""

    def __init__(self, app: Flask, address: str = "192.0.2.1") -> None:
        self.client = app.test_client()
        self.address = {"REMOTE_ADDR": address}
        self.page: TestResponse | None = None

    def open(self, url: str) -> TestResponse:
        return self._go(url, method="GET")

    @property
    def text(self) -> str:
        assert self.page is not None
        return self.page.text

    def forms(self) -> list[Form]:
        reader = _Forms()
        reader.feed(self.text)
        return reader.found

    def form(self, *names: str) -> Form:
        """The form of this page that has these fields."""
        fitting = [f for f in self.forms() if set(names) <= f.fields.keys() | f.boxes.keys()]
        assert fitting, f"no form with {names} on {self.page.request.path}"
        return fitting[0]

    def send(self, form: Form, expect: int = 200, **values: Values) -> TestResponse:
        """Send a form with some fields filled in, follow the redirect, and check how it ended."""
        data = form.fields | {k: [v] if isinstance(v, str) else list(v) for k, v in values.items()}
        here = self.page.request.full_path.rstrip("?")
        page = self._go(form.action or here, method=form.method.upper(), data=data)
        assert page.status_code == expect, f"{page.status_code} for {form.action or here}\n{page.text[:3000]}"
        return page

    def _go(self, url: str, *, method: str, data: dict[str, list[str]] | None = None) -> TestResponse:
        options: dict[str, object] = {"query_string" if method == "GET" else "data": data} if data else {}
        self.page = self.client.open(
            url, method=method, environ_overrides=self.address, follow_redirects=True, **options
        )
        return self.page
