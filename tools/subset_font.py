"""Cut Source Sans Pro down to what an invoice writes: `python tools/subset_font.py`.

fpdf2 parses and re-subsets the embedded font for every document: starting from a 30 KB file instead
of a 290 KB one is most of what makes an invoice cheap. The result is committed under static/fonts.
The licence (SIL OFL 1.1) reserves the name « Source », so the cut fonts carry another one.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import font_source_sans_pro
from fontTools import subset
from fontTools.ttLib import TTFont

SOURCE = Path(font_source_sans_pro.__file__).parent / "files"
TARGET = Path(__file__).resolve().parent.parent / "static" / "fonts"
FAMILY = "Portail Sans"
FACES = {"Regular": "SourceSansPro-Regular.ttf", "Semibold": "SourceSansPro-Semibold.ttf"}

LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x17F)]
ROMANIAN = [0x218, 0x219, 0x21A, 0x21B]
PUNCTUATION = [ord(sign) for sign in "–—‘’‚“”„†•…‹›€™←→−✓\u202f"]
UNICODES = LATIN + ROMANIAN + PUNCTUATION


def cut(source: Path, target: Path, face: str) -> None:
    """Write at `target` the glyphs we print, without hinting, layout tables nor timestamps."""
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True, name_IDs=[0, 13, 14])
    options.drop_tables += ["DSIG", "GDEF", "GPOS", "GSUB", "BASE", "kern", "gasp"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=UNICODES)
    subsetter.subset(font)
    rename(font, face)
    font.save(target)


def rename(font: TTFont, face: str) -> None:
    """Give the cut font its own name, as the licence asks of a modified version."""
    names = {1: FAMILY, 2: face, 4: f"{FAMILY} {face}", 6: f"{FAMILY}-{face}".replace(" ", "")}
    for name_id, text in names.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for face, file_name in FACES.items():
        target = TARGET / f"PortailSans-{face}.ttf"
        cut(SOURCE / file_name, target, face)
        print(f"{target.name} : {target.stat().st_size / 1024:.1f} Kio")
    shutil.copyfile(SOURCE / "LICENSE.txt", TARGET / "OFL.txt")


if __name__ == "__main__":
    main()
