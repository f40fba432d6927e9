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

/// "(--a A |", "--b B)": pieces, so that a long line can be broken between them.
std::vector<std::string> group_in_usage(const Command& command, const OptionGroup& group) {
  const bool is_mandatory = group.rule == GroupRule::exactly_one;
  std::vector<std::string> pieces;
  for (const std::size_t i : group.options) {
    const OptionRecord& option = command.options[i];
    pieces.push_back(signature(option) + (option.is_repeatable ? "..." : "") + " |");
  }
  pieces.front().insert(0, is_mandatory ? "(" : "[");
  pieces.back().replace(pieces.back().size() - 2, 2, is_mandatory ? ")" : "]");
  return pieces;
}

/// A usage line that goes on, indented, in further lines where it becomes too long.
class UsageLine {
 public:
  void add(std::string_view piece, std::string_view separator = " ") {
    if (column_ > 0 && column_ + separator.size() + piece.size() > line_width - label_width) {
      text_ += "\n           ";
      column_ = 4;
    } else if (column_ > 0) {
      text_ += separator;
      column_ += separator.size();
    }
    text_ += piece;
    column_ += piece.size();
  }

  std::string take() { return std::move(text_); }

 private:
  static constexpr std::size_t label_width = 7;  // "usage: "

  std::string text_;
  std::size_t column_ = 0;
};

std::string command_usage(const Tool& tool, const Command& command, std::string_view program) {
  UsageLine line;
  line.add(program);
  if (!command.word.empty()) line.add(command.word);
  for (std::size_t i = 0; i < command.options.size(); ++i) {
    const auto group =
        std::find_if(command.groups.begin(), command.groups.end(), [&](const OptionGroup& each) {
          return std::find(each.options.begin(), each.options.end(), i) != each.options.end();
        });
    if (group == command.groups.end()) {
      line.add(in_usage(command.options[i]));
    } else if (group->options.front() == i) {
      for (const std::string& piece : group_in_usage(command, *group)) line.add(piece);
    }
  }
  for (const OptionRecord& option : shared_options(tool, &command)) line.add(in_usage(option));
  return line.take();
}

std::string tool_usage(const Tool& tool, std::string_view program) {
  UsageLine line;
  line.add(program);
  for (const OptionRecord& option : shared_options(tool, nullptr)) line.add(in_usage(option));
  for (const Command& command : tool.commands) {
    const bool is_first = &command == &tool.commands.front();
    const bool is_last = &command == &tool.commands.back();
    line.add((is_first ? "{" : "") + command.word + (is_last ? "}" : ","), is_first ? " " : "");
  }
  line.add("...");
  return line.take();
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
    return fmt::format("usage: {}\n", tool_usage(tool, program));
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
