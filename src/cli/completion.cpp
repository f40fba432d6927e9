#include "cli/completion.h"

#include <fmt/format.h>

#include <vector>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/settings.h"

namespace asiaq::cli {

namespace {

/// The names of a command's options, and patterns `name) words;;` for those with fixed choices.
struct Words {
  std::vector<std::string> names;
  std::string choices;

  void add(const std::vector<OptionRecord>& options) {
    for (const OptionRecord& option : options) {
      if (option.is_positional()) continue;
      names.push_back(option.name);
      if (option.details.choices.empty()) continue;
      choices +=
          fmt::format("      {}) words='{}';;\n", option.name, join(option.details.choices, " "));
    }
  }
};

std::string option_cases(const ToolEntry& entry, const Tool& tool, std::string& choices) {
  std::string cases;
  std::vector<std::string> commands;
  for (const Command& command : tool.commands) {
    Words words;
    words.add(command.options);
    words.add(shared_options(tool, &command));
    words.names.emplace_back("--help");
    choices += words.choices;
    if (!command.word.empty()) commands.push_back(command.word);
    cases += fmt::format("    '{} {}') words='{}';;\n", entry.name, command.word,
                         join(words.names, " "));
  }
  if (commands.empty()) return cases;
  Words words;
  words.add(shared_options(tool, nullptr));
  commands.insert(commands.end(), words.names.begin(), words.names.end());
  commands.emplace_back("--help");
  return cases + fmt::format("    '{} ') words='{}';;\n", entry.name, join(commands, " "));
}

std::string command_cases() {
  std::string cases;
  for (const ToolEntry& entry : all_tools()) {
    std::vector<std::string> commands;
    for (const Command& command : make_tool(entry).commands) {
      if (!command.word.empty()) commands.push_back(entry.name.data() + (" " + command.word));
    }
    if (!commands.empty()) {
      cases += fmt::format("      '{}') command=$word;;\n", join(commands, "'|'"));
    }
  }
  return cases;
}

}  // namespace

std::string bash_completion() {
  std::string program_cases;
  std::string cases;
  std::string choices;
  std::vector<std::string> tool_names{"help", "completion", "--version", "--print-home"};
  for (const ToolEntry& entry : all_tools()) {
    tool_names.emplace_back(entry.name);
    cases += option_cases(entry, make_tool(entry), choices);
    for (const std::string_view legacy : entry.legacy_names) {
      if (!legacy.empty()) {
        program_cases += fmt::format("    {0}|{0}.py) tool={1}; first=1;;\n", legacy, entry.name);
      }
    }
  }
  return fmt::format(
      R"(# Completion for asiaq in bash. Load it with: source <(asiaq completion bash)
_asiaq() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}
  local tool='' command='' words='' word i first=2
  case ${{COMP_WORDS[0]##*/}} in
{}    *) [ "$COMP_CWORD" -gt 1 ] && tool=${{COMP_WORDS[1]}};;
  esac
  for ((i = first; i < COMP_CWORD; i++)); do
    word=${{COMP_WORDS[i]}}
    [ -n "$command" ] || case "$tool $word" in
{}    esac
  done
  case "$tool $command" in
    ' ') words='{}';;
{}  esac
  case $previous in
{}      --pipeline|--config|--filename) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}}
complete -F _asiaq asiaq {}
)",
      program_cases, command_cases(), join(tool_names, " "), cases, choices,
      join(program_names(), " "));
}

}  // namespace asiaq::cli
