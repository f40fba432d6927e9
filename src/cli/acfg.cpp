// asiaq acfg: installs the files of discoroot on a host that is being baked.
#include "instance/acfg.h"

#include "cli/commands.h"
#include "cli/context.h"

namespace asiaq::cli {

namespace {

struct Acfg {
  std::string source;
  std::string destination;
  bool dry = false;
  std::vector<std::string> hostclasses;
};

void run(Context&, const Acfg& options) {
  using instance::acfg::Options;
  instance::acfg::install({.source = options.source,
                           .destination = options.destination,
                           .hostclasses = options.hostclasses.empty()
                                              ? std::vector{instance::acfg::hostclass_of_host()}
                                              : options.hostclasses,
                           .mode = options.dry ? Options::Mode::rehearse : Options::Mode::install});
}

}  // namespace

Tool acfg_tool() {
  return {
      .dialect = Dialect::sub_command,
      .commands = {Record<Acfg>{
          .word = "",
          .summary = "Install a tree of configuration files",
          .details = "A file `name~HOSTCLASS` is installed as `name` on hosts of that hostclass "
                     "and beats a plain `name`; those of other hostclasses are skipped. "
                     "SOURCE/acfg.metadata then sets modes and owners: lines "
                     "`path[~HOSTCLASS] mode user group`.",
          .options = {positional("SOURCE", &Acfg::source, {.help = "the tree, usually discoroot"}),
                      positional("DESTINATION", &Acfg::destination, {.help = "usually /"}),
                      option("--dry", &Acfg::dry, {.help = "only say what would be done"}),
                      option("--hostclass", &Acfg::hostclasses,
                             {.help =
                                  "instead of the one in /opt/wgen/etc/hostclass; may be repeated, "
                                  "the first one that has a file wins",
                              .origin = Origin::added})},
          .effect = Effect::local,
          .run = run}}};
}

}  // namespace asiaq::cli
