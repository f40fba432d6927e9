#include "aws/retry/new_things.h"

#include <array>
#include <cctype>

namespace asiaq::aws::retry {
namespace {

constexpr std::array<std::string_view, 6> kMaking{"Create", "Run",      "Allocate",
                                                  "Copy",   "Register", "Import"};

bool is_hex(char sign) { return (sign >= '0' && sign <= '9') || (sign >= 'a' && sign <= 'f'); }

// Calls `found` for each id in EC2's form: a short name, a dash and 8 or 17 hexadecimal digits
// ("vpc-0123abcd").
template <class Found>
void each_id(std::string_view text, const Found& found) {
  for (std::size_t dash = text.find('-'); dash != std::string_view::npos;
       dash = text.find('-', dash + 1)) {
    std::size_t end = dash + 1;
    while (end < text.size() && is_hex(text[end])) ++end;
    const std::size_t digits = end - dash - 1;
    if (digits != 8 && digits != 17) continue;
    std::size_t start = dash;
    while (start > 0 &&
           (std::islower(static_cast<unsigned char>(text[start - 1])) || text[start - 1] == '-'))
      --start;
    if (start < dash) found(text.substr(start, end - start));
  }
}

bool makes_things(std::string_view operation) {
  for (const std::string_view word : kMaking) {
    if (operation.starts_with(word)) return true;
  }
  return false;
}

}  // namespace

void NewThings::note(const Operation& operation, std::string_view body, SteadyTime now) {
  if (!makes_things(operation.name)) return;
  const std::lock_guard lock(mutex_);
  std::erase_if(made_, [&](const auto& each) { return now - each.second > kNew; });
  each_id(body, [&](std::string_view id) { made_.insert_or_assign(std::string(id), now); });
}

bool NewThings::explains(std::string_view code, std::string_view message, SteadyTime now) const {
  // Most codes are like InvalidVpcID.NotFound, a few like NatGatewayNotFound.
  if (!code.ends_with("NotFound")) return false;
  bool is_new = false;
  const std::lock_guard lock(mutex_);
  each_id(message, [&](std::string_view id) {
    const auto found = made_.find(id);
    is_new = is_new || (found != made_.end() && now - found->second <= kNew);
  });
  return is_new;
}

}  // namespace asiaq::aws::retry
