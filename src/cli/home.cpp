#include "cli/home.h"

#include <cstdlib>

#include "base/error.h"

namespace asiaq::cli {

namespace {

namespace fs = std::filesystem;

constexpr int build_folders_deep = 4;  ///< <checkout>/build/<preset>/bin/asiaq

bool holds_data(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder / "local" / "asiaq_local", ignored) ||
         fs::is_directory(folder / "jenkins", ignored);
}

}  // namespace

std::optional<fs::path> find_home() {
  const char* named = std::getenv("ASIAQ_HOME");
  if (named != nullptr && *named != '\0') return fs::path(named);
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  fs::path above = program.parent_path();
  for (int i = 0; i < build_folders_deep && above.has_relative_path(); ++i) {
    above = above.parent_path();
    if (holds_data(above)) return above;
    if (holds_data(above / "share" / "asiaq")) return above / "share" / "asiaq";
  }
  fs::path installed = "/usr/share/asiaq";
  if (holds_data(installed)) return installed;
  return {};
}

fs::path home() {
  if (const std::optional<fs::path> folder = find_home()) return *folder;
  Error error("Installation", "the program's data folder is nowhere to be found");
  error.set_hint("set ASIAQ_HOME to the checkout or to the installed share/asiaq folder");
  throw error;
}

}  // namespace asiaq::cli
