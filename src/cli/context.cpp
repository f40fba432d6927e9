#include "cli/context.h"

#include <unistd.h>

#include <iostream>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "config/environment_choice.h"

namespace asiaq::cli {

Context::Context(const Tool& tool, const Command& command, Settings settings, Output& output,
                 SessionFactory open_session)
    : tool_(tool),
      command_(command),
      settings_(std::move(settings)),
      config_(config::ConfigFolder::root_from_environment()),
      output_(output),
      open_session_(std::move(open_session)) {}

aws::Session& Context::session() {
  if (!session_) {
    const bool may_write = has(command_.effect, Effect::changes) && !dry_run();
    session_ = open_session_(may_write ? aws::Access::read_write : aws::Access::read_only);
  }
  return *session_;
}

std::string Context::environment_name() const {
  return config::require_environment(settings_.environment, config_);
}

std::string Context::chosen_environment() const {
  return config::choose_environment(settings_.environment, config_);
}

void Context::show_statistics() const {
  if (!settings_.stats) return;
  const aws::CallStatistics none;
  const aws::CallStatistics& calls = session_ ? session_->calls() : none;
  if (output_format() == OutputFormat::json) {
    std::cerr << aws::to_json(calls) << '\n';
  } else {
    std::cerr << aws::to_table(calls);
  }
}

bool Context::confirm(const std::string& question) const {
  if (settings_.yes) return true;
  if (isatty(STDIN_FILENO) == 0) {
    UsageError error("the command asks before it does this, and there is no terminal to ask at");
    error.set_hint("give --yes");
    throw error;
  }
  std::cerr << question << " [y/N] " << std::flush;
  std::string answer;
  return std::getline(std::cin, answer) && is_truthy(trimmed(answer));
}

}  // namespace asiaq::cli
