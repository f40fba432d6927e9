#include "aws/patience.h"

#include <algorithm>
#include <optional>

#include "aws/absence.h"
#include "aws/error.h"

namespace asiaq::aws {

void write_patiently(const std::string& what, WaitLimits limits,
                     std::initializer_list<std::string_view> codes,
                     const std::function<void()>& write, Clock& clock) {
  wait_until(
      what, scaled(limits),
      [&]() -> std::optional<std::string> {
        try {
          ignoring_absence(write);
          return std::nullopt;
        } catch (const ServiceError& error) {
          if (std::find(codes.begin(), codes.end(), error.code()) == codes.end()) throw;
          return error.message();
        }
      },
      clock);
}

}  // namespace asiaq::aws
