from hypothesis import given
from hypothesis import strategies as st

from pdf.flow import Block, keep, paginate
from pdf.paper import Style, width_of, wrap


def block(height, **options):
    return Block(height, lambda paper, top: None, **options)


def test_blocks_fill_the_first_page_then_the_following():
    blocks = [block(10) for _ in range(9)]
    assert [len(page) for page in paginate(blocks, 30, 40)] == [3, 4, 2]


def test_tied_blocks_move_together():
    blocks = [block(10), block(10), keep(block(5)), block(10)]
    assert [len(page) for page in paginate(blocks, 30, 50)] == [2, 2]


def test_the_lead_is_written_again_on_a_new_page_only():
    lead = block(6)
    blocks = [block(10, lead=lead) for _ in range(4)]
    first, second = paginate(blocks, 25, 100)
    assert lead not in first
    assert second[0] is lead and len(second) == 3


def test_something_too_high_overflows_rather_than_vanish():
    assert [len(page) for page in paginate([block(90), block(10)], 30, 30)] == [1, 1]


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), max_size=40))
def test_every_block_is_drawn_once_in_order(shapes):
    blocks = [keep(block(height)) if tied else block(height) for height, tied in shapes]
    drawn = [one for page in paginate(blocks, 50, 60) for one in page]
    assert [id(one) for one in drawn] == [id(one) for one in blocks]


@given(st.text(alphabet="abcé -’\u00a0", max_size=120))
def test_wrapped_rows_fit_and_lose_nothing(text):
    style = Style(10)
    rows = wrap(text, style, 30)
    assert all(width_of(row, style) <= 30.001 for row in rows)
    assert "".join(rows).replace(" ", "") == text.replace(" ", "")


def test_no_break_spaces_hold():
    assert wrap("mar.\u00a06 mar.\u00a07", Style(10), 12) == ["mar.\u00a06", "mar.\u00a07"]
