#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "mediapipe/examples/three_calculators/threshold_mask_calculator.pb.h"
#include "mediapipe/framework/api2/node.h"
#include "mediapipe/framework/calculator_framework.h"
#include "mediapipe/framework/formats/image_frame.h"
#include "mediapipe/framework/formats/image_frame_opencv.h"
#include "mediapipe/framework/port/opencv_core_inc.h"
#include "mediapipe/framework/port/ret_check.h"

namespace mediapipe {
namespace api2 {

// Binarises a float mask: 255 above the level, 0 elsewhere.
class ThresholdMaskCalculator : public Node {
 public:
  static constexpr Input<ImageFrame> kMask{"MASK"};
  static constexpr Output<ImageFrame> kBinary{""};

  MEDIAPIPE_NODE_CONTRACT(kMask, kBinary);

  absl::Status Open(CalculatorContext* cc) final {
    level_ = cc->Options<ThresholdMaskCalculatorOptions>().level();
    RET_CHECK(level_ >= 0 && level_ <= 1) << "level must be from 0 to 1.";
    return absl::OkStatus();
  }

  absl::Status Process(CalculatorContext* cc) final {
    if (kMask(cc).IsEmpty()) return absl::OkStatus();
    const ImageFrame& mask = *kMask(cc);
    auto binary = std::make_unique<ImageFrame>(ImageFormat::GRAY8,
                                               mask.Width(), mask.Height());
    cv::compare(formats::MatView(&mask), level_,
                formats::MatView(binary.get()), cv::CMP_GT);
    kBinary(cc).Send(std::move(binary));
    return absl::OkStatus();
  }

 private:
  float level_ = 0;
};

MEDIAPIPE_REGISTER_NODE(ThresholdMaskCalculator);

}  // namespace api2
}  // namespace mediapipe
