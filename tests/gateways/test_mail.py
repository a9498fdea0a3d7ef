import json
import socket
import stat
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest

from gateways.clock import PARIS, FixedClock
from gateways.mail import FolderMail, MailFailed, MemoryMail, Message, SmtpMail, compose
from tests.gateways.smtp_twin import smtp_twin

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=PARIS)
SECRET = "Provisoire-7cK2-à-changer"


def message(**changes):
    values = {
        "recipient": "claire.martin@villars.example",
        "subject": "Votre facture d’octobre est disponible — 87,30 €",
        "body": "Bonjour,\n\nVotre facture d’octobre s’élève à 87,30 €.\n.\nÀ bientôt\n",
        "sender": "Espace citoyen de Villars <ne-pas-repondre@villars.example>",
        "message_id": "<0123@villars.example>",
    }
    return Message(**(values | changes))


def smtp(port, **settings):
    return SmtpMail("127.0.0.1", port, FixedClock(NOW), **({"starttls": False, "timeout": 2} | settings))


def failure(gateway, sent=None):
    with pytest.raises(MailFailed) as caught:
        gateway.send(sent or message())
    return caught.value


# -- the mail itself ----------------------------------------------------------------


def test_a_mail_is_dated_identified_and_marked_automatic():
    mail = compose(message(reply_to="education@villars.example"), NOW)
    assert mail["Date"] == "Mon, 02 Nov 2026 09:30:00 +0100"
    assert mail["Message-ID"] == "<0123@villars.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Reply-To"] == "education@villars.example"
    assert mail.get_content_type() == "text/plain"


def test_what_travels_is_ascii_and_reads_back_in_french():
    raw = compose(message(), NOW).as_bytes()
    assert raw.isascii()
    back = message_from_bytes(raw, policy=policy.default)
    assert back["Subject"] == message().subject
    assert back.get_content().replace("\r\n", "\n") == message().body


@pytest.mark.parametrize("field", ["recipient", "subject", "sender", "reply_to"])
def test_a_line_break_cannot_forge_a_header(field):
    with pytest.raises(ValueError):
        compose(message(**{field: "a@b.example\r\nBcc: tous@villars.example"}), NOW)


# -- SMTP ---------------------------------------------------------------------------


def test_smtp_hands_the_message_over_once():
    with smtp_twin() as twin:
        smtp(twin.port).send(message())
    [raw] = twin.received
    back = message_from_bytes(raw, policy=policy.default)
    assert back["To"] == "claire.martin@villars.example"
    assert "87,30 €" in back.get_content()
    assert "\n.\n" in back.get_content().replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("replies", "permanent", "words"),
    [
        ({"RCPT": "550 5.1.1 boîte inconnue"}, True, "550 5.1.1 boîte inconnue"),
        ({"RCPT": "451 4.7.1 réessayez plus tard"}, False, "451 4.7.1 réessayez plus tard"),
        ({"DATA": "554 message refusé"}, True, "554 message refusé"),
        ({".": "552 trop gros"}, True, "552 trop gros"),
        ({".": "451 file pleine"}, False, "451 file pleine"),
        ({"DATA": "451 file pleine"}, False, "451 file pleine"),
        # a refused sender is our own setting: the message must wait, not be lost
        ({"MAIL": "550 expéditeur refusé"}, False, "550 expéditeur refusé"),
    ],
)
def test_smtp_refusals_say_whether_trying_again_is_useful(replies, permanent, words):
    with smtp_twin(replies=replies) as twin:
        refused = failure(smtp(twin.port))
    assert refused.permanent is permanent
    assert words in refused.reason
    assert refused.reason.endswith(".")
    assert twin.received == []


@pytest.mark.parametrize("reply", ["500 non", "421 je pars"])
def test_a_failing_goodbye_does_not_undo_a_sent_message(reply):
    with smtp_twin(replies={"QUIT": reply}) as twin:
        smtp(twin.port).send(message())
    assert len(twin.received) == 1


def test_connection_refused_is_temporary():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        refused = failure(smtp(closed.getsockname()[1]))
    assert not refused.permanent
    assert "injoignable" in refused.reason


def test_a_mute_server_is_temporary():
    with smtp_twin(silent_after_connect=1) as twin:
        refused = failure(smtp(twin.port, timeout=0.1))
    assert not refused.permanent
    assert "ne répond plus" in refused.reason


def test_a_server_without_encryption_gets_nothing():
    with smtp_twin() as twin:
        refused = failure(smtp(twin.port, starttls=True))
    assert not refused.permanent
    assert "MAIL" not in twin.verbs


def test_a_wrong_password_is_ours_to_repair():
    with smtp_twin(replies={"AUTH": "535 5.7.8 refusé"}) as twin:
        refused = failure(smtp(twin.port, user="portail", password="secret-du-serveur"))
    assert not refused.permanent
    assert "mot de passe" in refused.reason
    assert "secret-du-serveur" not in refused.reason


def test_a_forged_address_is_permanent_and_reaches_no_server():
    with smtp_twin() as twin:
        refused = failure(smtp(twin.port), message(recipient="a@b.example\nBcc: c@d.example"))
    assert refused.permanent
    assert twin.verbs == []


# -- the folder ---------------------------------------------------------------------


def test_the_folder_keeps_what_was_sent_latest_first(tmp_path):
    clock = FixedClock(NOW)
    folder = FolderMail(tmp_path / "mails", clock)
    assert folder.entries() == []
    folder.send(message())
    clock.advance(timedelta(minutes=5))
    folder.send(message(subject="Deuxième", recipient="paul.martin@villars.example"))
    latest, first = folder.entries()
    assert (latest.subject, latest.recipient) == ("Deuxième", "paul.martin@villars.example")
    assert latest.at == NOW + timedelta(minutes=5)
    stored = folder.read(first.file_name)
    assert stored.subject == message().subject
    assert stored.recipient == message().recipient
    assert stored.body == message().body


def test_the_index_never_holds_the_body(tmp_path):
    folder = FolderMail(tmp_path, FixedClock(NOW))
    folder.send(message(body=f"Votre mot de passe provisoire : {SECRET}\n"))
    [line] = (tmp_path / "index.jsonl").read_text("utf-8").splitlines()
    assert SECRET not in line
    assert set(json.loads(line)) == {"at", "recipient", "subject", "file"}
    assert SECRET in folder.read(json.loads(line)["file"]).body


def test_names_are_opaque_and_files_private(tmp_path):
    FolderMail(tmp_path, FixedClock(NOW)).send(message())
    for path in tmp_path.iterdir():
        assert "martin" not in path.name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "name",
    ["index.jsonl", "../secret.eml", "/etc/passwd", "", "0" * 32 + ".eml", "0" * 32 + ".eml\n", "x.eml"],
)
def test_only_a_mail_of_the_folder_can_be_read(tmp_path, name):
    (tmp_path / "secret.eml").write_text("non")
    folder = FolderMail(tmp_path / "mails", FixedClock(NOW))
    folder.send(message())
    with pytest.raises(KeyError):
        folder.read(name)


def test_the_folder_refuses_a_forged_subject(tmp_path):
    folder = FolderMail(tmp_path, FixedClock(NOW))
    assert failure(folder, message(subject="Objet\r\nBcc: x@y.example")).permanent
    assert folder.entries() == []


# -- memory -------------------------------------------------------------------------


def test_memory_keeps_messages_and_fails_on_demand():
    memory = MemoryMail()
    memory.refusals["perdu@villars.example"] = MailFailed("Boîte inconnue.", True)
    memory.send(message())
    assert failure(memory, message(recipient="perdu@villars.example")).permanent
    assert memory.sent == [message()]
