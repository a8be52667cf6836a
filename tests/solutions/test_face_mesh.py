"""FaceMesh: equal to MediaPipe 0.10.21, and as programs written for it use it."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import numpy as np
import pytest
from landmark_images import FACES, Pixels, clip, close, face_rows

import mpgraph as mp
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.framework.resources import find_resource
from mpgraph.protos import calculator_pb2

FaceMesh = mp.solutions.face_mesh.FaceMesh

RECORDED, REFINED = (
    json.loads((Path(__file__).parent / "recorded" / name).read_text("utf-8"))
    for name in ("face_mesh.json", "face_mesh_refined.json")
)

# Other backends compute the models a little differently, which tracking amplifies.
TOLERANCES = {"litert": (1e-5, 1e-5)}
LOOSE = (2e-3, 2e-2)


@pytest.mark.parametrize("refine", [False, True])
def test_landmarks_of_images_are_mediapipes(image: Pixels, backend: str, refine: bool) -> None:
    tolerance, _ = TOLERANCES.get(backend, LOOSE)
    recorded = (REFINED if refine else RECORDED)["images"]
    with FaceMesh(static_image_mode=True, max_num_faces=2, refine_landmarks=refine) as solution:
        for name, of in FACES.items():
            found = face_rows(solution.process(of(image)))
            assert close(found, recorded[name], tolerance), name


@pytest.mark.parametrize("refine", [False, True])
def test_landmarks_of_a_tracked_clip_are_mediapipes(image: Pixels, backend: str, refine: bool) -> None:
    _, tolerance = TOLERANCES.get(backend, LOOSE)
    recorded = (REFINED if refine else RECORDED)["clip"]
    with FaceMesh(max_num_faces=2, refine_landmarks=refine) as solution:
        for number, (frame, expected) in enumerate(zip(clip(image), recorded, strict=True)):
            assert close(face_rows(solution.process(frame)), expected, tolerance), number


def test_result_has_mediapipes_fields(image: Pixels) -> None:
    with FaceMesh(static_image_mode=True) as solution:
        results = solution.process(image)
        nothing = solution.process(np.zeros_like(image))
    assert results._fields == ("multi_face_landmarks",)
    assert nothing.multi_face_landmarks is None
    (face,) = results.multi_face_landmarks or []
    assert type(face).__name__ == "NormalizedLandmarkList"
    assert len(face.landmark) == mp.solutions.face_mesh.FACEMESH_NUM_LANDMARKS
    mark = face.landmark[0]
    assert [mark.HasField(name) for name in ("x", "y", "z", "visibility", "presence")] == [True] * 3 + [
        False
    ] * 2


def test_refinement_adds_the_irises(image: Pixels) -> None:
    face_mesh = mp.solutions.face_mesh
    with FaceMesh(static_image_mode=True, refine_landmarks=True) as solution:
        (face,) = solution.process(image).multi_face_landmarks or []
    assert len(face.landmark) == face_mesh.FACEMESH_NUM_LANDMARKS_WITH_IRISES
    points = np.array([(mark.x, mark.y) for mark in face.landmark])
    for name in ("LEFT", "RIGHT"):
        iris, eye = (
            points[
                sorted({index for pair in getattr(face_mesh, f"FACEMESH_{name}_{part}") for index in pair})
            ]
            for part in ("IRIS", "EYE")
        )
        center = iris.mean(axis=0)
        assert (eye.min(axis=0) < center).all() and (center < eye.max(axis=0)).all()


def test_confidences_reach_the_graph(image: Pixels) -> None:
    with FaceMesh(static_image_mode=True, min_detection_confidence=0.99) as solution:
        assert solution.process(image).multi_face_landmarks is None
    with FaceMesh(static_image_mode=True, min_tracking_confidence=1.0) as solution:
        assert solution.process(image).multi_face_landmarks is None


def test_reset_forgets_tracked_faces(image: Pixels) -> None:
    frames = clip(image, 3)
    with FaceMesh() as solution:
        first = face_rows(solution.process(frames[0]))
        tracked = face_rows(solution.process(frames[0]))
        solution.reset()
        assert face_rows(solution.process(frames[0])) == first != tracked


def test_signature_and_constants_are_mediapipes() -> None:
    parameters = inspect.signature(FaceMesh).parameters
    assert {name: parameter.default for name, parameter in parameters.items()} == {
        "static_image_mode": False,
        "max_num_faces": 1,
        "refine_landmarks": False,
        "min_detection_confidence": 0.5,
        "min_tracking_confidence": 0.5,
        "device": "cpu",  # mpgraph's own, keyword only
    }
    face_mesh = mp.solutions.face_mesh
    assert face_mesh.FACEMESH_NUM_LANDMARKS_WITH_IRISES == 478
    sizes = {
        "CONTOURS": 124,
        "FACE_OVAL": 36,
        "IRISES": 8,
        "LEFT_EYE": 16,
        "LEFT_EYEBROW": 8,
        "LEFT_IRIS": 4,
        "LIPS": 40,
        "NOSE": 25,
        "RIGHT_EYE": 16,
        "RIGHT_EYEBROW": 8,
        "RIGHT_IRIS": 4,
        "TESSELATION": 2556,
    }
    for name, size in sizes.items():
        connections = getattr(face_mesh, f"FACEMESH_{name}")
        assert isinstance(connections, frozenset)
        assert len(connections) == size, name
        assert connections is getattr(mp.solutions.face_mesh_connections, f"FACEMESH_{name}")
    assert (61, 146) in face_mesh.FACEMESH_LIPS
    assert {index for pair in face_mesh.FACEMESH_TESSELATION for index in pair} == set(range(468))


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 4), (0, 4, 3)])
def test_images_of_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with FaceMesh() as solution, pytest.raises(ValueError, match="Input image"):
        solution.process(np.zeros(shape, np.uint8))


def test_landmarks_can_be_drawn(image: Pixels) -> None:
    with FaceMesh(static_image_mode=True) as solution:
        (face,) = solution.process(image).multi_face_landmarks or []
    drawn = image.copy()
    mp.solutions.drawing_utils.draw_landmarks(drawn, face, mp.solutions.face_mesh.FACEMESH_CONTOURS)
    assert (drawn != image).any()


def test_nodes_of_the_expanded_graph_have_mediapipes_names() -> None:
    graph = ValidatedGraphConfig()
    graph.initialize(
        graph_path=find_resource("mediapipe/modules/face_landmark/face_landmark_front_cpu.pbtxt")
    )
    names = [node.name for node in calculator_pb2.CalculatorGraphConfig.FromString(graph.binary_config).node]
    assert len(names) == 53
    prefix = "facelandmarkcpu__switchcontainer_2__tensorstofacelandmarkswithattention__"
    detection = "facedetectionshortrangecpu__facedetectionshortrange__facedetection__"
    assert {
        f"{prefix}TensorsToLandmarksCalculator_6",
        f"{detection}inferencecalculator__{detection}InferenceCalculator",
        "facelandmarkcpu__facelandmarksmodelloader__ResourceProviderCalculator",
    } <= set(names)
