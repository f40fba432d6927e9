// Shell-like patterns of absolute paths, with `**` for any number of folders.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace asiaq::instance {

/// Regular files below `root` that match one of the patterns, each once, in name order. A pattern
/// is an absolute path (below `root`) whose parts may hold `*` and `?`; `**` as a part matches any
/// number of folders, as the last part every file below. Symbolic links are not followed.
std::vector<std::filesystem::path> matching_files(const std::filesystem::path& root,
                                                  const std::vector<std::string>& patterns);

/// The patterns of a drop-in file: one a line, `#` begins a comment.
std::vector<std::string> parse_patterns(std::string_view text);

}  // namespace asiaq::instance
