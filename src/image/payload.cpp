#include "image/payload.h"

#include <fmt/format.h>

#include <cstdlib>
#include <system_error>

#include "base/error.h"
#include "base/log.h"

namespace asiaq::image {

namespace {

bool holds_package(const std::filesystem::path& folder) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("asiaq_") && name.ends_with(".deb")) return true;
  }
  return false;
}

}  // namespace

bool is_payload(const std::filesystem::path& folder) {
  std::error_code error;
  return std::filesystem::exists(folder / "bin" / "acfg1.py", error) &&
         (holds_package(folder) || std::filesystem::exists(folder / "bin" / "asiaq", error));
}

std::optional<std::filesystem::path> payload_directory() {
  if (const char* named = std::getenv("ASIAQ_PAYLOAD"); named != nullptr && *named != '\0') {
    return std::filesystem::path(named);
  }
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return std::nullopt;
  // The program lies in build/bin, build/<kind of build>/bin or PREFIX/bin.
  for (std::filesystem::path above = program.parent_path(); above.has_relative_path();
       above = above.parent_path()) {
    for (const char* place : {"payload", "build/payload", "share/asiaq/payload"}) {
      if (is_payload(above / place)) return above / place;
    }
  }
  return std::nullopt;
}

std::filesystem::path payload_folder(const config::ConfigFolder& folder) {
  const config::OptionValue option = folder.bake_option("bake", "asiaq_data_source");
  if (const auto source = option.optional(); source && !source->empty()) {
    std::filesystem::path given = folder.joined(*source).lexically_normal();
    if (is_payload(given)) return given;
    log::info("{} holds no payload for hosts: using the built-in one", given.string());
  }
  if (auto built_in = payload_directory()) return *built_in;
  ConfigError error(
      "there is no payload for hosts: neither asiaq_data_source in section bake of "
      "disco_aws.ini nor this installation has one");
  throw error.set_hint("in a checkout, `make` builds it");
}

}  // namespace asiaq::image
