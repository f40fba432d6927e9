// Where the program's own data is: `jenkins/` with the scripts, the cloud in a box.
#pragma once

#include <filesystem>
#include <optional>

namespace asiaq::cli {

/// ASIAQ_HOME if set; else the checkout that the program was built in; else the share folder beside
/// the folder it was installed in, or /usr/share/asiaq. Nothing if none of them is there.
std::optional<std::filesystem::path> find_home();

/// As find_home(); throws Error of kind "Installation".
std::filesystem::path home();

}  // namespace asiaq::cli
