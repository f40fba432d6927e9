// Command lines: from words to a command and the values of its options. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "cli/command.h"
#include "cli/settings.h"

namespace asiaq::cli {

/// A command line that was understood.
struct ParsedLine {
  const Command* command = nullptr;  ///< Null only when help for the whole tool is wanted.
  bool wants_help = false;           ///< Then nothing else is set or checked.
  std::vector<Assignment> assignments;
  Settings settings;
};

/// A command line that was not; knows which command it was about, if that could be seen.
class CommandLineError : public UsageError {
 public:
  CommandLineError(const std::string& reason, const Command* command)
      : UsageError(reason), command_(command) {}
  const Command* command() const { return command_; }

 private:
  const Command* command_;
};

/// Understands the words after the tool's name, by the rules of the tool's dialect:
///   * options anywhere; `--opt VALUE` and `--opt=VALUE`; unique beginnings of long options;
///   * in the sub-command dialect a value may begin with `-` only as a negative number, a lone `-`,
///     or if it holds a blank (`--opt=VALUE` takes any), `--` ends the options and a repeated
///     option replaces the first; in the other dialect any word is a value and repeats are errors;
///   * --help or -h anywhere asks for help, whatever else is wrong.
/// Throws CommandLineError.
ParsedLine parse(const Tool& tool, const std::vector<std::string>& words);

}  // namespace asiaq::cli
