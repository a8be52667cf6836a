#include <cstddef>
#include <deque>
#include <numeric>

#include "absl/status/status.h"
#include "mediapipe/examples/three_calculators/moving_average_calculator.pb.h"
#include "mediapipe/framework/api2/node.h"
#include "mediapipe/framework/calculator_framework.h"
#include "mediapipe/framework/port/ret_check.h"

namespace mediapipe {
namespace api2 {

// The mean of the last `window` values.
class MovingAverageCalculator : public Node {
 public:
  static constexpr Input<float> kValue{"VALUE"};
  static constexpr Output<float> kMean{"MEAN"};

  MEDIAPIPE_NODE_CONTRACT(kValue, kMean);

  absl::Status Open(CalculatorContext* cc) final {
    const auto& options = cc->Options<MovingAverageCalculatorOptions>();
    RET_CHECK_GE(options.window(), 1) << "window must be at least 1.";
    window_ = options.window();
    return absl::OkStatus();
  }

  absl::Status Process(CalculatorContext* cc) final {
    if (kValue(cc).IsEmpty()) return absl::OkStatus();
    values_.push_back(*kValue(cc));
    if (values_.size() > window_) values_.pop_front();
    const float sum = std::accumulate(values_.begin(), values_.end(), 0.0f);
    kMean(cc).Send(sum / values_.size());
    return absl::OkStatus();
  }

 private:
  size_t window_ = 0;
  std::deque<float> values_;
};

MEDIAPIPE_REGISTER_NODE(MovingAverageCalculator);

}  // namespace api2
}  // namespace mediapipe
