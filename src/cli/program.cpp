#include "cli/program.h"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "base/text.h"
#include "base/wait.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/home.h"
#include "cli/manual.h"
#include "cli/parser.h"

namespace asiaq::cli {

namespace {

using Words = std::vector<std::string>;

constexpr int failure = static_cast<int>(ExitStatus::failure);
constexpr int planned_changes = 3;  // Of a dry run with --detailed-exitcode.

void say(std::string_view text) {
  // Nobody is left to be told if stderr cannot be written.
  [[maybe_unused]] const std::size_t written = std::fwrite(text.data(), 1, text.size(), stderr);
}

int usage_status(Dialect dialect) {
  return static_cast<int>(dialect == Dialect::sub_command ? ExitStatus::usage
                                                          : ExitStatus::failure);
}

Words from(const Words& words, std::size_t first) {
  return {words.begin() + static_cast<std::ptrdiff_t>(first), words.end()};
}

/// Runs `action` and turns what leaves it into an exit status.
template <class Action>
int reporting_errors(Action&& action) {
  try {
    return action();
  } catch (const Error& error) {
    say(fmt::format("ERROR {}: {}\n", error.kind(), error.what()));
    return error.exit_status();
  } catch (const Interrupted&) {
    return failure;
  } catch (const std::exception& error) {
    say(fmt::format("ERROR Internal: {}\n", error.what()));
    return failure;
  }
}

/// Shows the statistics of a run however it ends.
struct Statistics {
  const Context& context;
  ~Statistics() { context.show_statistics(); }
};

/// One tool, called by any of its names.
class ToolRun {
 public:
  ToolRun(const ToolEntry& entry, std::string program, Output& output,
          const SessionFactory& open_session)
      : tool_(make_tool(entry)),
        program_(std::move(program)),
        output_(output),
        open_session_(open_session) {}

  int run(const Words& words) {
    if (tool_.pass_on) {
      return reporting_errors([&] { return tool_.pass_on(words); });
    }
    if (words.size() == 1 && words[0] == "--version") return show_version(output_);
    ParsedLine line;
    try {
      line = parse(tool_, words);
    } catch (const CommandLineError& error) {
      return report_usage(error, error.command());
    }
    return reporting_errors([&] { return line.wants_help ? help(line.command) : carry_out(line); });
  }

  int help(const Command* command) {
    output_.write(command != nullptr && tool_.dialect == Dialect::sub_command
                      ? command_help(tool_, *command, program_)
                      : tool_help(tool_, program_));
    return 0;
  }

  /// The manual's page if there is one.
  int manual() {
    const std::optional<std::string_view> page = manual_page(tool_.name);
    if (!page) return help(nullptr);
    output_.write(*page);
    return 0;
  }

  const Tool& tool() const { return tool_; }

  static int show_version(Output& output) {
    output.line("asiaq " ASIAQ_VERSION);
    return 0;
  }

 private:
  int report_usage(const UsageError& error, const Command* command) {
    say(usage(tool_, command, program_));
    const std::string word =
        command != nullptr && !command->word.empty() ? " " + command->word : "";
    say(fmt::format("{}{}: error: {}\n", program_, word, error.what()));
    return usage_status(tool_.dialect);
  }

  int carry_out(const ParsedLine& line) {
    log::configure(line.settings.debug ? log::Level::debug : log::Level::info);
    if (line.settings.timeout) bound_all_waiting(*line.settings.timeout);
    Context context(tool_, *line.command, line.settings, output_, open_session_);
    const Statistics statistics{context};
    try {
      const int status = line.command->run(context, line.assignments);
      const bool says_more = line.settings.detailed_exit_code && context.has_planned_changes();
      return status == 0 && says_more ? planned_changes : status;
    } catch (const UsageError& error) {
      return report_usage(error, line.command);
    }
  }

  Tool tool_;
  std::string program_;
  Output& output_;
  const SessionFactory& open_session_;
};

/// The program called by its own name.
class FrontEnd {
 public:
  FrontEnd(Output& output, const SessionFactory& open_session)
      : output_(output), open_session_(open_session) {}

  int run(const Words& words) {
    Words before_tool;
    std::size_t at = 0;
    for (; at < words.size() && words[at].rfind('-', 0) == 0; ++at) {
      const std::string& word = words[at];
      if (word == "--help" || word == "-h") return overview();
      if (word == "--version") return ToolRun::show_version(output_);
      if (word == "--print-home") return print_home();
      if (word == "--program-names") return list_program_names();
      if (word == "--debug" || word == "-d" || word == "--stats") {
        before_tool.push_back(word == "-d" ? "--debug" : word);
      } else if ((word == "--env" || word == "--environment") && at + 1 < words.size()) {
        before_tool.push_back("--env=" + words[++at]);
      } else if (word.rfind("--env=", 0) == 0 || word.rfind("--environment=", 0) == 0) {
        before_tool.push_back("--env" + word.substr(word.find('=')));
      } else {
        return fail(fmt::format("unrecognized argument: {}", word));
      }
    }
    if (at == words.size()) return fail("too few arguments: a tool is needed");
    const std::string& name = words[at];
    Words rest = from(words, at + 1);
    if (name == "help") return help(rest);
    if (name == "completion") return completion(rest);
    const ToolEntry* entry = find_tool(name);
    if (entry == nullptr) return fail(unknown_tool(name));
    rest.insert(rest.begin(), before_tool.begin(), before_tool.end());
    return ToolRun(*entry, "asiaq " + name, output_, open_session_).run(rest);
  }

 private:
  static std::string usage_line() {
    return "usage: asiaq [--debug] [--env NAME] TOOL [COMMAND] [OPTIONS]\n"
           "       asiaq help [TOOL [COMMAND]] | completion bash | --version | --print-home\n";
  }

  static int fail(const std::string& reason) {
    say(usage_line());
    say(fmt::format("asiaq: error: {}\n", reason));
    return static_cast<int>(ExitStatus::usage);
  }

  static std::string unknown_tool(const std::string& name) {
    Words known{"help", "completion"};
    for (const ToolEntry& entry : all_tools()) known.emplace_back(entry.name);
    const std::optional<std::string> near = nearest(name, known);
    return fmt::format("there is no tool '{}'{}; `asiaq help` lists the tools", name,
                       near ? fmt::format(": did you mean {}?", *near) : "");
  }

  int overview() {
    std::string text = usage_line();
    text += "\ntools:\n";
    for (const ToolEntry& entry : all_tools()) {
      text += fmt::format("  {}{}", left_aligned(entry.name, 18), entry.summary);
      if (!entry.legacy_names[0].empty()) text += fmt::format(" ({}.py)", entry.legacy_names[0]);
      text += '\n';
    }
    text += "\n`asiaq help TOOL` shows a tool's manual, `asiaq TOOL --help` its commands.\n";
    output_.write(text);
    return 0;
  }

  int print_home() {
    return reporting_errors([&] {
      output_.line(home().string());
      return 0;
    });
  }

  int list_program_names() {
    for (const std::string& name : program_names()) output_.line(name);
    return 0;
  }

  int help(const Words& words) {
    if (words.empty() || words[0] == "--help") return overview();
    if (words.size() > 2) return fail("help is of a tool, or of a tool's command");
    const ToolEntry* entry = find_tool(words[0]);
    if (entry == nullptr) entry = find_legacy_tool(words[0]);
    if (entry == nullptr) {
      const std::optional<std::string_view> page = manual_page(words[0]);
      if (!page || words.size() > 1) return fail(unknown_tool(words[0]));
      output_.write(*page);
      return 0;
    }
    ToolRun run(*entry, fmt::format("asiaq {}", entry->name), output_, open_session_);
    if (words.size() == 1) return run.tool().pass_on ? run.run({"--help"}) : run.manual();
    return run.run({words[1], "--help"});
  }

  int completion(const Words& words) {
    if (words != Words{"bash"}) return fail("completion is for bash: asiaq completion bash");
    output_.write(bash_completion());
    return 0;
  }

  Output& output_;
  const SessionFactory& open_session_;
};

}  // namespace

int run_program(const Words& arguments, Output& output, const SessionFactory& open_session) {
  return reporting_errors([&] {
    const std::string called = arguments.empty() ? "asiaq" : arguments[0];
    const std::string program = called.substr(called.find_last_of('/') + 1);
    const Words words = arguments.empty() ? Words{} : from(arguments, 1);
    const ToolEntry* entry = find_legacy_tool(program);
    if (entry == nullptr) return FrontEnd(output, open_session).run(words);
    return ToolRun(*entry, program, output, open_session).run(words);
  });
}

}  // namespace asiaq::cli
