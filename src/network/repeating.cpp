#include "network/repeating.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "aws/error.h"
#include "base/log.h"
#include "base/wait.h"

namespace asiaq::network {

namespace {

constexpr int most_calls = 10;
/// AWS shows what was made within a second or two as a rule.
constexpr Seconds first_pause{1};
constexpr Seconds visibility_limit{15};

bool is_outcome_unknown(const Error& error) {
  if (const auto* service = dynamic_cast<const aws::ServiceError*>(&error)) {
    return service->facts().outcome_unknown;
  }
  const auto* connection = dynamic_cast<const aws::ConnectionError*>(&error);
  return connection != nullptr && connection->sent() == aws::ConnectionError::Sent::perhaps;
}

/// The place is taken: "InvalidSubnet.Conflict", "InvalidGroup.Duplicate",
/// "VpcPeeringConnectionAlreadyExists".
bool is_taken(const Error& error) {
  static constexpr std::array<std::string_view, 3> endings{"Conflict", "Duplicate",
                                                           "AlreadyExists"};
  const auto* service = dynamic_cast<const aws::ServiceError*>(&error);
  return service != nullptr && std::ranges::any_of(endings, [&](std::string_view ending) {
           return service->code().ends_with(ending);
         });
}

std::string found_in_time(const Creation& creation, Clock& clock) {
  std::string id;
  const double scale = wait_scale();
  try {
    wait_until(
        creation.what + ", which may have been made", visibility_limit * scale,
        [&]() -> std::optional<std::string> {
          id = creation.find();
          if (id.empty()) return "it is not there";
          return {};
        },
        [&](int look, Seconds) { return first_pause * scale * std::exp2(look - 1); }, clock);
  } catch (const TimeoutError&) {
    return {};
  }
  return id;
}

}  // namespace

std::string create_once(const Creation& creation, Clock& clock) {
  for (int number = 1;; ++number) {
    try {
      return creation.create();
    } catch (const Error& error) {
      // An earlier call may be what took the place.
      const bool may_exist = is_outcome_unknown(error) || (number > 1 && is_taken(error));
      if (!may_exist || number == most_calls) throw;
      log::debug("{}: {}", creation.what, error.what());
    }
    if (std::string id = found_in_time(creation, clock); !id.empty()) {
      log::info("{} had been made: {}", creation.what, id);
      return id;
    }
  }
}

void write_or_confirm(const std::function<void()>& write, const std::function<bool()>& is_done) {
  try {
    write();
  } catch (const aws::ServiceError& error) {
    if (error.is_denied() || !is_done()) throw;
  }
}

}  // namespace asiaq::network
