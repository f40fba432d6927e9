// Secrets that a user hands over without showing them to others.
#pragma once

#include <string>

namespace asiaq::cli {

/// Everything on standard input, byte for byte. Throws Error of kind "Input".
std::string read_standard_input();

/// Asks on the terminal without echo; without a terminal reads one line of standard input. The line
/// break is not part of the answer. Throws Error of kind "Input" if there is none.
std::string ask_secret(const std::string& question);

}  // namespace asiaq::cli
