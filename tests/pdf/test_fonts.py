import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdf import fonts


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Żółć-Mihăilescu", "Żółć-Mihăilescu"),
        ("Ștefan Țăranu, Çağlar, N’Guyên", "Ștefan Țăranu, Çağlar, N’Guyên"),
        (
            "« 1 234,50 € » – — … œuf Œuvre − ✓ \u00a0\u202f",
            "« 1 234,50 € » – — … œuf Œuvre − ✓ \u00a0\u202f",
        ),
        ("Nguyễn Thị Hạnh", "Nguyên Thi Hanh"),
        ("E\u0301loi\u0308se", "Éloïse"),
        ("Trait\u2011d’union\u2010ici", "Trait-d’union-ici"),
        ("Иван 李", "???? ?"),
        ("deux\nlignes\tet\u2003espace", "deux lignes et espace"),
        ("invi\u200bsible\u00ad\x07", "invisible\u00ad"),
        ("soleil ☀ 😀", "soleil ? ?"),
        ("", ""),
    ],
)
def test_printable(text, written):
    assert fonts.printable(text) == written


@given(st.text(max_size=40))
def test_anything_becomes_printable_once_for_all(text):
    written = fonts.printable(text)
    assert set(written) <= fonts.widths(fonts.REGULAR).keys()
    assert fonts.printable(written) == written


def test_both_faces_write_the_same_signs():
    assert fonts.widths(fonts.REGULAR).keys() == fonts.widths(fonts.SEMIBOLD).keys()


@pytest.mark.parametrize("face", [fonts.REGULAR, fonts.SEMIBOLD])
def test_figures_are_all_as_wide_so_that_columns_align(face):
    assert len({fonts.widths(face)[digit] for digit in "0123456789"}) == 1


def test_the_committed_fonts_are_small_and_carry_their_licence():
    for file in fonts.FILES.values():
        assert file.stat().st_size < 40_000
    assert "SIL OPEN FONT LICENSE" in (fonts.FOLDER / "OFL.txt").read_text("utf-8").upper()
