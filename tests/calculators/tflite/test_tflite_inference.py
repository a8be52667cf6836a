from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.formats.image_frame import ImageFrame

PATH = "mediapipe/modules/selfie_segmentation/selfie_segmentation_landscape.tflite"

LOADED = f"""
    node {{
      calculator: "ConstantSidePacketCalculator" output_side_packet: "PACKET:path"
      options {{
        [mediapipe.ConstantSidePacketCalculatorOptions.ext] {{ packet {{ string_value: "{PATH}" }} }}
      }}
    }}
    node {{
      calculator: "LocalFileContentsCalculator"
      input_side_packet: "FILE_PATH:path" output_side_packet: "CONTENTS:blob"
    }}
    node {{
      calculator: "TfLiteModelCalculator"
      input_side_packet: "MODEL_BLOB:blob" output_side_packet: "MODEL:model"
    }}
    node {{ calculator: "TfLiteCustomOpResolverCalculator" output_side_packet: "resolver" }}
"""
SIDE = 'input_side_packet: "MODEL:model" input_side_packet: "CUSTOM_OP_RESOLVER:resolver"'


def graph(side: str, options: str = "", before: str = "") -> str:
    return f"""
        input_stream: "image" output_stream: "out" {before}
        node {{
          calculator: "TfLiteConverterCalculator" input_stream: "IMAGE:image" output_stream: "TENSORS:in"
          options {{ [mediapipe.TfLiteConverterCalculatorOptions.ext] {{ zero_center: false }} }}
        }}
        node {{
          calculator: "TfLiteInferenceCalculator"
          input_stream: "TENSORS:in" output_stream: "TENSORS:out" {side}
          options {{ [mediapipe.TfLiteInferenceCalculatorOptions.ext] {{ {options} }} }}
        }}"""


@pytest.fixture
def frame(portrait: npt.NDArray[np.uint8]) -> ImageFrame:
    return ImageFrame.wrap(np.asarray(cv2.resize(portrait, (256, 144))))


def mask(found: list[tuple[int, Any]]) -> npt.NDArray[np.float32]:
    [(_, [tensor])] = found
    assert tensor.shape == (1, 144, 256, 1)
    values: npt.NDArray[np.float32] = tensor.array
    return values


def test_runs_the_stock_model_from_a_path_or_a_side_packet(run: Any, frame: ImageFrame) -> None:
    events = [("image", 0, frame)]
    by_path = mask(run(graph("", f'model_path: "{PATH}"'), events)["out"])
    by_packet = mask(run(graph(SIDE, before=LOADED), events)["out"])
    plain = mask(run(graph(SIDE, "delegate { tflite {} } cpu_num_thread: 1", LOADED), events)["out"])
    assert by_path.max() > 0.9 and by_path.min() < 0.1
    assert (by_packet == by_path).all()
    np.testing.assert_allclose(plain, by_path, atol=2e-3)


@pytest.mark.parametrize(("side", "options"), [("", ""), (SIDE, f'model_path: "{PATH}"')])
def test_the_model_has_exactly_one_source(run: Any, side: str, options: str) -> None:
    with pytest.raises(
        RuntimeError, match="Either model as side packet or model path in options is required"
    ):
        run(graph(side, options, LOADED if side else ""))


def test_a_picture_of_another_size_is_told(run: Any) -> None:
    small = ImageFrame.wrap(np.zeros((10, 10, 3), np.uint8))
    with pytest.raises(ValueError, match=r"Input 0 of .*\[1, 144, 256, 3\].*\[10, 10, 3\]"):
        run(graph("", f'model_path: "{PATH}"'), [("image", 0, small)])


@pytest.mark.parametrize(
    ("change", "options"),
    [
        (lambda text: text, "use_gpu: true"),
        (lambda text: text, "delegate { gpu {} }"),
        (lambda text: text.replace('"TENSORS:out"', '"TENSORS_GPU:out"'), ""),
    ],
)
def test_the_gpu_computes_the_same(
    run: Any, on_gpu: Any, frame: ImageFrame, change: Any, options: str
) -> None:
    del on_gpu  # It needs a GPU, though its pictures come from the host.
    events = [("image", 0, frame)]
    text = change(graph("", f'model_path: "{PATH}" {options}'))
    [(_, [tensor])] = out = run(text, events)["out"]
    assert tensor.gpu is not None
    np.testing.assert_allclose(
        mask(out), mask(run(graph("", f'model_path: "{PATH}"'), events)["out"]), atol=2e-4
    )


def test_tensors_have_one_place(run: Any) -> None:
    text = graph("", f'model_path: "{PATH}"').replace(
        '"TENSORS:in" output_stream: "TENSORS:out"',
        '"TENSORS:in" input_stream: "TENSORS_GPU:in" output_stream: "TENSORS:out"',
    )
    with pytest.raises(ValueError, match="Exactly one of TENSORS and TENSORS_GPU"):
        run(text)
