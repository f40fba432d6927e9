// Tools with all that the two dialects know, for tests of parser and help.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/context.h"

namespace asiaq::cli {

struct SampleProvision {
  std::optional<std::string> ami;
  std::optional<std::string> hostclass;
  std::optional<std::string> desired_size;
  std::optional<int> iops;
  double level = 1.5;
  int keep = 3;
  bool testing = false;
  bool no_destroy = false;
};

struct SampleSelector {
  std::vector<std::string> instances;
  std::vector<std::string> hostnames;
};

struct SampleExec : SampleSelector {
  std::string command;
};

struct SampleListing {
  bool state = false;
  bool hostname = false;
  std::optional<std::string> stage;
};

struct SampleKey {
  std::string key;
  std::optional<std::string> bucket;
};

inline Tool sample_sub_command_tool() {
  const auto nothing = [](Context&, const auto&) {};
  return {
      .dialect = Dialect::sub_command,
      .environment = EnvironmentOption::before_command,
      .has_truncate = true,
      .commands =
          {
              Record<SampleProvision>{
                  .word = "provision",
                  .summary = "Start hosts",
                  .options = {option("--ami", &SampleProvision::ami, {.value = "ID"}),
                              option("--hostclass", &SampleProvision::hostclass),
                              option("--desired-size", &SampleProvision::desired_size,
                                     {.help = "how many"}),
                              option("--iops", &SampleProvision::iops),
                              option("--level", &SampleProvision::level),
                              option("--keep", &SampleProvision::keep),
                              option("--testing", &SampleProvision::testing),
                              option("--no-destroy", &SampleProvision::no_destroy)},
                  .effect = Effect::changes,
                  .run = nothing},
              Record<SampleSelector>{
                  .word = "terminate",
                  .summary = "End hosts",
                  .options = {exactly_one(option("--instance", &SampleSelector::instances),
                                          option("--hostname", &SampleSelector::hostnames))},
                  .effect = Effect::changes,
                  .run = nothing},
              Record<SampleExec>{
                  .word = "exec",
                  .summary = "Run a command on hosts",
                  .options = {option("--command", &SampleExec::command,
                                     {.need = Need::mandatory, .aliases = {"-c"}}),
                              at_most_one(option("--instance", &SampleExec::instances),
                                          option("--hostname", &SampleExec::hostnames))},
                  .effect = Effect::reads,
                  .run = nothing},
              Record<SampleListing>{.word = "listhosts",
                                    .summary = "List hosts",
                                    .options = {option("--state", &SampleListing::state),
                                                option("--hostname", &SampleListing::hostname),
                                                option("--stage", &SampleListing::stage,
                                                       {.choices = {"tested", "untested"}})},
                                    .effect = Effect::reads | Effect::lists,
                                    .run = nothing},
              Record<SampleKey>{
                  .word = "get",
                  .summary = "Read a key",
                  .options = {option("--key", &SampleKey::key, {.need = Need::mandatory}),
                              option("--bucket", &SampleKey::bucket,
                                     {.place = Place::before_command, .excludes = {"--env"}})},
                  .effect = Effect::reads,
                  .run = nothing},
          },
  };
}

struct SampleRecords {
  std::optional<std::string> zone;
};

struct SampleRecord {
  std::string zone;
  std::string name;
  std::vector<std::string> values;
};

inline Tool sample_usage_tool() {
  const auto nothing = [](Context&, const auto&) {};
  return {
      .dialect = Dialect::usage_grammar,
      .environment = EnvironmentOption::spelled_out,
      .commands =
          {
              Record<SampleRecords>{.word = "list-records",
                                    .summary = "List records",
                                    .options = {option("--zone", &SampleRecords::zone)},
                                    .effect = Effect::reads | Effect::lists,
                                    .run = nothing},
              Record<SampleRecord>{.word = "create-record",
                                   .summary = "Make a record",
                                   .options = {positional("ZONE", &SampleRecord::zone),
                                               positional("NAME", &SampleRecord::name),
                                               positional("VALUE", &SampleRecord::values,
                                                          {.need = Need::mandatory})},
                                   .effect = Effect::changes,
                                   .run = nothing},
          },
  };
}

/// A tool without sub-commands.
inline Tool sample_plain_tool() {
  return {
      .dialect = Dialect::sub_command,
      .environment = EnvironmentOption::before_command,
      .commands = {Record<SampleProvision>{.summary = "Kill hosts",
                                           .options = {option("--level", &SampleProvision::level)},
                                           .effect = Effect::changes,
                                           .dry_run = Origin::original,
                                           .run = [](Context&, const SampleProvision&) {}}}};
}

}  // namespace asiaq::cli
