// The manual, compiled into the program: one page for each tool, and `asiaq` for what all share.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace asiaq::cli {

/// The text of docs/manual/<name>.md; nothing if there is no such page.
std::optional<std::string_view> manual_page(std::string_view name);

}  // namespace asiaq::cli
