// All tools of the program.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace asiaq::cli {

/// A line of the table of contents. The records are made only when the tool is needed.
struct ToolEntry {
  std::string_view name;                         ///< After `asiaq`.
  std::array<std::string_view, 2> legacy_names;  ///< Without suffix; empty where there is none.
  std::string_view summary;
  Tool (*make)();
};

/// In alphabetical order.
std::span<const ToolEntry> all_tools();

/// Programs that are no tools of `asiaq`: called only by their one name, suffix included. Their
/// manual is that of the tool in `name`.
std::span<const ToolEntry> script_programs();

/// By the word after `asiaq`; null if there is none.
const ToolEntry* find_tool(std::string_view name);

/// By the name of the program, with or without `.py` (scripts: as they are called); null if there
/// is none.
const ToolEntry* find_legacy_tool(std::string_view program);

/// The records of a tool, with its names.
Tool make_tool(const ToolEntry& entry);

/// Every name that the program answers to besides `asiaq`: the original ones, with and without
/// `.py`, and those of the scripts.
std::vector<std::string> program_names();

// One function a file: cli/<tool>.cpp.
Tool acfg_tool();
Tool autoscale_tool();
Tool aws_tool();
Tool bake_tool();
Tool buckets_tool();
Tool creds_tool();
Tool eip_tool();
Tool instance_tool();
Tool keys_tool();
Tool local_tool();
Tool ssh_script_tool();
Tool ssh_tool();
Tool vpc_tool();

}  // namespace asiaq::cli
