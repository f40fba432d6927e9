#include "cli/completion.h"

#include <fmt/format.h>

#include <vector>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/settings.h"

namespace asiaq::cli {

namespace {

/// The words of a command: names of its options and what may stand in the place of its positionals;
/// and patterns `'tool command option') words;;` for options with fixed choices.
struct Words {
  std::string place;  ///< "tool command".
  std::vector<std::string> names;
  std::string choices;

  void add(const std::vector<OptionRecord>& options) {
    for (const OptionRecord& option : options) {
      const std::vector<std::string>& fixed = option.details.choices;
      if (option.is_positional()) {
        names.insert(names.end(), fixed.begin(), fixed.end());
        continue;
      }
      names.push_back(option.name);
      if (fixed.empty()) continue;
      choices += fmt::format("    '{} {}') words='{}';;\n", place, option.name, join(fixed, " "));
    }
  }
};

std::string option_cases(const ToolEntry& entry, const Tool& tool, std::string& choices) {
  std::string cases;
  std::vector<std::string> commands;
  for (const Command& command : tool.commands) {
    Words words{.place = fmt::format("{} {}", entry.name, command.word)};
    words.add(command.options);
    words.add(shared_options(tool, &command));
    words.names.emplace_back("--help");
    choices += words.choices;
    if (!command.word.empty()) commands.push_back(command.word);
    cases += fmt::format("    '{}') words='{}';;\n", words.place, join(words.names, " "));
  }
  if (commands.empty()) return cases;
  Words words{.place = fmt::format("{} ", entry.name)};
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
  std::vector<std::string> tool_names;
  for (const ToolEntry& entry : all_tools()) {
    tool_names.emplace_back(entry.name);
    cases += option_cases(entry, make_tool(entry), choices);
    for (const std::string_view legacy : entry.legacy_names) {
      if (!legacy.empty()) {
        program_cases += fmt::format("    {0}|{0}.py) tool={1}; first=1;;\n", legacy, entry.name);
      }
    }
  }
  for (const ToolEntry& entry : script_programs()) {
    program_cases += fmt::format("    {0}) tool={0}; first=1;;\n", entry.legacy_names[0]);
  }
  return fmt::format(
      R"(# Completion for asiaq in bash. Load it with: source <(asiaq completion bash)
_asiaq_sections() {{ # FILE BEFORE BEGINNING: sections of the configuration folder
  sed -n "s/^\[$2\($3[^]]*\)\].*/\1/p" "${{ASIAQ_CONFIG:-.}}/$1" 2>/dev/null
}}
_asiaq() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}
  local tool='' command='' words='' word i first=2
  case ${{COMP_WORDS[0]##*/}} in
{programs}    *) [ "$COMP_CWORD" -gt 1 ] && tool=${{COMP_WORDS[1]}};;
  esac
  for ((i = first; i < COMP_CWORD; i++)); do
    word=${{COMP_WORDS[i]}}
    [ -n "$command" ] || case "$tool $word" in
{commands}    esac
  done
  case "$tool $command" in
    ' ') words='help completion --version --print-home {tools}';;
    'help ') words='{tools}';;
    'completion ') words=bash;;
{options}  esac
  case "$tool $command $previous" in
{choices}    'vpc create --type') words=$(_asiaq_sections disco_vpc.ini envtype:);;
    *' --hostclass') words=$(_asiaq_sections disco_aws.ini '' mhc);;
    *' --pipeline'|*' --config'|*' --filename') mapfile -t COMPREPLY < <(compgen -f -- "$current"); return;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}}
complete -F _asiaq asiaq {names}
)",
      fmt::arg("programs", program_cases), fmt::arg("commands", command_cases()),
      fmt::arg("tools", join(tool_names, " ")), fmt::arg("options", cases),
      fmt::arg("choices", choices), fmt::arg("names", join(program_names(), " ")));
}

}  // namespace asiaq::cli
