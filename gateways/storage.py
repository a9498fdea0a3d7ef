"""Documents under opaque names. The original name, the hash and the owner live in the database."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Protocol

from cryptography.fernet import Fernet, MultiFernet
from fsspec.implementations.dirfs import DirFileSystem
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.spec import AbstractFileSystem

_SEALED = b"gAAAA"  # how every Fernet token begins: its version and the first bytes of its date
_SUFFIX = re.compile(r"(\.[a-z0-9]{1,8})?")
_KEY = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/\1\2[0-9a-f]{28}(\.[a-z0-9]{1,8})?")


class DocumentMissing(Exception):
    """No document stands under this key (or it is not a key of ours)."""


class Storage(Protocol):
    """Where documents are kept."""

    def put(self, data: bytes, suffix: str = "") -> str: ...

    def get(self, key: str) -> bytes: ...

    def delete(self, key: str) -> None: ...


class FileSystemStorage:
    """A storage over any fsspec file system whose root is ours alone."""

    def __init__(self, files: AbstractFileSystem) -> None:
        self._files = files

    def put(self, data: bytes, suffix: str = "") -> str:
        """Keep `data` and return its key, such as `3f/a0/3fa0….pdf`.

        The document appears whole or not at all: it is written aside, then renamed.
        Raises ValueError for a suffix other than a dot and at most eight letters or digits.
        """
        if not _SUFFIX.fullmatch(suffix):
            raise ValueError(f"not a suffix: {suffix!r}")
        name = uuid.uuid4().hex
        folder = f"{name[:2]}/{name[2:4]}"
        key = f"{folder}/{name}{suffix}"
        self._files.makedirs(folder, exist_ok=True)
        self._files.pipe_file(f"{key}.part", data)
        self._files.mv(f"{key}.part", key)
        return key

    def get(self, key: str) -> bytes:
        """Return the document. Raises DocumentMissing."""
        try:
            return bytes(self._files.cat_file(_checked(key)))
        except FileNotFoundError as error:
            raise DocumentMissing(key) from error

    def delete(self, key: str) -> None:
        """Remove the document. Raises DocumentMissing."""
        try:
            self._files.rm_file(_checked(key))
        except FileNotFoundError as error:
            raise DocumentMissing(key) from error


class LocalStorage(FileSystemStorage):
    """Documents in a folder of this machine, outside the static tree."""

    def __init__(self, path: Path) -> None:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(DirFileSystem(str(path), LocalFileSystem()))


class SealedStorage:
    """A storage that encrypts what it keeps: a copy of its files alone says nothing of anybody.

    `keys`: Fernet keys separated by commas; the first encrypts, any of them decrypts, so that a key is
    changed without touching what is kept. What was kept before there was a key is given as it is.
    """

    def __init__(self, kept: Storage, keys: str) -> None:
        self._kept = kept
        self._cipher = MultiFernet([Fernet(key.strip()) for key in keys.split(",")])

    def put(self, data: bytes, suffix: str = "") -> str:
        return self._kept.put(self._cipher.encrypt(data), suffix)

    def get(self, key: str) -> bytes:
        """Return the document. Raises DocumentMissing, or InvalidToken when no key opens it."""
        found = self._kept.get(key)
        return self._cipher.decrypt(found) if found.startswith(_SEALED) else found

    def delete(self, key: str) -> None:
        self._kept.delete(key)


class MemoryStorage(FileSystemStorage):
    """Documents in memory, for tests: each instance starts empty."""

    def __init__(self) -> None:
        super().__init__(DirFileSystem(f"/{uuid.uuid4().hex}", MemoryFileSystem()))


def _checked(key: str) -> str:
    # A key comes from our database, but a hand-made one must never walk out of the folder.
    if not _KEY.fullmatch(key):
        raise DocumentMissing(key)
    return key
