from __future__ import annotations

import re
import struct

import pytest

from mpgraph.errors import InternalError
from mpgraph.inference.webgpu.parameters import FOLDER, fields_of, pack, source_of

KERNELS = sorted(path.stem for path in FOLDER.glob("*.wgsl"))
ACTIVATE = re.compile(r"^fn activate\(.*?^\}$", re.DOTALL | re.MULTILINE)


def test_numbers_are_packed_in_the_shaders_order() -> None:
    assert [field.name for field in fields_of("softmax")] == ["count", "channels", "beta"]
    packed = pack("softmax", {"beta": 0.5, "channels": 7, "count": 3})
    assert packed == struct.pack("<iif", 3, 7, 0.5) + bytes(4)


def test_a_missing_number_is_noticed() -> None:
    with pytest.raises(InternalError, match="disagree about beta, bta"):
        pack("softmax", {"bta": 0.5, "channels": 7, "count": 3})


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_shader_keeps_to_what_all_rely_on(kernel: str) -> None:
    text = source_of(kernel)
    letters = [field.letters for field in fields_of(kernel)]
    assert letters == sorted(letters, key=lambda letter: letter != "4i"), "vectors first, for alignment"
    assert struct.calcsize("<" + "".join(letters)) <= 256
    assert "@workgroup_size(64)" in text
    assert re.findall(r"@binding\((\d)\) var<([^>]*)>", text)[:2] == [
        ("0", "uniform"),
        ("1", "storage, read_write"),
    ]
    assert text.count("var<storage") <= 8


def test_all_shaders_have_the_same_activations() -> None:
    found = {found.group() for kernel in KERNELS if (found := ACTIVATE.search(source_of(kernel)))}
    assert len(found) == 1
