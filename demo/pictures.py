"""Three flat drawings for the news of a town that does not exist: nobody's photograph, nobody's face."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from flask import current_app

import models
from demo.dates import at
from demo.town import FIRST_DAY
from gateways.pictures import prepared
from operations import pictures
from operations.actors import SYSTEM

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

SIZE = (1200, 800)
SKY, GROUND, INK = "#dbe7ff", "#b9d7b0", "#24345e"


def draw_pictures() -> dict[str, models.Picture]:
    """The drawings by their name, each with its alternative."""
    drawn = {
        "Plateau": (_tray, "Un plateau de cantine : une assiette de légumes, un fruit et un verre d’eau"),
        "École": (_school, "La façade d’une école, avec sa cour et deux arbres"),
        "Sortie": (_outing, "Des arbres d’automne au bord d’un chemin"),
    }
    return {name: _kept(name, draw, said) for name, (draw, said) in drawn.items()}


def _kept(name: str, draw: object, alternative: str) -> models.Picture:
    from PIL import Image
    from PIL import ImageDraw as Drawing

    image = Image.new("RGB", SIZE, SKY)
    draw(Drawing.Draw(image))  # type: ignore[operator]
    file = io.BytesIO()
    image.save(file, "PNG")
    made, storage = prepared(file.getvalue()), current_app.extensions["storage"]
    keys = storage.put(made.large, ".webp"), storage.put(made.small, ".webp")
    stored = pictures.Stored(*keys, made.width, made.height, len(made.large))
    when = at(FIRST_DAY, 9, 0)
    return pictures.add(name, alternative, stored, is_decorative=False, by=SYSTEM, now=when)


def _disc(draw: ImageDraw, x: int, y: int, radius: int, colour: str) -> None:
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _tray(draw: ImageDraw) -> None:
    draw.rectangle((0, 0, *SIZE), fill="#fff3d6")
    draw.rounded_rectangle((120, 120, 1080, 700), 60, fill="#5b7fd6")
    draw.rounded_rectangle((150, 150, 1050, 670), 45, fill="#7c9be6")
    _disc(draw, 470, 410, 220, "#ffffff")
    _disc(draw, 470, 410, 165, "#f1f4fb")
    for x, y, radius, colour in (
        (400, 350, 70, "#6aa84f"), (520, 340, 60, "#e69138"), (545, 455, 75, "#f1c232"),
        (410, 475, 62, "#cc4125"), (470, 410, 48, "#93c47d"),
    ):  # fmt: skip
        _disc(draw, x, y, radius, colour)
    _disc(draw, 860, 290, 85, "#d9534f")
    draw.rounded_rectangle((850, 180, 866, 225), 8, fill="#5a3d1e")
    draw.rounded_rectangle((790, 440, 930, 620), 20, fill="#eaf2ff")
    draw.rounded_rectangle((800, 500, 920, 610), 14, fill="#a9cdf7")


def _school(draw: ImageDraw) -> None:
    draw.rectangle((0, 560, 1200, 800), fill=GROUND)
    draw.rectangle((260, 280, 940, 600), fill="#f6efe2")
    draw.polygon(((230, 290), (600, 120), (970, 290)), fill="#c0563f")
    _disc(draw, 600, 225, 38, "#ffffff")
    for x in (320, 430, 720, 830):
        draw.rounded_rectangle((x, 350, x + 70, 450), 8, fill="#8fb4ef")
    draw.rounded_rectangle((545, 400, 655, 600), 12, fill=INK)
    draw.polygon(((545, 600), (655, 600), (760, 800), (440, 800)), fill="#efe3c8")
    for x in (130, 1070):
        draw.rectangle((x - 14, 430, x + 14, 600), fill="#7a5534")
        _disc(draw, x, 380, 100, "#5f9e57")


def _outing(draw: ImageDraw) -> None:
    draw.rectangle((0, 520, 1200, 800), fill=GROUND)
    draw.polygon(((520, 520), (640, 520), (900, 800), (240, 800)), fill="#e5d3ae")
    for x, y, radius, colour in (
        (160, 330, 130, "#d98324"), (350, 390, 95, "#c0563f"), (820, 370, 110, "#e0a526"),
        (1030, 320, 140, "#b5651d"),
    ):  # fmt: skip
        draw.rectangle((x - 14, y, x + 14, 580), fill="#6b4a2b")
        _disc(draw, x, y, radius, colour)
    _disc(draw, 600, 170, 70, "#ffe08a")
