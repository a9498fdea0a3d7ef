"""Encrypted PDFs, written by another hand (pypdf): those that open for everybody, those that do not."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfWriter

from gateways import uploads
from gateways.pdf_locks import opens_without_password
from rules.refusals import Refused

METHODS = ("RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256")
every_method = pytest.mark.parametrize("method", METHODS)


def locked(method: str, password: str) -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.encrypt(password, "proprietaire", algorithm=method)
    writer.write(out)
    return out.getvalue()


@every_method
def test_what_only_forbids_printing_is_kept(method):
    """As banks and insurers send them: anyone opens it."""
    data = locked(method, "")
    assert opens_without_password(data)
    assert uploads.clean("rib.pdf", data).data == data


@every_method
def test_what_asks_for_a_password_is_refused(method):
    data = locked(method, "secret")
    assert not opens_without_password(data)
    with pytest.raises(Refused, match="mot de passe"):
        uploads.clean("rib.pdf", data)


@pytest.mark.parametrize(
    "data",
    [
        b"/Encrypt 5 0 R",
        b"/Encrypt <</Filter/Acme/V 4>>",
        b"5 0 obj<</R 6/U(court)>>endobj /Encrypt 5 0 R",
        b"5 0 obj<</R 3/P -4/Length 0/O<00>/U<00>>>endobj /Encrypt 5 0 R",
    ],
)
def test_what_cannot_be_read_is_taken_for_locked(data):
    assert not opens_without_password(data)
