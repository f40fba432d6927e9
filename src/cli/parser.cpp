#include "cli/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "base/text.h"

namespace asiaq::cli {

namespace {

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

bool is_option_like(std::string_view word) { return word.size() > 1 && word.front() == '-'; }

bool is_negative_number(std::string_view word) {
  if (word.size() < 2 || word.front() != '-') return false;
  word.remove_prefix(1);
  const auto is_digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  const std::size_t point = word.find('.');
  const std::string_view whole = word.substr(0, point);
  if (!std::all_of(whole.begin(), whole.end(), is_digit)) return false;
  if (point == std::string_view::npos) return true;
  const std::string_view fraction = word.substr(point + 1);
  return !fraction.empty() && std::all_of(fraction.begin(), fraction.end(), is_digit);
}

/// An option that can be named at some place of the command line.
struct Candidate {
  const OptionRecord* record = nullptr;
  std::size_t own_index = nowhere;  ///< Among the command's own options.
};

/// An option as it was given.
struct Given {
  Candidate option;
  std::string value;
};

/// One pass over a command line, for one command or for none.
class Scan {
 public:
  /// `command_at` is the index of the command's word, nowhere in a tool without sub-commands.
  Scan(const Tool& tool, const Command* command, std::size_t command_at)
      : tool_(tool), command_at_(command_at) {
    shared_ = shared_options(tool, command);
    help_.name = "--help";
    help_.kind = ValueKind::flag;
    help_.details.aliases = {"-h"};
    if (command != nullptr) {
      for (std::size_t i = 0; i < command->options.size(); ++i) {
        if (!command->options[i].is_positional()) candidates_.push_back({&command->options[i], i});
      }
    }
    for (const OptionRecord& record : shared_) candidates_.push_back({&record, nowhere});
    candidates_.push_back({&help_, nowhere});
  }

  /// Reads words[0, end); true if it arrived exactly there.
  bool read(const std::vector<std::string>& words, std::size_t end) {
    std::size_t at = 0;
    while (at < end) {
      const std::string& word = words[at];
      if (at == command_at_) {
        is_after_command_ = true;
        ++at;
      } else if (!options_ended_ && word == "--" && tool_.dialect == Dialect::sub_command) {
        options_ended_ = true;
        ++at;
      } else if (!options_ended_ && is_option_like(word) &&
                 !(tool_.dialect == Dialect::sub_command && is_negative_number(word))) {
        at = read_option(words, at);
      } else {
        plain_words_.push_back(word);
        ++at;
      }
    }
    return at == end;
  }

  bool wants_help() const { return wants_help_; }
  const std::vector<std::string>& plain_words() const { return plain_words_; }
  const std::vector<Given>& given() const { return given_; }
  const std::string& problem() const { return problem_; }

 private:
  void report(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }

  /// Returns the index of the word after the option and its value.
  std::size_t read_option(const std::vector<std::string>& words, std::size_t at) {
    const std::string& word = words[at];
    const bool is_long = word.rfind("--", 0) == 0;
    const std::size_t name_end = is_long ? word.find('=') : std::size_t{2};
    const std::string name = word.substr(0, name_end);
    std::optional<std::string> inline_value;
    if (name_end < word.size()) inline_value = word.substr(name_end + (is_long ? 1 : 0));
    const std::optional<Candidate> option = resolve(name);
    if (!option) return at + 1;
    if (option->record == &help_) {
      wants_help_ = true;
      return at + 1;
    }
    if (option->record->kind == ValueKind::flag) {
      if (inline_value) {
        report(fmt::format("argument {}: takes no value, but got '{}'", option->record->name,
                           *inline_value));
      }
      given_.push_back({*option, ""});
      return at + 1;
    }
    if (inline_value) {
      given_.push_back({*option, *inline_value});
      return at + 1;
    }
    if (at + 1 >= words.size() || !can_be_value(words[at + 1])) {
      report(fmt::format("argument {}: expected a value", option->record->name));
      return at + 1;
    }
    given_.push_back({*option, words[at + 1]});
    return at + 2;
  }

  bool can_be_value(std::string_view word) const {
    if (tool_.dialect == Dialect::usage_grammar) return true;
    return !is_option_like(word) || is_negative_number(word) ||
           word.find(' ') != std::string_view::npos;
  }

  bool was_looked_for_here(const Candidate& candidate) const {
    if (candidate.record == &help_) return true;
    if (candidate.record->details.origin != Origin::original) return false;
    if (tool_.dialect == Dialect::usage_grammar || command_at_ == nowhere) return true;
    return (candidate.record->details.place == Place::after_command) == is_after_command_;
  }

  std::optional<Candidate> resolve(const std::string& name) {
    std::vector<Candidate> original;
    std::vector<Candidate> all;
    std::vector<std::string> names;
    for (const Candidate& candidate : candidates_) {
      const OptionRecord& record = *candidate.record;
      const std::vector<std::string>& aliases = record.details.aliases;
      if (record.name == name || std::find(aliases.begin(), aliases.end(), name) != aliases.end()) {
        return candidate;
      }
      const auto begins = [&](const std::string& known) { return known.rfind(name, 0) == 0; };
      const bool by_name = begins(record.name);
      if (by_name && was_looked_for_here(candidate)) original.push_back(candidate);
      if (by_name || std::any_of(aliases.begin(), aliases.end(), begins)) all.push_back(candidate);
      names.push_back(record.name);
    }
    const bool is_abbreviation = name.rfind("--", 0) == 0;
    const std::vector<Candidate>& matches = original.empty() ? all : original;
    if (is_abbreviation && matches.size() == 1) return matches.front();
    if (is_abbreviation && matches.size() > 1) {
      std::vector<std::string> meant;
      meant.reserve(matches.size());
      for (const Candidate& match : matches) meant.push_back(match.record->name);
      report(fmt::format("ambiguous option: {} could be {}", name, join(meant, ", ")));
      return {};
    }
    const std::optional<std::string> near = nearest(name, names);
    report(fmt::format("unrecognized argument: {}{}", name,
                       near ? fmt::format(" (did you mean {}?)", *near) : ""));
    return {};
  }

  const Tool& tool_;
  std::size_t command_at_;
  std::vector<OptionRecord> shared_;
  OptionRecord help_;
  std::vector<Candidate> candidates_;
  bool is_after_command_ = false;
  bool options_ended_ = false;
  bool wants_help_ = false;
  std::vector<std::string> plain_words_;
  std::vector<Given> given_;
  std::string problem_;
};

/// Where a command's word stands and which it is.
struct Found {
  const Command* command = nullptr;
  std::size_t at = nowhere;
};

/// The first word that names a command and is not the value of an option of that command.
std::optional<Found> find_command(const Tool& tool, const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (const Command& command : tool.commands) {
      if (command.word != words[i]) continue;
      Scan scan(tool, &command, i);
      if (scan.read(words, i) && scan.plain_words().empty() && scan.problem().empty()) {
        return Found{&command, i};
      }
    }
  }
  return {};
}

/// Says why no command was found, or that help for the tool is wanted.
ParsedLine without_command(const Tool& tool, const std::vector<std::string>& words) {
  Scan scan(tool, nullptr, nowhere);
  scan.read(words, words.size());
  if (scan.wants_help()) {
    ParsedLine line;
    line.wants_help = true;
    return line;
  }
  std::vector<std::string> known;
  for (const Command& command : tool.commands) known.push_back(command.word);
  if (!scan.plain_words().empty()) {
    const std::string& word = scan.plain_words().front();
    const bool is_known = std::find(known.begin(), known.end(), word) != known.end();
    if (!is_known) {
      const std::optional<std::string> near = nearest(word, known);
      throw CommandLineError(
          fmt::format("invalid choice: '{}' (choose from {}){}", word, join(known, ", "),
                      near ? fmt::format("; did you mean {}?", *near) : ""),
          nullptr);
    }
  }
  if (!scan.problem().empty()) throw CommandLineError(scan.problem(), nullptr);
  throw CommandLineError(
      fmt::format("too few arguments: a command is needed, one of {}", join(known, ", ")), nullptr);
}

/// Checks what was given against the command's record and puts it in order.
class Checker {
 public:
  Checker(const Tool& tool, const Command& command, const Scan& scan)
      : tool_(tool), command_(command), scan_(scan), count_(command.options.size(), 0) {}

  ParsedLine check() {
    if (!scan_.problem().empty()) fail(scan_.problem());
    for (const Given& given : scan_.given()) take(given);
    take_plain_words();
    for (std::size_t i = 0; i < command_.options.size(); ++i) {
      const OptionRecord& option = command_.options[i];
      if (option.details.need == Need::mandatory && count_[i] == 0) {
        fail(option.is_positional() ? fmt::format("too few arguments: {} is missing", option.name)
                                    : fmt::format("argument {} is required", option.name));
      }
    }
    for (const OptionGroup& group : command_.groups) check_group(group);
    check_exclusions();
    return std::move(line_);
  }

 private:
  [[noreturn]] void fail(const std::string& reason) const {
    throw CommandLineError(reason, &command_);
  }

  void take(const Given& given) {
    const OptionRecord& option = *given.option.record;
    const bool is_repeated =
        std::find(given_names_.begin(), given_names_.end(), option.name) != given_names_.end();
    if (is_repeated && !option.is_repeatable && tool_.dialect == Dialect::usage_grammar) {
      fail(fmt::format("argument {}: may be given only once", option.name));
    }
    given_names_.push_back(option.name);
    check_value(option, given.value);
    if (option.setting) {
      store_setting(*option.setting, given.value);
    } else {
      ++count_[given.option.own_index];
      line_.assignments.push_back({given.option.own_index, given.value});
    }
  }

  void store_setting(Setting setting, const std::string& value) {
    try {
      apply(line_.settings, setting, value);
    } catch (const UsageError& error) {
      fail(error.reason());
    }
  }

  void check_value(const OptionRecord& option, const std::string& value) const {
    try {
      long long integer = 0;
      double number = 0;
      if (option.kind == ValueKind::integer) detail::convert(option.name, value, integer);
      if (option.kind == ValueKind::number) detail::convert(option.name, value, number);
    } catch (const UsageError& error) {
      fail(error.reason());
    }
    const std::vector<std::string>& choices = option.details.choices;
    if (!choices.empty() && std::find(choices.begin(), choices.end(), value) == choices.end()) {
      fail(fmt::format("argument {}: invalid choice: '{}' (choose from {})", option.name, value,
                       join(choices, ", ")));
    }
  }

  void take_plain_words() {
    const std::vector<std::string>& words = scan_.plain_words();
    std::size_t next = 0;
    for (std::size_t i = 0; i < command_.options.size() && next < words.size(); ++i) {
      const OptionRecord& option = command_.options[i];
      if (!option.is_positional()) continue;
      do {
        check_value(option, words[next]);
        ++count_[i];
        line_.assignments.push_back({i, words[next++]});
      } while (option.is_repeatable && next < words.size());
    }
    if (next < words.size()) {
      const std::vector<std::string> rest(words.begin() + static_cast<std::ptrdiff_t>(next),
                                          words.end());
      fail(fmt::format("unrecognized arguments: {}", join(rest, " ")));
    }
  }

  void check_group(const OptionGroup& group) const {
    std::vector<std::string> names;
    std::vector<std::string> given;
    for (const std::size_t i : group.options) {
      names.push_back(command_.options[i].name);
      if (count_[i] > 0) given.push_back(command_.options[i].name);
    }
    if (given.size() > 1) {
      fail(fmt::format("argument {}: not allowed with argument {}", given[1], given[0]));
    }
    if (given.empty() && group.rule == GroupRule::exactly_one) {
      fail(fmt::format("one of the arguments {} is required", join(names, " ")));
    }
  }

  void check_exclusions() const {
    for (std::size_t i = 0; i < command_.options.size(); ++i) {
      if (count_[i] == 0) continue;
      for (const std::string& other : command_.options[i].details.excludes) {
        if (std::find(given_names_.begin(), given_names_.end(), other) != given_names_.end()) {
          fail(fmt::format("argument {}: not allowed with argument {}", command_.options[i].name,
                           other));
        }
      }
    }
  }

  const Tool& tool_;
  const Command& command_;
  const Scan& scan_;
  std::vector<int> count_;
  std::vector<std::string> given_names_;
  ParsedLine line_;
};

}  // namespace

ParsedLine parse(const Tool& tool, const std::vector<std::string>& words) {
  Found found;
  const bool has_sub_commands = tool.commands.size() != 1 || !tool.commands.front().word.empty();
  if (has_sub_commands) {
    const std::optional<Found> seen = find_command(tool, words);
    if (!seen) return without_command(tool, words);
    found = *seen;
  } else {
    found.command = &tool.commands.front();
  }
  Scan scan(tool, found.command, found.at);
  scan.read(words, words.size());
  ParsedLine line;
  if (scan.wants_help()) {
    line.wants_help = true;
  } else {
    line = Checker(tool, *found.command, scan).check();
  }
  line.command = found.command;
  return line;
}

}  // namespace asiaq::cli
