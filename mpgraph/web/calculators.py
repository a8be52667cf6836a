"""The calculators that pages have, and which of their ports and options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class PageCalculator:
    """What `package/calculators` implements of a calculator.

    tags: of streams and side packets; None for any. options: the fields of its options.
    """

    tags: frozenset[str] | None
    options: frozenset[str] = frozenset()


def _page(tags: str, options: str = "") -> PageCalculator:
    return PageCalculator(
        frozenset("" if tag == "-" else tag for tag in tags.split()), frozenset(options.split())
    )


_INFERENCE = _page(
    "TENSORS TENSOR MODEL OP_RESOLVER CUSTOM_OP_RESOLVER",
    "model_path delegate use_gpu use_nnapi cpu_num_thread",
)

PAGE_CALCULATORS: Mapping[str, PageCalculator] = {
    "BilateralFilterCalculator": _page("IMAGE GUIDE IMAGE_GPU GUIDE_GPU", "sigma_color sigma_space"),
    "FlowLimiterCalculator": _page(
        "- FINISHED ALLOW MAX_IN_FLIGHT", "max_in_flight max_in_queue in_flight_timeout"
    ),
    "FromImageCalculator": _page("IMAGE IMAGE_CPU IMAGE_GPU SOURCE_ON_GPU"),
    "GateCalculator": _page(
        "- ALLOW DISALLOW STATE_CHANGE", "allow empty_packets_as_allow initial_gate_state"
    ),
    "GlScalerCalculator": _page(
        "- VIDEO IMAGE OUTPUT_DIMENSIONS ROTATION TOP_BOTTOM_PADDING LEFT_RIGHT_PADDING",
        "output_width output_height output_scale rotation flip_vertical flip_horizontal scale_mode"
        " use_nearest_neighbor_interpolation use_input_format_for_output",
    ),
    "GpuBufferToImageFrameCalculator": _page("-"),
    "ImageFrameToGpuBufferCalculator": _page("-"),
    "ImagePropertiesCalculator": _page("IMAGE IMAGE_CPU IMAGE_GPU SIZE"),
    "ImageToTensorCalculator": _page(
        "IMAGE IMAGE_GPU NORM_RECT TENSORS TENSOR LETTERBOX_PADDING",
        "output_tensor_width output_tensor_height keep_aspect_ratio output_tensor_float_range border_mode"
        " gpu_origin",
    ),
    "ImageTransformationCalculator": _page(
        "IMAGE IMAGE_GPU OUTPUT_DIMENSIONS ROTATION_DEGREES FLIP_HORIZONTALLY FLIP_VERTICALLY"
        " LETTERBOX_PADDING",
        "output_width output_height rotation_mode flip_vertically flip_horizontally scale_mode"
        " constant_padding padding_color interpolation_mode",
    ),
    "InferenceCalculatorAuto": _INFERENCE,
    "InferenceCalculatorCpu": _INFERENCE,
    "InferenceCalculatorGpu": _INFERENCE,
    "InferenceCalculatorXnnpack": _INFERENCE,
    "MergeCalculator": _page("-"),
    "PacketClonerCalculator": _page(
        "- TICK", "output_only_when_all_inputs_received output_packets_only_when_all_inputs_received"
    ),
    "PassThroughCalculator": PageCalculator(None),
    "PreviousLoopbackCalculator": _page("MAIN LOOP PREV_LOOP"),
    "RecolorCalculator": _page(
        "IMAGE MASK IMAGE_GPU MASK_GPU", "color mask_channel invert_mask adjust_with_luminance"
    ),
    "SegmentationSmoothingCalculator": _page(
        "MASK MASK_PREVIOUS MASK_SMOOTHED", "combine_with_previous_ratio"
    ),
    "SetAlphaCalculator": _page("IMAGE ALPHA IMAGE_GPU ALPHA_GPU", "alpha_value"),
    "TensorsToSegmentationCalculator": _page(
        "TENSORS OUTPUT_SIZE MASK", "activation output_layer_index gpu_origin"
    ),
    "ToImageCalculator": _page("IMAGE IMAGE_CPU IMAGE_GPU"),
}
"""By their names in graphs, after expansion. Nodes that folding removes need no entry."""
