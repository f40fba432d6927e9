// The dialect of the configuration folder.
#include "config/ini.h"

#include "base/error.h"
#include "fuzz/targets.h"

namespace asiaq::fuzz {

void ini(std::string_view input) {
  config::Ini parsed;
  try {
    parsed = config::Ini::parse(input, "fuzz.ini");
  } catch (const ConfigError&) {
    return;
  }
  for (const std::string& section : parsed.sections()) {
    promise(parsed.has_section(section), "a section that is listed is not there");
    for (const std::string& option : parsed.options(section)) {
      promise(parsed.has(section, option), "an option that is listed is not there");
      try {
        config::without_hash_comment(parsed.get(section, option).value());
      } catch (const ConfigError&) {
        continue;  // cannot be interpolated
      }
    }
  }
}

}  // namespace asiaq::fuzz
