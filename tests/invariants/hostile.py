"""What somebody who means harm, or a broken browser, puts in our forms; and the forms, as a page has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import urljoin, urlsplit

from werkzeug.datastructures import MultiDict

# Signs nobody types, numbers no column holds, days no calendar has, other languages' digits, code.
VALUES = (
    "",
    " \u00a0 ",
    "x" * 10_000,
    "a\0b",
    "\u202e👩‍👩‍👧 ٣²",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "-1",
    "99999999999999999999",
    "2147483648",
    "1e999",
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
    "9999-W53",
    "{{7*7}}\r\nBcc: x@y.example",
    "../../etc/passwd",
    "999999/cantine",
)
FILES = (
    ("vide.pdf", b""),
    ("facture.pdf", b"MZ\x90\0" + b"x" * 99),
    ("photo.jpg", b"<html><script>alert(1)</script>"),
    ("dessin.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    ("script.pdf", b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF"),
    ("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 50),
    ("../" + "n" * 300 + "\u202e.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 99),
)
UNTYPED = frozenset({"submit", "checkbox", "radio", "hidden", "password", "file", "select"})


@dataclass
class Sent:
    """A field of a form, and what a browser that changes nothing would send of it."""

    name: str
    kind: str
    value: str
    goes: bool


@dataclass
class Form:
    action: str
    is_post: bool
    fields: list[Sent] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Its fields that hold text, each once, without the token."""
        held = (each.name for each in self.fields if each.kind != "file" and each.name != "csrf_token")
        return list(dict.fromkeys(held))

    @property
    def typed(self) -> dict[str, str]:
        """What its text fields show."""
        return {each.name: each.value for each in self.fields if each.kind not in UNTYPED}

    def as_shown(self) -> list[tuple[str, str]]:
        """What a browser sends; of several buttons, the last."""
        buttons = {each.name: each.value for each in self.fields if each.kind == "submit"}
        return [(each.name, each.value) for each in self.fields if each.goes] + list(buttons.items())

    def attacks(self, turn: int) -> Iterator[MultiDict[str, object]]:
        """The same form emptied, without its fields, sent twice over, and one absurd value after another.

        `turn` chooses which value meets which field, and which half of the fields is absurd alone: all values
        are sent, over the forms of the portal.
        """
        shown = self.as_shown()
        yield MultiDict()
        yield MultiDict([(name, "") for name in self.names])
        yield MultiDict(shown + shown)
        yield MultiDict([(name, VALUES[(turn + n) % len(VALUES)]) for n, name in enumerate(self.names)])
        for n, name in list(enumerate(self.names))[turn % 2 :: 2]:
            others = [pair for pair in shown if pair[0] != name]
            yield MultiDict([*others, (name, VALUES[(turn + 7 * n) % len(VALUES)])])
        for n, each in enumerate(each for each in self.fields if each.kind == "file"):
            title, data = FILES[(turn + n) % len(FILES)]
            yield MultiDict([*shown, (each.name, (BytesIO(data), title))])


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms = address, list[Form]()
        self.form: Form | None = None
        self.last: Sent | None = None
        self.is_text = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.address, given.get("action") or self.address)
            self.form = Form(action, given.get("method", "").lower() == "post")
            self.forms.append(self.form)
        elif self.form is not None and tag in {"input", "select", "textarea", "button"} and "name" in given:
            self._note(tag, given)
        elif tag == "option" and self.last is not None and self.last.kind == "select":
            self.last.value = given.get("value", "") if "selected" in given else self.last.value

    def _note(self, tag: str, given: dict[str, str]) -> None:
        kind = {"select": "select", "textarea": "textarea", "button": "submit"}.get(tag)
        kind = kind or given.get("type", "text")
        boxed = kind in {"checkbox", "radio"}
        value = given.get("value", "on" if boxed else "")
        goes = "checked" in given if boxed else kind not in {"file", "submit"}
        self.last, self.is_text = Sent(given["name"], kind, value, goes), tag == "textarea"
        assert self.form is not None
        self.form.fields.append(self.last)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        if tag == "textarea":
            self.is_text = False

    def handle_data(self, data: str) -> None:
        if self.is_text and self.last is not None:
            self.last.value += data


def forms_of(address: str, html: str) -> list[Form]:
    """The forms of a page, in its order."""
    reader = _Reader(address)
    reader.feed(html)
    return reader.forms


def path_of(address: str) -> str:
    return urlsplit(address).path
