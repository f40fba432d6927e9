// Completion of command lines in the shell, made from the records.
#pragma once

#include <string>

namespace asiaq::cli {

/// A bash script that completes `asiaq` and all original program names; to be sourced.
std::string bash_completion();

}  // namespace asiaq::cli
