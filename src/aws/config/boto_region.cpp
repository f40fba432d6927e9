#include "aws/config/boto_region.h"

#include <fstream>
#include <sstream>

#include "aws/error.h"
#include "base/text.h"

namespace asiaq::aws::config {
namespace {

constexpr const char* kOption = "ec2_region_name";

std::optional<std::string> region_in(const std::filesystem::path& path) {
  std::ifstream stream(path);
  if (!stream) return std::nullopt;
  std::string section;
  for (std::string line; std::getline(stream, line);) {
    const std::string_view core = trimmed(line);
    if (core.starts_with('[')) section = core.substr(1, core.find(']') - 1);
    const std::size_t sign = core.find_first_of("=:");
    if (section != "Boto" || sign == std::string_view::npos) continue;
    if (lower_case(trimmed(core.substr(0, sign))) == kOption) {
      std::string value(trimmed(core.substr(sign + 1)));
      if (!value.empty()) return value;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> boto_region(const Environment& environment, const SharedFiles& files) {
  if (const auto named = environment.get("BOTO_CONFIG")) {
    if (auto region = region_in(*named)) return region;
  }
  if (auto region = region_in(environment.home / ".boto")) return region;
  try {
    const auto section = files.section("Boto");
    if (section && section->find(kOption) != nullptr) return section->get(kOption);
  } catch (const CredentialsError&) {
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace asiaq::aws::config
