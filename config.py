"""Settings: one frozen dataclass, read from the environment, refused when incomplete or unsafe."""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent
DEMO_NOW = "2026-11-23T10:00"
# Published with the sources: good for trying the portal, refused by production.
DEMO_SECRET = "demonstration-seulement-ne-protege-rien"  # noqa: S105
DEMO_OUTBOX_KEY = "ZGVtb25zdHJhdGlvbi1uZS1wcm90ZWdlLXJpZW4tMDE="
DEMO_DATA_KEY = "ZGVtb25zdHJhdGlvbi1uZS1wcm90ZWdlLXJpZW4tMDI="


class Mode(StrEnum):
    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


class MailEnd(StrEnum):
    SMTP = "smtp"
    FOLDER = "folder"
    MEMORY = "memory"


class PaymentEnd(StrEnum):
    REFERENCE = "reference"


class BadSettings(Exception):
    """The portal refuses to start: the message is one French sentence for whoever starts it."""


@dataclass(frozen=True, slots=True)
class Settings:
    mode: Mode
    database_url: str
    secret_key: str
    outbox_key: str
    data_key: str
    data_dir: Path
    base_url: str
    starts_at: datetime | None
    started: datetime | None
    mail: MailEnd
    mail_sender: str
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_starttls: bool = True
    staff_second_factor: bool = False
    proxies: int = 0
    secure_cookies: bool = False
    huey_url: str = ""
    limiter_storage: str = "memory://"
    payment: PaymentEnd = PaymentEnd.REFERENCE

    @property
    def mail_folder(self) -> Path:
        return self.data_dir / "courriels"

    @property
    def documents_folder(self) -> Path:
        return self.data_dir / "documents"

    @property
    def huey_file(self) -> Path:
        return self.data_dir / "huey.sqlite"

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def is_demo(self) -> bool:
        return self.mode is Mode.DEMO


def read_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings; raises BadSettings with a sentence when they cannot be used."""
    env = os.environ if env is None else env
    mode = _mode(env.get("PORTAIL_MODE", "demo"))
    production = mode is Mode.PRODUCTION
    data_dir = Path(env.get("PORTAIL_DATA", ROOT / "var"))
    settings = Settings(
        mode=mode,
        database_url=_database_url(env.get("DATABASE_URL", f"sqlite:///{data_dir / 'portail.sqlite'}")),
        secret_key=env.get("SECRET_KEY", "" if production else DEMO_SECRET),
        outbox_key=env.get("OUTBOX_KEY", "" if production else DEMO_OUTBOX_KEY),
        data_key=env.get("DATA_KEY", "" if production else DEMO_DATA_KEY),
        data_dir=data_dir,
        base_url=env.get("PORTAIL_URL", "" if production else "http://127.0.0.1:8000").rstrip("/"),
        starts_at=_starts_at(env.get("PORTAIL_NOW", ""), mode),
        started=_started(env.get("PORTAIL_STARTED", "")),
        mail=_mail(env.get("MAIL", ""), mode),
        mail_sender=env.get("MAIL_SENDER", "" if production else "education@villars.example"),
        smtp_host=env.get("SMTP_HOST", ""),
        smtp_port=_number("SMTP_PORT", env.get("SMTP_PORT", "587")),
        smtp_user=env.get("SMTP_USER", ""),
        smtp_password=env.get("SMTP_PASSWORD", ""),
        smtp_starttls=env.get("SMTP_STARTTLS", "oui") != "non",
        staff_second_factor=_yes(env, "STAFF_SECOND_FACTOR", production),
        proxies=_number("PORTAIL_PROXIES", env.get("PORTAIL_PROXIES", "1" if production else "0")),
        secure_cookies=production,
        huey_url=env.get("HUEY_URL", ""),
        limiter_storage=env.get("LIMITER_STORAGE", "memory://"),
        payment=_payment(env.get("PAYFIP_MODE", PaymentEnd.REFERENCE)),
    )
    _check(settings)
    _check_keys(settings)
    return settings


def at(settings: Settings, **changes: object) -> Settings:
    """The same settings with some of them changed (tests, commands)."""
    return replace(settings, **changes)  # type: ignore[arg-type]


def _mode(text: str) -> Mode:
    try:
        return Mode(text)
    except ValueError:
        raise BadSettings(f"PORTAIL_MODE vaut « {text} » : choisir demo, test ou production.") from None


def _mail(text: str, mode: Mode) -> MailEnd:
    usual = {Mode.DEMO: MailEnd.FOLDER, Mode.TEST: MailEnd.MEMORY, Mode.PRODUCTION: MailEnd.SMTP}
    try:
        return MailEnd(text) if text else usual[mode]
    except ValueError:
        raise BadSettings(f"MAIL vaut « {text} » : choisir smtp, folder ou memory.") from None


def _payment(text: str) -> PaymentEnd:
    try:
        return PaymentEnd(text)
    except ValueError:
        raise BadSettings(f"PAYFIP_MODE vaut « {text} » : seul reference est construit.") from None


def _number(name: str, text: str) -> int:
    if not text.isdigit():
        raise BadSettings(f"{name} vaut « {text} » : un nombre est attendu.")
    return int(text)


def _yes(env: Mapping[str, str], name: str, default: bool) -> bool:
    return env.get(name, "oui" if default else "non").lower() in ("oui", "1", "true", "yes")


def _database_url(url: str) -> str:
    """Accept the short names hosts hand out (`postgres://`) and always use psycopg 3."""
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


def _starts_at(text: str, mode: Mode) -> datetime | None:
    if not text and mode is Mode.DEMO:
        text = DEMO_NOW
    if not text:
        return None
    if mode is Mode.PRODUCTION:
        raise BadSettings("PORTAIL_NOW ne sert qu’aux modes demo et test : retirez-le en production.")
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Paris"))
    except ValueError:
        raise BadSettings(f"PORTAIL_NOW vaut « {text} » : exemple 2026-11-23T10:00.") from None


def _started(text: str) -> datetime | None:
    """When the demo's clock was started (seconds since 1970), so that every process shows the same time."""
    return datetime.fromtimestamp(int(text), UTC) if text.isdigit() else None


def _check(settings: Settings) -> None:
    if settings.mode is not Mode.PRODUCTION:
        return
    missing = [
        name
        for name, value in (
            ("SECRET_KEY", settings.secret_key),
            ("OUTBOX_KEY", settings.outbox_key),
            ("DATA_KEY", settings.data_key),
            ("PORTAIL_URL", settings.base_url),
            ("MAIL_SENDER", settings.mail_sender),
            ("SMTP_HOST", settings.smtp_host),
        )
        if not value
    ]
    if missing:
        raise BadSettings(f"Réglages manquants en production : {', '.join(missing)}.")
    published = DEMO_SECRET in settings.secret_key or settings.outbox_key == DEMO_OUTBOX_KEY
    if published or DEMO_DATA_KEY in settings.data_key:
        raise BadSettings("Les secrets de démonstration sont publics : la production ne démarre pas avec.")
    if len(settings.secret_key) < 32:
        raise BadSettings("SECRET_KEY est trop courte : 32 caractères au moins.")
    if not settings.staff_second_factor:
        raise BadSettings("En production, STAFF_SECOND_FACTOR doit être actif.")
    if settings.mail is not MailEnd.SMTP:
        raise BadSettings("En production, les courriels partent par SMTP (MAIL=smtp).")
    if not settings.base_url.startswith("https://"):
        raise BadSettings("En production, PORTAIL_URL commence par https://.")


def _check_keys(settings: Settings) -> None:
    """A key that cannot be used is told at once, not when a parent deposits a document."""
    try:
        keys = [urlsafe_b64decode(key.strip()) for key in settings.data_key.split(",")]
    except ValueError:
        keys = []
    if not keys or any(len(key) != 32 for key in keys):
        raise BadSettings(
            "DATA_KEY n’est pas une clé Fernet : docs/exploitation.md dit comment en fabriquer une "
            "(la nouvelle d’abord, puis les anciennes, séparées par des virgules)."
        )
