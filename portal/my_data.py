"""« Mes données »: see, download, ask for erasure."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from flask import current_app, g, render_template, send_file

from extensions import db, limiter
from forms import ErasureForm
from gateways.storage import DocumentMissing
from operations import history, requests
from operations.my_data import documents_of, my_data
from operations.my_data_papers import file_name
from operations.my_data_reading import Row
from portal import access
from portal.refused import beside
from portal.requests import sent
from portal.room import espace
from rules.instants import paris
from rules.refusals import Refused
from rules.request_vocabulary import RequestKind

READ_ME = """Vos données, telles que l’espace citoyen les connaît.

- mes-donnees.json : tout ce qui vous concerne, lisible par une personne et par un logiciel.
- pieces/ : les pièces justificatives que vous avez déposées.
"""


@espace.get("/mes-donnees")
def my_data_page() -> str:
    return _page(ErasureForm())


def _page(form: ErasureForm) -> str:
    return render_template("portal/my_data.html", form=form)


@espace.post("/mes-donnees/telecharger")
@limiter.limit("10 per hour")
def download_my_data() -> Any:
    """Read, written down and committed first: nobody else waits while the documents are deciphered."""
    whose, me = access.whose_data(), access.me()
    told = my_data(whose, now=g.now)
    pieces = [(file_name(each), each.storage_key) for each in documents_of(whose)]
    history.record(me, "Données téléchargées", by=access.myself(), now=g.now, family_id=me.family_id)
    db.session.commit()
    archive = _archive(told, pieces)
    name = f"mes-donnees-{paris(g.now):%Y-%m-%d}.zip"
    return send_file(archive, mimetype="application/zip", as_attachment=True, download_name=name)


def _archive(told: Row, pieces: Sequence[tuple[str, str]]) -> BytesIO:
    """`pieces`: each document's name in the archive, and where it is kept."""
    storage = current_app.extensions["storage"]
    file = BytesIO()  # a vault is small: what a family deposits, less than a hundred megabytes
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lisez-moi.txt", READ_ME)
        archive.writestr("mes-donnees.json", json.dumps(told, ensure_ascii=False, indent=2))
        for name, storage_key in pieces:
            try:
                archive.writestr(name, storage.get(storage_key))
            except DocumentMissing:
                archive.writestr(f"{name}.absent.txt", "Ce fichier n’est plus conservé.")
    file.seek(0)
    return file


@espace.post("/mes-donnees")
def ask_erasure() -> Any:
    form = ErasureForm()
    if not form.validate_on_submit():
        return _page(form), 422
    asked = {"reason": form.demande.data or "L’effacement de mes données."}
    try:
        return sent(
            lambda: requests.submit(RequestKind.ERASURE, access.me(), asked, by=access.myself(), now=g.now)
        )
    except Refused as refusal:
        beside(form, refusal, {"reason": "demande"})
    return _page(form), 422
