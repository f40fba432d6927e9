#include "cli/settings.h"

#include <fmt/format.h>

#include <cctype>
#include <utility>

#include "base/error.h"

namespace asiaq::cli {

namespace {

OptionRecord shared(std::string name, Setting setting, ValueKind kind, OptionDetails details) {
  OptionRecord record;
  record.name = std::move(name);
  record.kind = kind;
  record.details = std::move(details);
  record.setting = setting;
  return record;
}

void add_environment(std::vector<OptionRecord>& options, EnvironmentOption form) {
  if (form == EnvironmentOption::none) return;
  const bool spelled_out = form == EnvironmentOption::spelled_out;
  options.push_back(shared(
      spelled_out ? "--environment" : "--env", Setting::environment, ValueKind::text,
      {.value = "NAME",
       .help = "environment; by default DEFAULT_ENV, then default_environment of disco_aws.ini",
       .place =
           form == EnvironmentOption::after_command ? Place::after_command : Place::before_command,
       .aliases = {spelled_out ? "--env" : "--environment"}}));
}

double seconds_of(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 60 * 60;
    case 'd':
      return 24 * 60 * 60;
    default:
      return 0;
  }
}

}  // namespace

std::vector<OptionRecord> shared_options(const Tool& tool, const Command* command) {
  std::vector<OptionRecord> options;
  options.push_back(shared("--debug", Setting::debug, ValueKind::flag,
                           {.help = "log in detail", .place = Place::before_command}));
  add_environment(options, tool.environment);
  if (tool.has_truncate) {
    options.push_back(shared("--truncate", Setting::truncate, ValueKind::flag,
                             {.help = "accepted; does nothing", .place = Place::before_command}));
  }
  const Effect effect = command != nullptr ? command->effect : Effect::local;
  if (has(effect, Effect::changes | Effect::changes_host)) {
    options.push_back(shared("--dry-run", Setting::dry_run, ValueKind::flag,
                             {.help = "show what would be changed and change nothing",
                              .origin = command->dry_run,
                              .aliases = {"--dryrun"}}));
    options.push_back(shared("--detailed-exitcode", Setting::detailed_exit_code, ValueKind::flag,
                             {.help = "with --dry-run: end with status 3 if there are changes",
                              .origin = Origin::added}));
  }
  if (has(effect, Effect::changes)) {
    options.push_back(shared("--yes", Setting::yes, ValueKind::flag,
                             {.help = "answer questions with yes", .origin = Origin::added}));
  }
  if (has(effect, Effect::changes | Effect::changes_host | Effect::lists)) {
    options.push_back(shared(
        "--output", Setting::output, ValueKind::text,
        {.help = "form of the results", .origin = Origin::added, .choices = {"text", "json"}}));
  }
  if (effect != Effect::local) {
    options.push_back(shared("--timeout", Setting::timeout, ValueKind::text,
                             {.value = "TIME",
                              .help = "bound on all waiting, such as 90s, 45m or 1h30m",
                              .origin = Origin::added}));
  }
  if (command != nullptr && !has(effect, Effect::changes_host)) {
    options.push_back(
        shared("--stats", Setting::stats, ValueKind::flag,
               {.help = "say at the end which AWS calls were made", .origin = Origin::added}));
  }
  return options;
}

void apply(Settings& settings, Setting setting, const std::string& value) {
  switch (setting) {
    case Setting::debug:
      settings.debug = true;
      break;
    case Setting::stats:
      settings.stats = true;
      break;
    case Setting::truncate:
      break;
    case Setting::environment:
      settings.environment = value;
      break;
    case Setting::dry_run:
      settings.dry_run = true;
      break;
    case Setting::detailed_exit_code:
      settings.detailed_exit_code = true;
      break;
    case Setting::yes:
      settings.yes = true;
      break;
    case Setting::output:
      settings.output = value == "json" ? OutputFormat::json : OutputFormat::text;
      break;
    case Setting::timeout:
      settings.timeout = parse_duration(value);
      if (!settings.timeout) {
        throw UsageError(
            fmt::format("argument --timeout: '{}' is not a time such as 90s, 45m or 1h30m", value));
      }
      break;
  }
}

std::optional<Seconds> parse_duration(std::string_view text) {
  constexpr double longest = 365.0 * 24 * 60 * 60;
  double total = 0;
  while (!text.empty()) {
    std::size_t digits = 0;
    double number = 0;
    while (digits < text.size() && std::isdigit(static_cast<unsigned char>(text[digits])) != 0) {
      number = number * 10 + (text[digits] - '0');
      ++digits;
    }
    if (digits == 0) return {};
    text.remove_prefix(digits);
    const double unit = text.empty() ? 1 : seconds_of(text.front());
    if (unit == 0) return {};
    if (!text.empty()) text.remove_prefix(1);
    total += number * unit;
  }
  if (total <= 0 || total > longest) return {};
  return Seconds(total);
}

}  // namespace asiaq::cli
