#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "cli/settings.h"

namespace asiaq::cli {

namespace {

constexpr std::size_t line_width = 100;
constexpr std::size_t widest_first_column = 30;

std::string wrapped(std::string_view text, std::size_t indent) {
  std::string result;
  std::size_t column = indent;
  for (const std::string& word : words(text)) {
    if (column > indent && column + 1 + word.size() > line_width) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result;
}

/// "--name NAME", "HOST", "--dry-run".
std::string signature(const OptionRecord& option) {
  if (option.kind == ValueKind::flag || option.is_positional()) return option.name;
  return option.name + " " + option.placeholder();
}

std::string in_usage(const OptionRecord& option) {
  std::string text = signature(option);
  const bool is_mandatory = option.details.need == Need::mandatory;
  if (!is_mandatory) text = "[" + text + "]";
  return option.is_repeatable ? text + "..." : text;
}

std::string group_in_usage(const Command& command, const OptionGroup& group) {
  std::vector<std::string> members;
  for (const std::size_t i : group.options) {
    const OptionRecord& option = command.options[i];
    members.push_back(signature(option) + (option.is_repeatable ? "..." : ""));
  }
  const std::string all = join(members, " | ");
  return group.rule == GroupRule::exactly_one ? "(" + all + ")" : "[" + all + "]";
}

std::string command_usage(const Tool& tool, const Command& command, std::string_view program) {
  std::vector<std::string> parts{std::string(program)};
  if (!command.word.empty()) parts.push_back(command.word);
  for (std::size_t i = 0; i < command.options.size(); ++i) {
    const auto group =
        std::find_if(command.groups.begin(), command.groups.end(), [&](const OptionGroup& each) {
          return std::find(each.options.begin(), each.options.end(), i) != each.options.end();
        });
    if (group == command.groups.end()) {
      parts.push_back(in_usage(command.options[i]));
    } else if (group->options.front() == i) {
      parts.push_back(group_in_usage(command, *group));
    }
  }
  for (const OptionRecord& option : shared_options(tool, &command)) {
    parts.push_back(in_usage(option));
  }
  std::string result;
  std::size_t column = 0;
  for (const std::string& part : parts) {
    if (column > 0 && column + 1 + part.size() > line_width - 7) {
      result += "\n           ";
      column = 4;
    } else if (column > 0) {
      result += ' ';
      ++column;
    }
    result += part;
    column += part.size();
  }
  return result;
}

std::string option_line(const OptionRecord& option) {
  std::string first = "  " + join(option.details.aliases, ", ");
  first = option.details.aliases.empty()
              ? "  " + signature(option)
              : "  " + signature(option) + ", " + join(option.details.aliases, ", ");
  std::string text = option.details.help;
  std::vector<std::string> remarks;
  if (option.details.need == Need::mandatory && !option.is_positional()) {
    remarks.emplace_back("mandatory");
  }
  if (option.is_repeatable) remarks.emplace_back("may be given several times");
  if (!option.default_text.empty()) remarks.push_back("default: " + option.default_text);
  if (!remarks.empty()) {
    text += (text.empty() ? "" : " ") + ("(" + join(remarks, "; ") + ")");
  }
  const bool fits = first.size() + 2 <= widest_first_column;
  return (fits ? left_aligned(first, widest_first_column)
               : first + "\n" + std::string(widest_first_column, ' ')) +
         wrapped(text, widest_first_column) + "\n";
}

void add_options(std::string& text, const Tool& tool, const Command& command) {
  for (const OptionRecord& option : command.options) text += option_line(option);
  for (const OptionRecord& option : shared_options(tool, &command)) text += option_line(option);
}

std::string command_list(const Tool& tool) {
  std::string text;
  for (const Command& command : tool.commands) {
    text += fmt::format("  {}{}\n", left_aligned(command.word, 22), wrapped(command.summary, 24));
  }
  return text;
}

bool has_sub_commands(const Tool& tool) {
  return tool.commands.size() != 1 || !tool.commands.front().word.empty();
}

}  // namespace

std::string usage(const Tool& tool, const Command* command, std::string_view program) {
  if (command != nullptr && tool.dialect == Dialect::sub_command) {
    return fmt::format("usage: {}\n", command_usage(tool, *command, program));
  }
  if (tool.dialect == Dialect::sub_command && has_sub_commands(tool)) {
    std::vector<std::string> names;
    for (const Command& each : tool.commands) names.push_back(each.word);
    std::string options;
    for (const OptionRecord& option : shared_options(tool, nullptr)) {
      options += " " + in_usage(option);
    }
    return fmt::format("usage: {}{} {{{}}} ...\n", program, options, join(names, ","));
  }
  std::string text = "Usage:\n";
  for (const Command& each : tool.commands) {
    text += fmt::format("    {}\n", command_usage(tool, each, program));
  }
  return text;
}

std::string command_help(const Tool& tool, const Command& command, std::string_view program) {
  std::string text = fmt::format("usage: {}\n\n{}.\n", command_usage(tool, command, program),
                                 wrapped(command.summary, 0));
  if (!command.details.empty()) text += "\n" + wrapped(command.details, 0) + "\n";
  text += "\noptions:\n";
  add_options(text, tool, command);
  return text;
}

std::string tool_help(const Tool& tool, std::string_view program) {
  if (!has_sub_commands(tool)) return command_help(tool, tool.commands.front(), program);
  std::string text = fmt::format("{}\n{}.\n\ncommands:\n{}", usage(tool, nullptr, program),
                                 wrapped(tool.summary, 0), command_list(tool));
  if (tool.dialect == Dialect::usage_grammar) {
    for (const Command& command : tool.commands) {
      text += fmt::format("\noptions of {}:\n", command.word);
      add_options(text, tool, command);
    }
    return text;
  }
  text += "\noptions:\n";
  for (const OptionRecord& option : shared_options(tool, nullptr)) text += option_line(option);
  text += fmt::format("\n`{} COMMAND --help` shows the options of a command.\n", program);
  return text;
}

}  // namespace asiaq::cli
