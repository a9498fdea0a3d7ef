"""What an agent sends with a form, read whole."""

from __future__ import annotations

from typing import Any


def content_of(sent: Any) -> bytes:
    """The bytes of a file field; nothing when no file was chosen."""
    if not sent or not getattr(sent, "filename", ""):
        return b""
    with sent.stream:
        return bytes(sent.read())
