"""drawing_utils: which pixels change, and which do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.protos import detection_pb2, landmark_pb2, location_data_pb2
from mpgraph.solutions import drawing_utils
from mpgraph.solutions.drawing_utils import DrawingSpec

Pixels = npt.NDArray[np.uint8]
Landmark = landmark_pb2.NormalizedLandmark
Box = location_data_pb2.LocationData.RelativeBoundingBox


@pytest.fixture
def canvas() -> Pixels:
    return np.zeros((100, 200, 3), np.uint8)


def landmarks(*points: tuple[float, float], **fields: float) -> Any:
    marks = [Landmark(x=x, y=y) for x, y in points]
    if fields:
        marks[-1].MergeFrom(Landmark(**fields))
    return landmark_pb2.NormalizedLandmarkList(landmark=marks)


def detection(box: Any = None, points: Any = ()) -> Any:
    location = location_data_pb2.LocationData(format="RELATIVE_BOUNDING_BOX", relative_bounding_box=box)
    for x, y in points:
        location.relative_keypoints.add(x=x, y=y)
    return detection_pb2.Detection(location_data=location)


def color_at(canvas: Pixels, x: int, y: int) -> tuple[int, ...]:
    return tuple(canvas[y, x].tolist())


# Landmarks


def test_landmark_is_a_red_ring_in_a_white_ring(canvas: Pixels) -> None:
    drawing_utils.draw_landmarks(canvas, landmarks((0.5, 0.5)))
    assert color_at(canvas, 100, 52) == drawing_utils.RED_COLOR
    assert drawing_utils.WHITE_COLOR in {color_at(canvas, 100 + x, 50) for x in range(3, 6)}
    assert not canvas[:, :90].any() and not canvas[:, 110:].any()


def test_lines_join_landmarks(canvas: Pixels) -> None:
    drawing_utils.draw_landmarks(canvas, landmarks((0.1, 0.5), (0.9, 0.5)), [(0, 1)])
    assert color_at(canvas, 100, 50) == drawing_utils.WHITE_COLOR


def test_points_and_lines_can_be_left_out(canvas: Pixels) -> None:
    pair = landmarks((0.1, 0.5), (0.9, 0.5))
    drawing_utils.draw_landmarks(canvas, pair, [(0, 1)], None, None)
    drawing_utils.draw_landmarks(
        canvas, pair, [(0, 1)], connection_drawing_spec=None, is_drawing_landmarks=False
    )
    assert not canvas.any()
    drawing_utils.draw_landmarks(canvas, pair, [(0, 1)], landmark_drawing_spec=None)
    assert set(map(tuple, canvas[50].tolist())) == {(0, 0, 0), drawing_utils.WHITE_COLOR}


def test_specs_may_differ_by_point_and_by_line(canvas: Pixels) -> None:
    colors = {0: (1, 2, 3), 1: (4, 5, 6), 2: (7, 8, 9)}
    drawing_utils.draw_landmarks(
        canvas,
        landmarks((0.1, 0.5), (0.5, 0.5), (0.9, 0.5)),
        [(0, 1), (1, 2)],
        {i: DrawingSpec(color, thickness=-1, circle_radius=3) for i, color in colors.items()},
        {(0, 1): DrawingSpec((10, 20, 30)), (1, 2): DrawingSpec((40, 50, 60))},
    )
    assert [color_at(canvas, x, 50) for x in (20, 100, 180)] == [*colors.values()]
    assert [color_at(canvas, x, 50) for x in (60, 140)] == [(10, 20, 30), (40, 50, 60)]


@pytest.mark.parametrize("fields", [{"visibility": 0.4}, {"presence": 0.4}, {"x": 1.2}, {"y": -0.1}])
def test_unseen_points_and_their_lines_are_left_out(canvas: Pixels, fields: dict[str, float]) -> None:
    expected = canvas.copy()
    drawing_utils.draw_landmarks(expected, landmarks((0.2, 0.5)))
    drawing_utils.draw_landmarks(canvas, landmarks((0.2, 0.5), (0.8, 0.5), **fields), [(0, 1)])
    assert np.array_equal(canvas, expected)


def test_points_on_the_edges_are_inside(canvas: Pixels) -> None:
    drawing_utils.draw_landmarks(canvas, landmarks((0, 0), (1, 1), visibility=0.5), [(0, 1)])
    assert color_at(canvas, 100, 50) == drawing_utils.WHITE_COLOR
    to_pixel = drawing_utils._normalized_to_pixel_coordinates
    assert to_pixel(0, 1, 200, 100) == (0, 99)
    assert to_pixel(0.5, 0.5, 333, 517) == (166, 258)
    assert to_pixel(1.01, 0.5, 200, 100) is None
    assert to_pixel(float("nan"), 0.5, 200, 100) is None


@pytest.mark.parametrize("pair", [(0, 2), (-1, 0)])
def test_connections_to_missing_landmarks_raise(canvas: Pixels, pair: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=f"out of range. .* from landmark #{pair[0]} to landmark #{pair[1]}"):
        drawing_utils.draw_landmarks(canvas, landmarks((0.1, 0.1), (0.2, 0.2)), [pair])
    with pytest.raises(ValueError, match="out of range"):
        drawing_utils.plot_landmarks(landmarks((0.1, 0.1), (0.2, 0.2)), [pair])


def test_no_landmarks_draw_nothing(canvas: Pixels) -> None:
    drawing_utils.draw_landmarks(canvas, None)
    drawing_utils.plot_landmarks(None)
    drawing_utils.draw_landmarks(canvas, landmarks())
    assert not canvas.any()


# Detections


def test_detection_is_a_white_box_with_red_points(canvas: Pixels) -> None:
    drawing_utils.draw_detection(
        canvas, detection(Box(xmin=0.25, ymin=0.25, width=0.5, height=0.5), [(0.5, 0.5)])
    )
    assert {color_at(canvas, 50, y) for y in range(25, 75)} == {drawing_utils.WHITE_COLOR}
    assert {color_at(canvas, x, 75) for x in range(50, 150)} == {drawing_utils.WHITE_COLOR}
    assert color_at(canvas, 100, 52) == drawing_utils.RED_COLOR
    assert not canvas[:20].any() and not canvas[:, 160:].any()


def test_box_over_the_whole_image_is_on_its_edges(canvas: Pixels) -> None:
    spec = DrawingSpec(thickness=1)
    drawing_utils.draw_detection(
        canvas, detection(Box(xmin=0, ymin=0, width=1, height=1)), bbox_drawing_spec=spec
    )
    assert canvas[0].all() and canvas[-1].all() and canvas[:, 0].all() and canvas[:, -1].all()
    assert not canvas[1:-1, 1:-1].any()


@pytest.mark.parametrize(
    ("box", "visible"),
    [
        ((-0.25, 0.25, 0.5, 0.5), True),
        ((0.75, 0.75, 9, 9), True),
        ((-1, -1, 1e9, 1e9), False),
        ((2, 2, 1, 1), False),
    ],
)
def test_box_partly_outside_the_image_is_clipped(canvas: Pixels, box: Any, visible: bool) -> None:
    x, y, width, height = box
    drawing_utils.draw_detection(canvas, detection(Box(xmin=x, ymin=y, width=width, height=height)))
    assert canvas.any() == visible


def test_points_outside_the_image_are_left_out(canvas: Pixels) -> None:
    drawing_utils.draw_detection(canvas, detection(points=[(1.5, 0.5), (0.5, -0.5)]))
    drawing_utils.draw_detection(canvas, detection_pb2.Detection())
    assert not canvas.any()


def test_location_must_be_relative(canvas: Pixels) -> None:
    location = location_data_pb2.LocationData(format="GLOBAL")
    with pytest.raises(ValueError, match="LocationData must be relative"):
        drawing_utils.draw_detection(canvas, detection_pb2.Detection(location_data=location))


# Axes


def test_axes_point_right_up_and_towards_the_viewer(canvas: Pixels) -> None:
    drawing_utils.draw_axis(
        canvas, np.eye(3), np.array([0.0, 0.0, -0.5]), axis_drawing_spec=DrawingSpec(thickness=1)
    )
    assert color_at(canvas, 110, 50) == drawing_utils.RED_COLOR
    assert color_at(canvas, 100, 45) == drawing_utils.GREEN_COLOR
    assert color_at(canvas, 100, 50) == drawing_utils.BLUE_COLOR
    assert not canvas[:, 125:].any() and not canvas[:35].any()


def test_axes_stay_inside_the_image(canvas: Pixels) -> None:
    drawing_utils.draw_axis(canvas, np.eye(3, dtype=np.float32), np.zeros(3, np.float32))
    assert color_at(canvas, 2, 50) == drawing_utils.RED_COLOR
    assert color_at(canvas, 100, 97) == drawing_utils.GREEN_COLOR


# All


@pytest.mark.parametrize(
    "image", [None, np.zeros((9, 9), np.uint8), np.zeros((9, 9, 2), np.uint8), np.zeros((9, 9, 4), np.uint8)]
)
def test_images_need_three_channels(image: Any) -> None:
    with pytest.raises(ValueError, match="Input image must contain three channel bgr data."):
        drawing_utils.draw_landmarks(image, landmarks())
    with pytest.raises(ValueError, match="Input image must contain three channel bgr data."):
        drawing_utils.draw_detection(image, detection_pb2.Detection())
    with pytest.raises(ValueError, match="Input image must contain three channel bgr data."):
        drawing_utils.draw_axis(image, np.eye(3), np.zeros(3))
