#include "network/security_rules.h"

#include "fuzz/targets.h"
#include "network/error.h"

namespace asiaq::fuzz {

void security_rules(std::string_view input) {
  try {
    for (const network::IngressRule& rule :
         network::parse_rules(input, "intranet", {"dmz", "intranet", "maintenance", "tunnel"})) {
      promise(!network::to_string(rule).empty(), "a rule without a text");
    }
  } catch (const Error&) {
  }
}

}  // namespace asiaq::fuzz
