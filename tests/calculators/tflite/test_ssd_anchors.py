"""SsdAnchorsCalculator; the expected numbers follow from the definitions of anchors."""

from __future__ import annotations

import logging

import numpy as np
import numpy.typing as npt
import pytest

import mpgraph as mp
from mpgraph.formats.anchors import Anchors
from mpgraph.protos import anchor_pb2

GRID = "num_layers: 1 min_scale: 0.2 max_scale: 0.8 input_size_height: 32 input_size_width: 48 strides: 16 "


def anchors(options: str) -> npt.NDArray[np.float32]:
    """Nx4: x_center, y_center, width, height."""
    graph = mp.CalculatorGraph(
        graph_config=f"""
          node {{
            calculator: "SsdAnchorsCalculator" output_side_packet: "anchors"
            options {{ [mediapipe.SsdAnchorsCalculatorOptions.ext] {{ {options} }} }}
          }}
        """
    )
    graph.start_run()
    graph.wait_until_done()
    found = graph.get_output_side_packet("anchors").payload
    assert isinstance(found, Anchors)
    return found.array


def test_grid_is_row_by_row() -> None:
    found = anchors(GRID + "fixed_anchor_size: true aspect_ratios: 1 interpolated_scale_aspect_ratio: 0")
    x, y = [1 / 6, 3 / 6, 5 / 6], [1 / 4, 3 / 4]
    expected = [(column, row, 1, 1) for row in y for column in x]
    np.testing.assert_allclose(found, expected, rtol=1e-7)


def test_ratios_then_the_interpolated_scale() -> None:
    found = anchors(GRID + "aspect_ratios: 4 aspect_ratios: 1")
    # One layer has the middle scale, 0.5; the next scale after the last layer is 1.
    between = np.sqrt(np.float32(0.5))
    sizes = [(1, 0.25), (0.5, 0.5), (between, between)]
    np.testing.assert_allclose(found[:, 2:].reshape(-1, 3, 2), [sizes] * 6, rtol=1e-7)


def test_layers_of_the_same_stride_share_a_grid() -> None:
    found = anchors(
        "num_layers: 4 min_scale: 0.1484375 max_scale: 0.75 input_size_height: 128 input_size_width: 128 "
        "strides: [8, 16, 16, 16] aspect_ratios: 1 fixed_anchor_size: true"
    )
    assert found.shape == (16 * 16 * 2 + 8 * 8 * 6, 4)
    assert (found[512:518, :2] == 1 / 16).all()
    assert (found[518, :2] == (3 / 16, 1 / 16)).all()


def test_reduced_boxes_in_the_lowest_layer_and_scales_between() -> None:
    found = anchors(
        "num_layers: 2 min_scale: 0.2 max_scale: 0.6 feature_map_height: [1, 1] feature_map_width: [1, 1] "
        "strides: [1, 2] aspect_ratios: 1 reduce_boxes_in_lowest_layer: true"
    )
    root = np.sqrt(2)
    small = [(0.1, 0.1), (0.2 * root, 0.2 / root), (0.2 / root, 0.2 * root)]
    expected = [*small, (0.6, 0.6), (np.sqrt(0.6), np.sqrt(0.6))]
    np.testing.assert_allclose(found[:, 2:], expected, rtol=1e-6)


def test_strides_are_ignored_beside_feature_maps(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found = anchors(GRID + "feature_map_height: 3 feature_map_width: 1 aspect_ratios: 1")
    assert len(found) == 3 * 2
    assert "Strides will be ignored" in caplog.text


@pytest.mark.parametrize("normalize", [True, False])
def test_multiscale(normalize: bool) -> None:
    found = anchors(
        "multiscale_anchor_generation: true min_level: 3 max_level: 4 input_size_height: 16 "
        "input_size_width: 8 strides: [8, 16] aspect_ratios: [1, 4] anchor_scale: 2 scales_per_octave: 2 "
        f"normalize_coordinates: {str(normalize).lower()}"
    )
    root = np.sqrt(2)
    sizes = [(16, 16), (16 * root, 16 * root), (32, 8), (32 * root, 8 * root)]
    first = [(4, y, *size) for y in (4, 12) for size in sizes]
    # The width, 8, is no multiple of this level's stride, 16: no offset there.
    second = [(0, 8, 2 * width, 2 * height) for width, height in sizes]
    scale = np.array([8, 16, 8, 16]) if normalize else 1
    np.testing.assert_allclose(found, np.array([*first, *second]) / scale, rtol=1e-6)


def test_fixed_anchors() -> None:
    fixed = "fixed_anchors { x_center: 0.1 y_center: 0.2 w: 0.3 h: 0.4 } "
    np.testing.assert_allclose(anchors(fixed), [(0.1, 0.2, 0.3, 0.4)], rtol=1e-7)
    with pytest.raises(ValueError, match="fields for generating anchors must not be set"):
        anchors(fixed + "num_layers: 1")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("num_layers: 1", "Both feature map shape and strides are missing"),
        ("num_layers: 2 strides: 8", "There are 1 strides, but num_layers is 2"),
        ("num_layers: 1 strides: 0", "Strides must be 1 or more, not 0"),
        ("num_layers: 2 feature_map_height: [1, 2] feature_map_width: 1", "and 1 of feature_map_width"),
        ("num_layers: 1 feature_map_height: 2 feature_map_width: 2", "need strides as well"),
        ("multiscale_anchor_generation: true strides: 8", "min_level and max_level give 5"),
    ],
)
def test_contradicting_options_are_refused(options: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        anchors(options)


def test_anchors_are_a_sequence_of_messages() -> None:
    message = anchor_pb2.Anchor(x_center=0.5, y_center=0.25, w=1, h=2)
    found = Anchors.of([message, message])
    assert len(found) == 2
    assert found[1] == message
    assert list(found[:1]) == [message]
    assert found == [message, message]
    assert found == Anchors.of([message] * 2)
    assert Anchors.of(found) is found
    assert not found.array.flags.writeable
