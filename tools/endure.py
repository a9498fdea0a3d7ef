"""`make endure`: the portal killed again and again, and what it had answered still there.

A demo of its own in a folder thrown away, on 127.0.0.1 alone. Parents change their calendars while
the server and the sender are killed (SIGKILL) at a random instant; after each kill the base must keep
every promise of tests/ledger.py, and every receipt that was answered must be there. Then `flask bill`
is killed on copies of the base: November is issued whole or not at all.
"""

from __future__ import annotations

import itertools
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from http.cookiejar import CookieJar
from pathlib import Path

import sqlalchemy as sa

from config import ROOT
from tests import ledger

SERVER_ROUNDS, BILL_ROUNDS = 8, 6
ENOUGH_SECONDS = 95  # no round starts later: the whole stays under two minutes
WEEKS = ("2026-W49", "2026-W50", "2026-W51")  # open to changes on the demo's day, 23 November
PARENTS = ("claire.martin", "paul.martin", "sonia.bernard")
PASSWORD = "Parent-Villars-2026"
NOVEMBER, AFTER_NOVEMBER = "2026-11", "2026-12-01T09:00"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
UNREACHABLE = (OSError, HTTPException)


class Broken(Exception):
    """The portal lost or half-wrote something: the sentences say what."""


def main() -> int:
    started = time.monotonic()
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="portail-endure-") as folder:
        town = Town(Path(folder))
        print(f"Graine {seed}. Chargement de la démonstration…", flush=True)
        town.install()
        try:
            confirmed = _kill_servers(town, chance, started)
            kept = _kill_bills(town, chance, started)
        except Broken as broken:
            print(f"PERDU :\n{broken}")
            return 1
    print(
        f"Bilan : {confirmed} changements confirmés, tous retrouvés ; {kept} ; "
        f"{time.monotonic() - started:.0f} s."
    )
    return 0


# -- the town and its processes -----------------------------------------------------------------


@dataclass
class Town:
    """A demo in a folder, and the commands that run on it."""

    folder: Path
    last_of_demo: int = 0

    @property
    def base(self) -> Path:
        return self.folder / "portail.sqlite"

    def command(self, *words: str, **env: str) -> subprocess.Popen[str]:
        """Start a command in a group of its own, which is killed whole."""
        mine = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            env=mine | {"PORTAIL_DATA": str(self.folder), "PORTAIL_MODE": "demo", **env},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def flask(self, *words: str, **env: str) -> subprocess.Popen[str]:
        return self.command("flask", "--app", "app", *words, **env)

    def install(self) -> None:
        for words in (("init-db",), ("demo",)):
            process = self.flask(*words)
            _said, error = process.communicate()
            if process.returncode:
                raise Broken(error)
        self.last_of_demo = self.number("SELECT max(id) FROM receipt")

    def number(self, query: str) -> int:
        with closing(sqlite3.connect(self.base)) as connection:
            return int(connection.execute(query).fetchone()[0] or 0)

    def ensure_sound(self) -> None:
        """What SQLite itself says of the file, then every promise of the ledger."""
        engine = sa.create_engine(f"sqlite:///{self.base}")
        with engine.connect() as connection:
            intact = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            found = ledger.problems(connection, mailed_after=self.last_of_demo)
        engine.dispose()
        if intact != "ok" or found:
            raise Broken("\n".join([f"integrity_check : {intact}", *found]))

    def copy(self, to: Path) -> Town:
        to.mkdir()
        with (
            closing(sqlite3.connect(self.base)) as origin,
            closing(sqlite3.connect(to / self.base.name)) as copy,
        ):
            origin.backup(copy)
        return Town(to, self.last_of_demo)


def kill(process: subprocess.Popen[str]) -> None:
    """As a power cut would: the whole group at once, with no chance to tidy up."""
    with suppress(ProcessLookupError):  # it had ended
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@contextmanager
def service(town: Town) -> Iterator[str]:
    """The server and the sender as `make run` starts them, killed on the way out."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--log-level", "critical")
    started = [
        town.command("gunicorn", "--bind", f"127.0.0.1:{port}", *options, "app:create_app()"),
        town.flask("worker"),
    ]
    try:
        _wait_for(port, started[0])
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in started:
            kill(process)


def _wait_for(port: int, server: subprocess.Popen[str]) -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise Broken(f"the server did not start: {server.communicate()[1]}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).close()
        except UNREACHABLE:
            time.sleep(0.1)
        else:
            return
    raise Broken("the server did not answer within thirty seconds")


# -- parents at their calendars -------------------------------------------------------------------


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer to read, not to follow."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass
class Parent:
    """Somebody who toggles days without rest, and keeps the receipts they were answered."""

    name: str
    chance: random.Random
    receipts: dict[int, set[str]] = field(default_factory=dict)
    unanswered: int = 0
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.browser = urllib.request.build_opener(cookies, _Stay())
        self.calendars: list[str] = []

    def sign_in(self, address: str) -> None:
        """Once: the session's cookie outlives the server that gave it."""
        page = self._page(f"{address}/connexion")
        sent = {"email": f"{self.name}@villars.example", "password": PASSWORD}
        self._post(f"{address}/connexion", [("csrf_token", _token(page)), *sent.items()])
        choices = re.findall(
            r'name="choix" value="(\d+)/([\w-]+)"', self._page(f"{address}/espace/reservations")
        )
        self.calendars = [f"/espace/enfants/{child}/reservations/{slug}" for child, slug in choices]
        if not self.calendars:
            raise Broken(f"{self.name} has no calendar: did the sign-in fail?")

    def toggle_until_killed(self, address: str) -> None:
        try:
            while True:
                self._toggle(address)
        except UNREACHABLE:
            return  # killed

    def _toggle(self, address: str) -> None:
        url = f"{address}{self.chance.choice(self.calendars)}?semaine={self.chance.choice(WEEKS)}"
        page = self._page(url)
        days = set(re.findall(r'type="checkbox" name="jour" value="([\d-]+)"', page))
        seen = set(re.findall(r'name="vu" value="([\d-]+)"', page))
        changed = {day for day in days if self.chance.random() < 0.5}
        fields = [("csrf_token", _token(page)), ("etape", "enregistrer")]
        fields += [("jour", day) for day in seen ^ changed] + [("vu", day) for day in seen]
        try:
            answer = self._post(url, fields)
        except UNREACHABLE:
            self.unanswered += 1
            raise
        self._note(answer, changed)

    def _note(self, answer: HTTPResponse, changed: set[str]) -> None:
        if answer.status not in (303, 422):
            self.faults.append(f"{self.name}: answered {answer.status}")
        if found := re.search(r"/espace/recus/(\d+)$", answer.headers.get("Location", "")):
            self.receipts[int(found[1])] = changed

    def _page(self, url: str) -> str:
        with self._open(url) as answer:
            return answer.read().decode()

    def _post(self, url: str, fields: list[tuple[str, str]]) -> HTTPResponse:
        with self._open(url, urllib.parse.urlencode(fields).encode()) as answer:
            answer.read()
            return answer

    def _open(self, url: str, data: bytes | None = None) -> HTTPResponse:
        try:
            return self.browser.open(url, data, timeout=20)
        except urllib.error.HTTPError as answer:  # any status but 2xx, redirects included
            return answer  # type: ignore[return-value]


def _token(page: str) -> str:
    found = TOKEN.search(page)
    if not found:
        raise Broken(f"no form on a page: {page[:300]}")
    return found[1]


# -- rounds --------------------------------------------------------------------------------------


def _kill_servers(town: Town, chance: random.Random, started: float) -> int:
    parents = [Parent(name, random.Random(chance.random())) for name in PARENTS]
    for rank in range(1, SERVER_ROUNDS + 1):
        if time.monotonic() - started > ENOUGH_SECONDS * 0.65:
            break
        before = sum(len(each.receipts) for each in parents)
        delay = _one_life(town, parents, chance)
        town.ensure_sound()
        _ensure_kept(town, parents)
        answered = sum(len(each.receipts) for each in parents) - before
        print(
            f"Serveur {rank} : tué après {delay:.2f} s, {answered} changements confirmés, base saine.",
            flush=True,
        )
    with service(town) as address:
        parents[0]._page(f"{address}{parents[0].calendars[0]}")
    lost = sum(each.unanswered for each in parents)
    confirmed = sum(len(each.receipts) for each in parents)
    if not confirmed:
        raise Broken("no change was ever confirmed: nothing was tried")
    print(f"Le serveur répond encore ; {lost} demandes coupées avant leur réponse.")
    return confirmed


def _one_life(town: Town, parents: list[Parent], chance: random.Random) -> float:
    """Start, let the parents work, kill; returns after how long."""
    delay = chance.uniform(0.3, 2.5)
    with service(town) as address:
        for parent in parents:
            if not parent.calendars:
                parent.sign_in(address)
        threads = [threading.Thread(target=each.toggle_until_killed, args=(address,)) for each in parents]
        for thread in threads:
            thread.start()
        time.sleep(delay)
    for thread in threads:
        thread.join()
    if faults := list(itertools.chain.from_iterable(each.faults for each in parents)):
        raise Broken("\n".join(faults))
    return delay


def _ensure_kept(town: Town, parents: list[Parent]) -> None:
    """Every receipt that was answered is there, about days that were asked for."""
    with closing(sqlite3.connect(town.base)) as connection:
        lines: dict[int, set[str]] = {}
        for receipt_id, day in connection.execute("SELECT receipt_id, day FROM receipt_line"):
            lines.setdefault(receipt_id, set()).add(day)
    for parent in parents:
        for receipt_id, asked in parent.receipts.items():
            if not lines.get(receipt_id, set()) or not lines[receipt_id] <= asked:
                raise Broken(f"receipt {receipt_id}, answered to {parent.name}: {lines.get(receipt_id)}")


def _kill_bills(town: Town, chance: random.Random, started: float) -> str:
    """Kill `flask bill` on copies of the base; the first one is left to end and says how long it takes."""
    whole, seconds = _bill(town, None)
    outcomes = []
    for rank in range(1, BILL_ROUNDS + 1):
        if time.monotonic() - started > ENOUGH_SECONDS:
            break
        delay = seconds * chance.uniform(0.4, 1.0)  # at first it only starts Python
        issued, _ = _bill(town, delay)
        if issued not in (0, whole):
            raise Broken(f"November half issued: {issued} invoices of {whole}")
        outcomes.append(issued)
        told = "tout émis" if issued else "rien d’émis"
        print(f"Facturation {rank} : tuée après {delay:.2f} s, {told}, base saine.", flush=True)
    return f"novembre tué {len(outcomes)} fois, {sum(map(bool, outcomes))} fois émis entier, jamais à moitié"


def _bill(town: Town, kill_after: float | None) -> tuple[int, float]:
    """Bill November on a copy of the base; returns how many invoices it has, and the seconds it took."""
    copy = town.copy(town.folder / "copie")
    began = time.monotonic()
    process = copy.flask("bill", NOVEMBER, PORTAIL_NOW=AFTER_NOVEMBER)
    if kill_after is None:
        _said, error = process.communicate()
        if process.returncode:
            raise Broken(error)
    else:
        time.sleep(kill_after)
        kill(process)
    seconds = time.monotonic() - began
    copy.ensure_sound()
    issued = copy.number(f"SELECT count(*) FROM invoice WHERE month = '{NOVEMBER}-01'")
    shutil.rmtree(copy.folder)
    return issued, seconds


if __name__ == "__main__":
    sys.exit(main())
