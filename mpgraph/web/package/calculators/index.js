// The calculators that graphs in pages may use, by their names in graphs. Python's table of them, with the ports
// and options that are implemented, is web/calculators.py.

import { BilateralFilterCalculator } from "./bilateral_filter.js";
import { FlowLimiterCalculator } from "./flow_limiter.js";
import { FromImageCalculator } from "./from_image.js";
import { GateCalculator } from "./gate.js";
import { GlScalerCalculator } from "./gl_scaler.js";
import { ImagePropertiesCalculator } from "./image_properties.js";
import { ImageToTensorCalculator } from "./image_to_tensor.js";
import { ImageTransformationCalculator } from "./image_transformation.js";
import { InferenceCalculator } from "./inference.js";
import { MergeCalculator } from "./merge.js";
import { PacketClonerCalculator } from "./packet_cloner.js";
import { PassThroughCalculator } from "./pass_through.js";
import { PreviousLoopbackCalculator } from "./previous_loopback.js";
import { RecolorCalculator } from "./recolor.js";
import { SegmentationSmoothingCalculator } from "./segmentation_smoothing.js";
import { SetAlphaCalculator } from "./set_alpha.js";
import { TensorsToSegmentationCalculator } from "./tensors_to_segmentation.js";
import { ToImageCalculator } from "./to_image.js";

/** @type {Record<string, import("../runtime/node.js").CalculatorClass>} */
export const CALCULATORS = {
  BilateralFilterCalculator,
  FlowLimiterCalculator,
  FromImageCalculator,
  GateCalculator,
  GlScalerCalculator,
  // In pages, images are where the graph computes already.
  GpuBufferToImageFrameCalculator: PassThroughCalculator,
  ImageFrameToGpuBufferCalculator: PassThroughCalculator,
  ImagePropertiesCalculator,
  ImageToTensorCalculator,
  ImageTransformationCalculator,
  InferenceCalculatorAuto: InferenceCalculator,
  InferenceCalculatorCpu: InferenceCalculator,
  InferenceCalculatorGpu: InferenceCalculator,
  InferenceCalculatorXnnpack: InferenceCalculator,
  MergeCalculator,
  PacketClonerCalculator,
  PassThroughCalculator,
  PreviousLoopbackCalculator,
  RecolorCalculator,
  SegmentationSmoothingCalculator,
  SetAlphaCalculator,
  TensorsToSegmentationCalculator,
  ToImageCalculator,
};
