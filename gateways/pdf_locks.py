"""Whether a PDF that is encrypted opens for everybody all the same.

Banks and insurers forbid printing or copying with an « owner » password and leave the « user » password
empty: anyone opens the file, and so does an agent. Only a file that asks for a password is refused.
Source: ISO 32000-2, § 7.6 (algorithms 2, 2.A, 2.B, 4, 5, 6, 11), standard security handler, empty password.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAD = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
_REFERENCE = re.compile(rb"/Encrypt\s*(\d+)\s+(\d+)\s+R")
_STRING = rb"\s*(<[0-9A-Fa-f\s]*>|\((?:[^\\()]|\\.)*\))"
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def opens_without_password(data: bytes) -> bool:
    """Whether the empty password opens it; what cannot be read is taken for locked."""
    try:
        words = _dictionary(data)
        revision = int(words["R"])
        if revision >= 5:
            return _opens_256(words["U"], revision)
        return _opens_128(words, revision, _identity(data))
    except (KeyError, ValueError, IndexError, TypeError):
        return False


def _dictionary(data: bytes) -> Mapping[str, bytes]:
    """The entries of the encryption dictionary that the check needs."""
    found = _REFERENCE.search(data)
    if found is None:
        start = data.index(b"/Encrypt")
    else:
        mark = re.search(rb"(?<!\d)%s\s+%s\s+obj" % (found[1], found[2]), data)
        start = mark.start() if mark else data.index(b"/Standard")
    end = data.find(b"endobj", start)
    text = data[start : end if end > 0 else start + 4096]
    words = {name: _value(text, name) for name in ("R", "P", "Length")}
    words |= {name: _string(text, name) for name in ("O", "U")}
    words["EncryptMetadata"] = b"false" if re.search(rb"/EncryptMetadata\s+false", text) else b"true"
    return {name: value for name, value in words.items() if value is not None}


def _value(text: bytes, name: str) -> bytes | None:
    found = re.search(rb"/%s\s+(-?\d+)" % name.encode(), text)
    return found[1] if found else None


def _string(text: bytes, name: str) -> bytes | None:
    found = re.search(rb"/%s%s" % (name.encode(), _STRING), text, re.DOTALL)
    return _unquoted(found[1]) if found else None


def _unquoted(written: bytes) -> bytes:
    if written.startswith(b"<"):
        return bytes.fromhex(written[1:-1].decode())

    def read(escape: re.Match[bytes]) -> bytes:
        what = escape[1]
        if what[:1].isdigit():
            return bytes([int(what, 8) & 255])
        return b"" if what in (b"\n", b"\r\n", b"\r") else _ESCAPES.get(what, what)

    return re.sub(rb"\\([0-7]{1,3}|\r\n|.)", read, written[1:-1], flags=re.DOTALL)


def _identity(data: bytes) -> bytes:
    found = re.search(rb"/ID\s*\[" + _STRING, data, re.DOTALL)
    return _unquoted(found[1]) if found else b""


def _opens_128(words: Mapping[str, bytes], revision: int, identity: bytes) -> bool:
    """Algorithms 2, 4 and 5: RC4 and AES-128 share the check of the user's password."""
    length = int(words.get("Length", b"40")) // 8 if revision >= 3 else 5
    if not 5 <= length <= 16:
        raise ValueError(length)
    permissions = (int(words["P"]) & 0xFFFFFFFF).to_bytes(4, "little")
    hashed = PAD + words["O"][:32] + permissions + identity
    if revision >= 4 and words["EncryptMetadata"] == b"false":
        hashed += b"\xff\xff\xff\xff"
    digest = _md5(hashed)
    for length_now in [length] if revision < 4 else [16, length]:
        key = digest
        if revision >= 3:
            for _ in range(50):
                key = _md5(key[:length_now])
        if _answers(key[:length_now], words["U"], revision, identity):
            return True
    return False


def _answers(key: bytes, expected: bytes, revision: int, identity: bytes) -> bool:
    if revision == 2:
        return _rc4(key, PAD) == expected[:32]
    found = _md5(PAD + identity)
    for step in range(20):
        found = _rc4(bytes(byte ^ step for byte in key), found)
    return found == expected[:16]


def _opens_256(user: bytes, revision: int) -> bool:
    """Algorithm 11: the hash of the empty password with the validation salt."""
    expected, salt = user[:32], user[32:40]
    first = hashlib.sha256(salt).digest()
    return (first if revision == 5 else _hardened(first)) == expected


def _hardened(key: bytes) -> bytes:
    """Algorithm 2.B with the empty password and no user key."""
    step = 0
    while True:
        block = key * 64
        cipher = Cipher(algorithms.AES(key[:16]), modes.CBC(key[16:32])).encryptor()
        mixed = cipher.update(block) + cipher.finalize()
        kind = (hashlib.sha256, hashlib.sha384, hashlib.sha512)[sum(mixed[:16]) % 3]
        key = kind(mixed).digest()
        step += 1
        if step >= 64 and mixed[-1] <= step - 32:
            return key[:32]


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _rc4(key: bytes, data: bytes) -> bytes:
    box, at = list(range(256)), 0
    for each in range(256):
        at = (at + box[each] + key[each % len(key)]) & 255
        box[each], box[at] = box[at], box[each]
    out, first, second = bytearray(), 0, 0
    for byte in data:
        first = (first + 1) & 255
        second = (second + box[first]) & 255
        box[first], box[second] = box[second], box[first]
        out.append(byte ^ box[(box[first] + box[second]) & 255])
    return bytes(out)
