// asiaq aws, disco_aws.py: hosts and pipelines of an environment.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/context.h"

namespace asiaq::cli {

namespace {

struct GetHostclassOption {
  std::string hostclass;
  std::string option;
};

void get_hostclass_option(Context& context, const GetHostclassOption& wanted) {
  const config::OptionValue value = context.config().hostclass_option(
      wanted.hostclass, wanted.option, context.chosen_environment());
  context.print(value.is_set() ? value.required()
                               : fmt::format("Hostclass {} has no such option: {}",
                                             wanted.hostclass, wanted.option));
}

}  // namespace

Tool aws_tool() {
  return {
      .dialect = Dialect::sub_command,
      .environment = EnvironmentOption::before_command,
      .has_truncate = true,
      .commands =
          {
              Record<GetHostclassOption>{
                  .word = "gethostclassoption",
                  .summary = "Show what an option of a hostclass is set to in an environment",
                  .details = "Looks in the hostclass's section, then for a default in [disco_aws], "
                             "each first for the environment. A missing option is no error.",
                  .options = {option("--hostclass", &GetHostclassOption::hostclass,
                                     {.need = Need::mandatory}),
                              option("--option", &GetHostclassOption::option,
                                     {.need = Need::mandatory})},
                  .effect = Effect::local,
                  .run = get_hostclass_option},
          },
  };
}

}  // namespace asiaq::cli
