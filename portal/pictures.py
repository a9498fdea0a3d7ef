"""The images of the town hall: an address nobody can guess, whose content never changes."""

from __future__ import annotations

from flask import Response, abort, current_app

from operations.pictures import key_of
from portal.public import public
from rules.pictures import named

ONE_YEAR = "public, max-age=31536000, immutable"


@public.get("/images/<image_name>")
def picture(image_name: str) -> Response:
    image = named(image_name) or abort(404)
    key = key_of(image) or abort(404)
    response = Response(current_app.extensions["storage"].get(key), mimetype="image/webp")
    response.headers["Cache-Control"] = ONE_YEAR
    return response
