// A bake: an instance is launched from one image, the user's scripts run on it, and it becomes
// another image.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "image/capture.h"
#include "image/preparation.h"
#include "plan/plan.h"

namespace asiaq::image {

struct BakeResult {
  std::optional<Captured> image;         ///< Nothing when the bake stopped after its scripts.
  std::optional<std::string> kept_host;  ///< Address of a builder that goes on.
};

/// Where the output of the scripts goes, as it comes.
using OutputSink = std::function<void(std::string_view)>;

/// One bake. Ends its builder on destruction, so also on failure and on a signal, unless the
/// options keep it. Not thread-safe; bakes of several hostclasses are several processes.
class Bake {
 public:
  Bake(aws::Session& session, Preparation preparation, OutputSink output,
       Clock& clock = system_clock());
  ~Bake();

  /// The steps, one after another. Carrying them out in their order is the bake. Keeps references
  /// to this object.
  plan::Plan plan();

  /// Carries out every step. Throws what the steps throw.
  BakeResult run();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace asiaq::image
