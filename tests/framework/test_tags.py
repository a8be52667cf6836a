"""The TAG:index:name grammar, against equivalent regular expressions."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpgraph.errors import FailedPreconditionError, InvalidArgumentError
from mpgraph.framework.tags import TagIndex, TagMap, parse_entry, parse_tag_index, tag_map

NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
TAGS = st.from_regex(r"[A-Z_][A-Z0-9_]{0,8}", fullmatch=True)
INDEXES = st.integers(0, 10_000)
# MediaPipe's own expressions, as its error messages show them.
ENTRY = re.compile(r"([A-Z_][A-Z0-9_]*:((0|[1-9][0-9]*):)?)?[a-z_][a-z0-9_]*")
PORT = re.compile(r"([A-Z_][A-Z0-9_]*)?(:(0|[1-9][0-9]*))?")
ALMOST = st.text(alphabet="aZ_09:-. \n", max_size=8)


@given(NAMES)
def test_untagged_entries_are_numbered(name: str) -> None:
    entry = parse_entry(name)
    assert (entry.tag, entry.index, entry.name) == ("", None, name)


@given(TAGS, INDEXES, NAMES)
def test_tag_and_index(tag: str, index: int, name: str) -> None:
    entry = parse_entry(f"{tag}:{index}:{name}")
    assert (entry.tag, entry.index, entry.name) == (tag, index, name)
    assert parse_entry(f"{tag}:{name}").index == 0
    assert parse_tag_index(f"{tag}:{index}") == TagIndex(tag, index)


@given(ALMOST)
def test_entries_are_refused_exactly_where_mediapipe_refuses_them(text: str) -> None:
    try:
        parse_entry(text)
        accepted = True
    except InvalidArgumentError:
        accepted = False
    assert accepted == bool(ENTRY.fullmatch(text))


@given(ALMOST)
def test_ports_are_refused_exactly_where_mediapipe_refuses_them(text: str) -> None:
    try:
        parse_tag_index(text)
        accepted = True
    except InvalidArgumentError:
        accepted = False
    assert accepted == bool(PORT.fullmatch(text))


@given(st.dictionaries(TAGS | st.just(""), st.integers(1, 4), max_size=4), st.randoms(use_true_random=False))
def test_tag_map_is_independent_of_the_order_of_tags(counts: dict[str, int], random: Random) -> None:
    entries = [
        f"{tag}:{index}:n{index}" if tag else f"n{index}"
        for tag, count in counts.items()
        for index in range(count)
    ]
    tagged = [entry for entry in entries if ":" in entry]
    random.shuffle(tagged)
    tags = TagMap([*tagged, *(entry for entry in entries if ":" not in entry)])
    assert list(tags.ports) == sorted(tags.ports)
    assert tags.same_ports(TagMap(entries))
    assert {tag: tags.count(tag) for tag in counts} == counts
    assert TagMap([tags.entry(position) for position in range(len(tags))]).names == tags.names


def test_port_cannot_have_two_names() -> None:
    with pytest.raises(FailedPreconditionError, match='tag "A" index 0 already had a name "x"'):
        TagMap(["A:x", "A:y"])


@pytest.mark.parametrize("entries", [["A:1:x"], ["A:0:x", "A:2:y"]])
def test_indexes_have_no_gaps(entries: list[str]) -> None:
    with pytest.raises(FailedPreconditionError, match="Not all indexes were assigned names"):
        TagMap(entries)


def test_untagged_entries_come_first_and_number_themselves() -> None:
    tags = TagMap(["B:x", "first", "A:y", "second"])
    assert tags.names == ("first", "second", "y", "x")
    assert tags.id("", 1) == 1
    assert tags.id("B") == 3
    assert tags.id("B", 1) is None
    assert tags.positions == (1, 3, 2, 0)


def test_maps_of_the_same_entries_are_one() -> None:
    assert tag_map(("A:x", "y")) is tag_map(("A:x", "y"))
    assert tag_map(("A:x", "y")).names == TagMap(["A:x", "y"]).names
    for _ in range(2):
        with pytest.raises(InvalidArgumentError):
            tag_map(("A:B",))
