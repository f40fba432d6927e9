#include "instance/file_patterns.h"

#include <set>
#include <span>
#include <system_error>

#include "base/text.h"

namespace asiaq::instance {

namespace fs = std::filesystem;

namespace {

using Parts = std::span<const std::string>;

bool has_wildcard(const std::string& part) { return part.find_first_of("*?") != std::string::npos; }

void find(const fs::path& at, Parts parts, std::set<fs::path>& found);

void find_entry(const fs::directory_entry& entry, Parts rest, std::set<fs::path>& found) {
  std::error_code code;
  const fs::file_status status = entry.symlink_status(code);
  if (code) return;
  if (rest.empty()) {
    if (fs::is_regular_file(status)) found.insert(entry.path());
  } else if (fs::is_directory(status)) {
    find(entry.path(), rest, found);
  }
}

/// `at` is a folder in which the first of `parts` is looked for. Folders that cannot be read are
/// as good as empty.
void find(const fs::path& at, Parts parts, std::set<fs::path>& found) {
  const std::string& first = parts.front();
  const Parts rest = parts.subspan(1);
  std::error_code code;
  if (!has_wildcard(first)) {
    const fs::directory_entry entry(at / first, code);
    if (!code) find_entry(entry, rest, found);
    return;
  }
  const bool any_depth = first == "**";
  if (any_depth && !rest.empty()) find(at, rest, found);
  for (const auto& entry : fs::directory_iterator(at, code)) {
    if (any_depth) {
      if (rest.empty()) find_entry(entry, {}, found);
      find_entry(entry, parts, found);
    } else if (matches_wildcard(entry.path().filename().string(), first)) {
      find_entry(entry, rest, found);
    }
  }
}

}  // namespace

std::vector<fs::path> matching_files(const fs::path& root,
                                     const std::vector<std::string>& patterns) {
  std::set<fs::path> found;
  for (const std::string& pattern : patterns) {
    const auto parts = words(pattern, "/");
    if (!parts.empty()) find(root, parts, found);
  }
  return {found.begin(), found.end()};
}

std::vector<std::string> parse_patterns(std::string_view text) {
  std::vector<std::string> patterns;
  for (const std::string& line : split(text, '\n')) {
    const auto pattern = trimmed(std::string_view(line).substr(0, line.find('#')));
    if (!pattern.empty()) patterns.emplace_back(pattern);
  }
  return patterns;
}

}  // namespace asiaq::instance
