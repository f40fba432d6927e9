// What is fed with arbitrary bytes. A target returns for every input, or throws what its callers
// expect to be thrown; anything else (a crash, a hang, a broken promise) is a finding.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace asiaq::fuzz {

void csv(std::string_view input);
void endpoint_rules(std::string_view input);
void http_header(std::string_view input);
void ini(std::string_view input);
void json(std::string_view input);
void profile(std::string_view input);
void security_rules(std::string_view input);
void size_schedule(std::string_view input);
void time(std::string_view input);
void url(std::string_view input);
void xml(std::string_view input);

/// A promise of the code under test that does not hold.
struct Broken : std::logic_error {
  using std::logic_error::logic_error;
};
inline void promise(bool holds, const std::string& what) {
  if (!holds) throw Broken(what);
}

/// What stands before the next line break, which is taken away too.
inline std::string_view next_line(std::string_view& input) {
  const std::string_view line = input.substr(0, input.find('\n'));
  input.remove_prefix(line.size() == input.size() ? line.size() : line.size() + 1);
  return line;
}

}  // namespace asiaq::fuzz
