"""What a solution finds in a frame, as values and arrays: for the files of --json and --csv."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mpgraph.calculators.objectron.annotations import image_points
from mpgraph.cli.annotate.solution import Settings
from mpgraph.formats.detections import relative_boxes, relative_key_points
from mpgraph.formats.landmarks import Floats, Landmarks
from mpgraph.solutions.face_detection import FaceKeyPoint
from mpgraph.solutions.face_mesh import FACEMESH_NUM_LANDMARKS, FACEMESH_NUM_LANDMARKS_WITH_IRISES
from mpgraph.solutions.hands import HandLandmark
from mpgraph.solutions.objectron import BoxLandmark
from mpgraph.solutions.pose import PoseLandmark

Packets = Mapping[str, Any]
"""The payloads of a graph's output streams for a frame, by stream, in their compact form."""

Instance = dict[str, Any]
"""One hand, face, ... of a frame: text and numbers by name, and points, float32, by `Points.name`."""


@dataclass(frozen=True)
class Points:
    """Points of an instance, an array with a row for each.

    names: of the rows, lower-case; numbers if the points have no names, and `name` itself for a single point.
    fields: of the columns.
    prefix: put before the names of points in a table.
    """

    name: str
    names: tuple[str, ...]
    fields: tuple[str, ...]
    prefix: str = ""

    @property
    def are_named(self) -> bool:
        """Whether the points have names."""
        return not self.names[0].isdecimal()


@dataclass(frozen=True)
class Part:
    """Something that a solution finds: a kind of instances.

    values: the text and numbers of an instance. read: returns the instances of a frame.
    maximum: how many there are at most, 0 for any number; None if there is at most one, which has no number.
    """

    name: str
    read: Callable[[Packets], list[Instance]]
    points: tuple[Points, ...]
    values: tuple[str, ...] = ()
    maximum: int | None = None

    @property
    def plural(self) -> str:
        """The key of the instances in JSON."""
        return self.name if self.maximum is None else f"{self.name}s"


_XYZ = ("x", "y", "z")


def _hands(settings: Settings) -> tuple[Part, ...]:
    names = _names(HandLandmark)

    def read(packets: Packets) -> list[Instance]:
        streams = ("multi_handedness", "multi_hand_landmarks", "multi_hand_world_landmarks")
        return [
            {
                "handedness": sides.classification[0].label,
                "score": sides.classification[0].score,
                "landmarks": _array(hand, _XYZ),
                "world_landmarks": _array(world, _XYZ),
            }
            for sides, hand, world in zip(*(packets.get(name, ()) for name in streams), strict=True)
        ]

    points = (Points("landmarks", names, _XYZ), Points("world_landmarks", names, _XYZ, "world_"))
    return (Part("hand", read, points, ("handedness", "score"), settings["max_hands"]),)


def _holistic(settings: Settings) -> tuple[Part, ...]:
    def part(name: str, names: tuple[str, ...]) -> Part:
        def read(packets: Packets) -> list[Instance]:
            found = packets.get(f"{name}_landmarks")
            return [{"landmarks": _array(found, _XYZ)}] if found is not None else []

        return Part(name, read, (Points("landmarks", names, _XYZ),))

    hand, face = _names(HandLandmark), _mesh_names(settings)
    return (*_pose(settings), part("face", face), part("left_hand", hand), part("right_hand", hand))


def _pose(settings: Settings) -> tuple[Part, ...]:
    names, fields = _names(PoseLandmark), (*_XYZ, "visibility")

    def read(packets: Packets) -> list[Instance]:
        if "pose_landmarks" not in packets:
            return []
        points = {name: _array(packets[f"pose_{name}"], fields) for name in ("landmarks", "world_landmarks")}
        return [points]

    points = (Points("landmarks", names, fields), Points("world_landmarks", names, fields, "world_"))
    return (Part("pose", read, points),)


def _face(settings: Settings) -> tuple[Part, ...]:
    names, box = _names(FaceKeyPoint), ("xmin", "ymin", "width", "height")

    def read(packets: Packets) -> list[Instance]:
        detections = packets.get("detections", ())
        key_points = relative_key_points(detections, len(names))
        boxes = relative_boxes(detections).tolist()
        return [
            {"score": found.score[0], **dict(zip(box, edges, strict=True)), "key_points": points}
            for found, edges, points in zip(detections, boxes, key_points, strict=True)
        ]

    points = (Points("key_points", names, ("x", "y")),)
    return (Part("face", read, points, ("score", *box), maximum=0),)


def _face_mesh(settings: Settings) -> tuple[Part, ...]:
    def read(packets: Packets) -> list[Instance]:
        return [{"landmarks": _array(face, _XYZ)} for face in packets.get("multi_face_landmarks", ())]

    points = (Points("landmarks", _mesh_names(settings), _XYZ),)
    return (Part("face", read, points, maximum=settings["max_faces"]),)


def _objects(settings: Settings) -> tuple[Part, ...]:
    names = _names(BoxLandmark)

    def read(packets: Packets) -> list[Instance]:
        frame = packets.get("detected_objects")
        return [_object(each) for each in frame.annotations] if frame is not None else []

    points = (
        Points("landmarks", names, ("x", "y")),
        Points("landmarks_3d", names, _XYZ, "3d_"),
        Points("rotation", ("0", "1", "2"), _XYZ, "rotation_"),
        Points("translation", ("translation",), _XYZ),
        Points("scale", ("scale",), _XYZ),
    )
    return (Part("object", read, points, maximum=settings["max_objects"]),)


def _object(annotation: Any) -> Instance:
    corners = [key_point.point_3d for key_point in annotation.keypoints]
    return {
        "landmarks": image_points(annotation),
        "landmarks_3d": np.array([(point.x, point.y, point.z) for point in corners], np.float32),
        "rotation": np.array(annotation.rotation, np.float32).reshape(3, 3),
        "translation": np.array(annotation.translation, np.float32)[np.newaxis],
        "scale": np.array(annotation.scale, np.float32)[np.newaxis],
    }


PARTS: Mapping[str, Callable[[Settings], tuple[Part, ...]]] = {
    "hands": _hands,
    "pose": _pose,
    "holistic": _holistic,
    "face": _face,
    "face-mesh": _face_mesh,
    "objects": _objects,
}
"""The parts of each solution, by the solution's name; they depend on the command's settings."""


def _names(points: Iterable[enum.IntEnum]) -> tuple[str, ...]:
    return tuple(point.name.lower() for point in points)


def _mesh_names(settings: Settings) -> tuple[str, ...]:
    count = FACEMESH_NUM_LANDMARKS_WITH_IRISES if settings["refine"] else FACEMESH_NUM_LANDMARKS
    return tuple(map(str, range(count)))


def _array(landmarks: Any, fields: tuple[str, ...]) -> Floats:
    """Landmarks: Nx3 or, with visibility, Nx4."""
    return Landmarks.of(landmarks).values[:, : len(fields)]
