#include "absl/status/status.h"
#include "mediapipe/framework/api2/node.h"
#include "mediapipe/framework/calculator_framework.h"

namespace mediapipe {
namespace api2 {

// The number of packets of a stream, as a side packet at its end.
class CountPacketsCalculator : public Node {
 public:
  static constexpr Input<AnyType> kPackets{""};
  static constexpr SideOutput<int> kCount{"COUNT"};

  MEDIAPIPE_NODE_CONTRACT(kPackets, kCount);

  absl::Status Process(CalculatorContext* cc) final {
    ++count_;
    return absl::OkStatus();
  }

  absl::Status Close(CalculatorContext* cc) final {
    kCount(cc).Set(count_);
    return absl::OkStatus();
  }

 private:
  int count_ = 0;
};

MEDIAPIPE_REGISTER_NODE(CountPacketsCalculator);

}  // namespace api2
}  // namespace mediapipe
