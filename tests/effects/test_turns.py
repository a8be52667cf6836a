from __future__ import annotations

from mpgraph.effects.turns import Turns


def test_one_of_two_tiles_is_left_out_in_every_other_frame() -> None:
    turns = Turns()
    assert [turns.next(2, True) for _ in range(6)] == [None, 1, None, 0, None, 1]


def test_both_are_seen_while_people_move_fast() -> None:
    turns = Turns()
    assert [turns.next(2, number > 3) for number in range(6)] == [None, None, None, None, None, 1]


def test_new_tiles_are_seen_first() -> None:
    turns = Turns()
    turns.next(2, True)
    assert turns.next(1, True) is None
    assert [turns.next(2, True) for _ in range(2)] == [None, 1]
