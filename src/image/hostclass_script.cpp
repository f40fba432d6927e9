#include "image/hostclass_script.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "base/error.h"

namespace asiaq::image {

namespace {

constexpr std::string_view prefix = "mhc";

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::filesystem::path template_of(const std::filesystem::path& config_folder) {
  return config_folder / "init" / "template.sh";
}

}  // namespace

void check_hostclass_name(std::string_view hostclass) {
  if (!hostclass.starts_with(prefix)) {
    throw ConfigError(fmt::format(
        "hostclass {} does not start with {}, the prefix of all hostclasses", hostclass, prefix));
  }
  const std::string_view rest = hostclass.substr(prefix.size());
  const bool fits = !rest.empty() && std::all_of(rest.begin(), rest.end(), [](char c) {
    return is_word_character(c) && !(c >= 'A' && c <= 'Z');
  });
  if (!fits) {
    throw ConfigError(fmt::format(
        "hostclass {} may hold only lower-case letters, digits and underscores after {}", hostclass,
        prefix));
  }
}

std::string filled_template(std::string_view text, std::string_view hostclass) {
  const auto value_of = [&](std::string_view name) -> std::string_view {
    if (name == "TEMPLATED_HOSTCLASS") return hostclass;
    if (name == "TEMPLATED_NAME") return hostclass.substr(prefix.size());
    return {};
  };
  std::string result;
  std::size_t position = 0;
  while (position < text.size()) {
    const std::size_t dollar = text.find('$', position);
    if (dollar == std::string_view::npos) break;
    result += text.substr(position, dollar - position);
    // "$$" is the shell's process id; its second half begins no name.
    if (text.substr(dollar).starts_with("$$")) {
      result += "$$";
      position = dollar + 2;
      continue;
    }
    const bool braces = text.substr(dollar).starts_with("${");
    const std::size_t begin = dollar + (braces ? 2 : 1);
    std::size_t end = begin;
    while (end < text.size() && is_word_character(text[end])) ++end;
    const std::string_view value = value_of(text.substr(begin, end - begin));
    const bool closed = !braces || (end < text.size() && text[end] == '}');
    if (value.empty() || !closed) {
      result += text.substr(dollar, end - dollar);
      position = end;
    } else {
      result += value;
      position = end + (braces ? 1 : 0);
    }
  }
  if (position < text.size()) result += text.substr(position);
  return result;
}

std::filesystem::path planned_hostclass_script(const std::filesystem::path& config_folder,
                                               std::string_view hostclass) {
  check_hostclass_name(hostclass);
  const std::filesystem::path source = template_of(config_folder);
  if (!std::filesystem::is_regular_file(source)) {
    throw ConfigError(fmt::format("there is no template {}", source.string()));
  }
  std::filesystem::path target = source.parent_path() / fmt::format("{}.sh", hostclass);
  if (std::filesystem::exists(target)) {
    throw ConfigError(fmt::format("{} exists already", target.string()));
  }
  return target;
}

std::filesystem::path write_hostclass_script(const std::filesystem::path& config_folder,
                                             std::string_view hostclass) {
  std::filesystem::path target = planned_hostclass_script(config_folder, hostclass);
  const std::filesystem::path source = template_of(config_folder);
  std::ifstream stream(source, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  struct stat status {};
  stat(source.c_str(), &status);
  // Exclusively, so that a script written meanwhile is not lost.
  const int file = open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const std::string filled = filled_template(text, hostclass);
  const bool written =
      file >= 0 &&
      write(file, filled.data(), filled.size()) == static_cast<ssize_t>(filled.size()) &&
      fchmod(file, status.st_mode & 07777) == 0;
  const int reason = errno;
  if (file >= 0) close(file);
  if (!written) {
    throw ConfigError(fmt::format("cannot write {}: {}", target.string(), std::strerror(reason)));
  }
  return target;
}

}  // namespace asiaq::image
