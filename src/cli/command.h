// Command records: everything that parser, help and completion know of a command, and what runs it.
//
//   Tool vpc_tool() {
//     return {.dialect = Dialect::sub_command, .commands = {
//       Record<Create>{.word = "create", .summary = "Make an environment",
//                      .options = {option("--name", &Create::name, {.need = Need::mandatory})},
//                      .effect = Effect::changes,
//                      .run = [](Context& context, const Create& create) { ... }},
//     }};
//   }
//
// A tool's records are made when the tool is called, so that starting costs nothing.
#pragma once

#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "cli/option.h"

namespace asiaq::cli {

class Context;

/// How a tool's command line was written in the original. Both forms allow options anywhere; they
/// differ in the status of usage errors, in repeated options and in values that begin with `-`.
enum class Dialect {
  sub_command,  ///< Usage errors end with 2, a repeated option replaces, no value begins with `-`.
  usage_grammar,  ///< Usage errors end with 1, nothing may be repeated, any word can be a value.
};

/// What a command does, which decides on the options it gets besides its own and on whether its
/// AWS session may write. `changes` brings --dry-run, --yes and --output, `lists` brings --output,
/// `changes_host` (the one it runs on) brings --dry-run and --output; each but `local` brings
/// --timeout, each but `changes_host` --stats.
enum class Effect : unsigned { local = 0, reads = 1, changes = 2, lists = 4, changes_host = 8 };

constexpr Effect operator|(Effect a, Effect b) {
  return static_cast<Effect>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr bool has(Effect effects, Effect wanted) {
  return (static_cast<unsigned>(effects) & static_cast<unsigned>(wanted)) != 0;
}

/// For commands without options.
struct NoOptions {};

/// An option's index among the command's own options, and the text given for it.
struct Assignment {
  std::size_t option = 0;
  std::string value;
};

/// What runs a command: any callable (Context&, const T&) that returns an exit status or nothing.
template <class T>
class Run {
 public:
  template <class F>
  requires std::is_invocable_v<F, Context&, const T&> Run(
      F function) {  // NOLINT: made implicitly from a lambda
    call_ = [function = std::move(function)](Context& context, const T& options) -> int {
      if constexpr (std::is_void_v<std::invoke_result_t<F, Context&, const T&>>) {
        function(context, options);
        return 0;
      } else {
        return function(context, options);
      }
    };
  }
  int operator()(Context& context, const T& options) const { return call_(context, options); }

 private:
  std::function<int(Context&, const T&)> call_;
};

/// How a command is written down; becomes a Command.
template <class T>
struct Record {
  std::string word;          ///< The sub-command; empty in a tool that has none.
  std::string summary;       ///< One sentence without a final period.
  std::string details = {};  ///< Further paragraphs for --help.
  std::vector<OptionItem<T>> options = {};
  Effect effect = Effect::reads;
  /// Whether the original tool had the command's --dry-run (or --dryrun), for abbreviations.
  Origin dry_run = Origin::added;
  Run<T> run;
};

/// A command with its options' struct hidden.
struct Command {
  std::string word;
  std::string summary;
  std::string details;
  std::vector<OptionRecord> options;
  std::vector<OptionGroup> groups;
  Effect effect = Effect::reads;
  Origin dry_run = Origin::added;
  /// Fills the struct and runs; throws UsageError for values that do not fit.
  std::function<int(Context&, const std::vector<Assignment>&)> run;

  template <class T>
  Command(Record<T> record);  // NOLINT: made implicitly from each element of a list
};

/// Options that several commands of a tool share with the tools of the same name.
enum class EnvironmentOption {
  none,
  before_command,  ///< --env, a global option.
  after_command,   ///< --env, which the original had on each sub-command.
  spelled_out,     ///< --environment, with --env as its short form.
};

/// The records of one tool. Its names and summary stand in the table of contents, cli/commands.cpp.
struct Tool {
  Dialect dialect = Dialect::sub_command;
  EnvironmentOption environment = EnvironmentOption::none;
  bool has_truncate = false;  ///< Accepts --truncate, which does nothing.
  std::vector<Command> commands;
  /// A tool whose words, --help included, all belong to another program; then it has no commands.
  std::function<int(const std::vector<std::string>&)> pass_on = {};
  std::string name = {};     ///< Filled in from the table of contents.
  std::string summary = {};  ///< Likewise.
};

template <class T>
Command::Command(Record<T> record)
    : word(std::move(record.word)),
      summary(std::move(record.summary)),
      details(std::move(record.details)),
      effect(record.effect),
      dry_run(record.dry_run) {
  std::vector<std::function<void(T&, const std::string&)>> stores;
  const T defaults{};
  for (OptionItem<T>& item : record.options) {
    OptionGroup group;
    for (Binding<T>& binding : item.bindings) {
      group.options.push_back(options.size());
      binding.record.default_text = binding.default_text(defaults);
      options.push_back(std::move(binding.record));
      stores.push_back(std::move(binding.store));
    }
    if (item.rule) {
      group.rule = *item.rule;
      groups.push_back(std::move(group));
    }
  }
  run = [stores = std::move(stores), function = std::move(record.run)](
            Context& context, const std::vector<Assignment>& assignments) {
    T parsed{};
    for (const Assignment& assignment : assignments) {
      stores.at(assignment.option)(parsed, assignment.value);
    }
    return function(context, parsed);
  };
}

}  // namespace asiaq::cli
