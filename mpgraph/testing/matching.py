"""Compare payloads with what a test expects, and describe both in the messages of failed tests."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mpgraph.errors import a_type, with_article
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.pixels import Pixels
from mpgraph.formats.tensor import Tensor
from mpgraph.framework.packet import Packet


class _Anything:
    """The type of `ANY`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ANY"

    def __reduce__(self) -> str:
        return "ANY"  # There is one.


ANY = _Anything()
"""Matches any payload."""


def packet_mismatch(expected: Any, got: Packet, tolerance: float) -> str | None:
    """Compare as `mismatch` does; if `expected` is a packet, its payload type counts too."""
    why = mismatch(expected, got.payload, tolerance)
    if why is None and isinstance(expected, Packet) and expected.type is not got.type:
        return f"its type is {got.type}, not {expected.type}"
    return why


def mismatch(expected: Any, got: Any, tolerance: float) -> str | None:
    """Return None if `got` is as expected, else a short description of the difference.

    expected: a value; ANY; a class, of which an instance is expected; a predicate, a function of the
        payload that returns whether it matches; or a packet with any of these.
    tolerance: how far numbers may differ, absolute; floats also relative. Integers only from 1 on.
    """
    if expected is ANY:
        return None
    if isinstance(expected, type):
        return None if isinstance(got, expected) else f"{a_type(got)}, not {with_article(expected.__name__)}"
    if isinstance(expected, Packet):
        return mismatch(expected.payload, got, tolerance)
    if _is_predicate(expected):
        return None if expected(got) else f"{show(expected)} returned false"
    if isinstance(expected, GpuBuffer) and isinstance(got, GpuBuffer):
        return mismatch(expected.to_frame(), got.to_frame(), tolerance)
    if isinstance(expected, np.ndarray):
        array = _array_of(got)
        if array is None:
            return f"{a_type(got)}, not an array"
        return _arrays(expected, array, tolerance)
    if isinstance(expected, Pixels):
        return _images(expected, got, tolerance)
    if isinstance(expected, Tensor):
        return _tensors(expected, got, tolerance)
    if isinstance(expected, (list, tuple)):
        return _sequences(expected, got, tolerance)
    if isinstance(expected, dict) and isinstance(got, dict):
        return _mappings(expected, got, tolerance)
    return _values(expected, got, tolerance)


def _is_predicate(expected: Any) -> bool:
    """Whether it is a function or the like, not a value with its own __eq__ that happens to be callable."""
    equals: object = type(expected).__eq__
    return callable(expected) and equals is object.__eq__


def _array_of(value: Any) -> np.ndarray[Any, np.dtype[Any]] | None:
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, Pixels):
        return value.pixels
    return value.array if isinstance(value, Tensor) else None


def _values(expected: Any, got: Any, tolerance: float) -> str | None:
    if isinstance(expected, bool) != isinstance(got, bool):
        return f"{a_type(got)}, not {a_type(expected)}"
    if isinstance(expected, float) and isinstance(got, (int, float, np.number)):
        number = float(got)
        if math.isclose(expected, number, rel_tol=tolerance, abs_tol=tolerance) or (
            math.isnan(expected) and math.isnan(number)
        ):
            return None
        return f"differs by {abs(expected - number):.6g}"
    if hasattr(expected, "DESCRIPTOR") and hasattr(got, "DESCRIPTOR"):
        return _messages(expected, got, tolerance)
    if isinstance(expected, int) and isinstance(got, (int, np.integer)):
        return None if abs(expected - int(got)) <= tolerance else "differs"
    return None if bool(expected == got) else _type_mismatch(expected, got)


def _type_mismatch(expected: Any, got: Any) -> str:
    if type(expected) is not type(got):
        return f"{a_type(got)}, not {a_type(expected)}"
    return "differs"


def _arrays(
    expected: np.ndarray[Any, np.dtype[Any]], got: np.ndarray[Any, np.dtype[Any]], tolerance: float
) -> str | None:
    if expected.shape != got.shape:
        return f"shape {got.shape}, not {expected.shape}"
    if expected.dtype != got.dtype:
        return f"dtype {got.dtype}, not {expected.dtype}"
    if expected.dtype.kind in "fc":
        same = np.isclose(got, expected, rtol=tolerance, atol=tolerance, equal_nan=True)
    elif expected.dtype.kind in "iu" and tolerance >= 1:
        same = np.maximum(got, expected) - np.minimum(got, expected) <= tolerance
    else:
        same = got == expected
    if bool(np.all(same)):
        return None
    wrong = np.argwhere(~np.asarray(same))
    first = tuple(int(i) for i in wrong[0])
    text = f"{len(wrong)} of {expected.size} values differ, first at {list(first)}: "
    text += f"{got[first]}, not {expected[first]}"
    if expected.dtype.kind in "iuf":
        apart = np.abs(got.astype(np.float64) - expected.astype(np.float64))
        text += f"; by {float(np.nanmax(apart)):.6g} at most"
    return text


def _images(expected: Pixels, got: Any, tolerance: float) -> str | None:
    if not isinstance(got, Pixels) or not isinstance(got, type(expected)):
        return _type_mismatch(expected, got)
    if expected.image_format is not got.image_format:
        return f"{got.image_format.name}, not {expected.image_format.name}"
    return _arrays(expected.pixels, got.pixels, tolerance)


def _tensors(expected: Tensor, got: Any, tolerance: float) -> str | None:
    if not isinstance(got, Tensor):
        return _type_mismatch(expected, got)
    if expected.quantization != got.quantization:
        return f"{got.quantization}, not {expected.quantization}"
    return _arrays(expected.array, got.array, tolerance)


def _sequences(expected: Any, got: Any, tolerance: float) -> str | None:
    if not isinstance(got, (list, tuple)):
        return f"{a_type(got)}, not {a_type(expected)}"
    if len(expected) != len(got):
        return f"{len(got)} items, not {len(expected)}"
    for index, (one, other) in enumerate(zip(expected, got, strict=True)):
        why = mismatch(one, other, tolerance)
        if why is not None:
            return f"item {index}: {why}"
    return None


def _mappings(expected: dict[Any, Any], got: dict[Any, Any], tolerance: float) -> str | None:
    if expected.keys() != got.keys():
        return f"keys {sorted(map(str, got))}, not {sorted(map(str, expected))}"
    for key, value in expected.items():
        why = mismatch(value, got[key], tolerance)
        if why is not None:
            return f"{key!r}: {why}"
    return None


def _messages(expected: Any, got: Any, tolerance: float) -> str | None:
    if expected.DESCRIPTOR.full_name != got.DESCRIPTOR.full_name:
        return f"a {got.DESCRIPTOR.name}, not a {expected.DESCRIPTOR.name}"
    fields = {field.name: value for field, value in got.ListFields()}
    wanted = {field.name: value for field, value in expected.ListFields()}
    for name in dict.fromkeys([*wanted, *fields]):
        if name not in wanted or name not in fields:
            return f"{name} is {'missing' if name in wanted else 'set'}"
        one, other = wanted[name], fields[name]
        if hasattr(one, "DESCRIPTOR") or isinstance(one, (bool, int, float, str, bytes)):
            why = mismatch(one, other, tolerance)
        else:
            why = _sequences(list(one), list(other), tolerance)
        if why is not None:
            return f"{name}: {why}"
    return None


MAX_WIDTH = 60
"""The most characters `show` returns."""


def show(value: Any) -> str:
    """Describe a payload in one line: small values in full, images and tensors by size and range."""
    text = _text(value)
    return text if len(text) <= MAX_WIDTH else text[: MAX_WIDTH - 3] + "..."


def _text(value: Any) -> str:
    if isinstance(value, Pixels):
        name = f"{type(value).__name__} {value.width}x{value.height} {value.image_format.name}"
        return f"{name} {_color(value.pixels)}"
    if isinstance(value, Tensor):
        return f"Tensor {value.dtype}{list(value.shape)} {_range(value.array)}"
    if isinstance(value, np.ndarray):
        if value.size <= 8:
            return " ".join(repr(value).split())
        return f"{type(value).__name__} {value.dtype}{list(value.shape)} {_range(value)}"
    if isinstance(value, type):
        return f"any {value.__name__}"
    if isinstance(value, (list, tuple)) and value:
        inner = ", ".join(map(show, value[:8])) + (", ..." if len(value) > 8 else "")
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    if hasattr(type(value), "DESCRIPTOR"):
        return f"{value.DESCRIPTOR.name} {{ {' '.join(str(value).split())} }}"
    name = getattr(value, "__qualname__", "")
    if callable(value) and name:
        return name.rpartition(".<locals>.")[2]
    return " ".join(repr(value).split())


def _color(pixels: np.ndarray[Any, np.dtype[Any]]) -> str:
    """The color of an image that has only one, else the range of its values."""
    if pixels.ndim == 3 and pixels.size and (pixels == pixels[0, 0]).all():
        return f"all ({', '.join(f'{value:.4g}' for value in pixels[0, 0])})"
    return _range(pixels)


def _range(array: np.ndarray[Any, np.dtype[Any]]) -> str:
    if not array.size or array.dtype.kind not in "iufb":
        return "(empty)"
    low, high = array.min(), array.max()
    return f"all {low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"
