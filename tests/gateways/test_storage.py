import base64
import re

import pytest
from cryptography.fernet import InvalidToken

from gateways.storage import DocumentMissing, LocalStorage, MemoryStorage, SealedStorage


@pytest.fixture(params=["local", "memory"])
def storage(request, tmp_path):
    return LocalStorage(tmp_path / "documents") if request.param == "local" else MemoryStorage()


def test_what_is_put_is_got_back(storage):
    key = storage.put(b"%PDF-1.7 facture", ".pdf")
    assert storage.get(key) == b"%PDF-1.7 facture"
    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{32}\.pdf", key)
    name = key.rsplit("/", 1)[1]
    assert key.startswith(f"{name[:2]}/{name[2:4]}/")


def test_the_same_bytes_twice_are_two_documents(storage):
    first, second = storage.put(b"", ""), storage.put(b"")
    assert first != second
    assert storage.get(first) == b""


def test_a_deleted_document_is_gone(storage):
    kept, gone = storage.put(b"a"), storage.put(b"b")
    storage.delete(gone)
    for action in (storage.get, storage.delete):
        with pytest.raises(DocumentMissing):
            action(gone)
    assert storage.get(kept) == b"a"


@pytest.mark.parametrize(
    "key",
    [
        "../secret",
        "/etc/passwd",
        "",
        "aa/bb/../../../secret",
        "aa/bb/" + "aabb" + "0" * 28 + "\n",
        "cc/bb/" + "aabb" + "0" * 28,
        "aa/bb/" + "aabb" + "0" * 28 + ".pdf.part",
    ],
)
def test_only_our_keys_are_followed(storage, tmp_path, key):
    (tmp_path / "secret").write_text("non")
    for action in (storage.get, storage.delete):
        with pytest.raises(DocumentMissing):
            action(key)
    assert (tmp_path / "secret").exists()


@pytest.mark.parametrize("suffix", ["pdf", "./../x", ".PDF", ".tropgrandsuffixe", ".p/f", "."])
def test_a_suffix_is_a_dot_and_letters(storage, suffix):
    with pytest.raises(ValueError, match="suffix"):
        storage.put(b"a", suffix)


def test_an_interrupted_put_leaves_no_document(tmp_path, monkeypatch):
    storage = LocalStorage(tmp_path)
    monkeypatch.setattr(storage._files, "mv", lambda *paths: (_ for _ in ()).throw(OSError("disque plein")))
    with pytest.raises(OSError, match="disque plein"):
        storage.put(b"a", ".pdf")
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [".part"]


def test_two_memories_share_nothing():
    key = MemoryStorage().put(b"a")
    with pytest.raises(DocumentMissing):
        MemoryStorage().get(key)


KEY, OTHER_KEY = (base64.urlsafe_b64encode(letter * 32).decode() for letter in (b"a", b"b"))


def test_what_is_sealed_cannot_be_read_on_the_disk(tmp_path):
    sealed = SealedStorage(LocalStorage(tmp_path), KEY)
    key = sealed.put(b"%PDF-1.7 jugement", ".pdf")
    on_disk = (tmp_path / key).read_bytes()
    assert b"jugement" not in on_disk and b"PDF" not in on_disk
    assert sealed.get(key) == b"%PDF-1.7 jugement"


def test_a_new_key_in_front_still_reads_what_the_old_one_kept(tmp_path):
    key = SealedStorage(LocalStorage(tmp_path), KEY).put(b"avant")
    changed = SealedStorage(LocalStorage(tmp_path), f"{OTHER_KEY}, {KEY}")
    assert changed.get(key) == b"avant"
    with pytest.raises(InvalidToken):
        SealedStorage(LocalStorage(tmp_path), OTHER_KEY).get(key)
    with pytest.raises(InvalidToken):
        SealedStorage(LocalStorage(tmp_path), KEY).get(changed.put(b"depuis"))


def test_what_was_kept_before_there_was_a_key_is_still_given(tmp_path):
    key = LocalStorage(tmp_path).put(b"%PDF-1.7 ancienne facture", ".pdf")
    sealed = SealedStorage(LocalStorage(tmp_path), KEY)
    assert sealed.get(key) == b"%PDF-1.7 ancienne facture"
    sealed.delete(key)
    with pytest.raises(DocumentMissing):
        sealed.get(key)
