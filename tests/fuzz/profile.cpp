// ~/.aws/config and ~/.aws/credentials.
#include "aws/config/shared_files.h"
#include "aws/error.h"
#include "fuzz/targets.h"

namespace asiaq::fuzz {

void profile(std::string_view input) {
  try {
    const aws::config::IniFile file = aws::config::parse_ini("fuzz", std::string(input));
    for (const auto& [title, section] : file.sections) {
      for (const auto& [name, setting] : section.settings) {
        promise(!name.empty(), "a setting without a name in section " + title);
        promise(setting.place.line > 0, name + " stands nowhere");
      }
    }
  } catch (const aws::CredentialsError&) {
  }
}

}  // namespace asiaq::fuzz
