// asiaq eip, disco_eip.py: elastic IPs.
#include "aws/ec2/client.h"
#include "cli/carry_out.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "network/elastic_ip.h"

namespace asiaq::cli {

namespace {

using network::ElasticIp;

void list(Context& context, const NoOptions&) {
  const std::vector<Column<ElasticIp>> columns{
      {.key = "address", .text = [](const ElasticIp& ip) { return ip.address; }},
      {.key = "instance_id",
       .text = [](const ElasticIp& ip) { return ip.instance_id.empty() ? "-" : ip.instance_id; },
       .fact = [](const ElasticIp& ip) { return ip.instance_id.empty() ? Fact() : ip.instance_id; },
       .separator = "\t"},
      {.key = "allocation_id",
       .text = [](const ElasticIp& ip) { return ip.allocation_id; },
       .shown = Shown::in_json_only},
      {.key = "is_in_use",
       .text = [](const ElasticIp&) { return std::string(); },
       .fact = [](const ElasticIp& ip) { return !ip.association_id.empty(); },
       .shown = Shown::in_json_only},
  };
  context.print_table(columns, network::list_elastic_ips(aws::ec2::Client(context.session())));
}

void allocate(Context& context, const NoOptions&) {
  plan::Plan plan;
  const auto address = network::add_allocation(plan, aws::ec2::Client(context.session()));
  carry_out(context, plan);
  if (context.dry_run()) return;
  if (context.output_format() == OutputFormat::json) {
    context.output().write(json_rows({{{"address", *address}}}));
  } else {
    context.print(*address);
  }
}

struct Release {
  std::string eip;
  bool force = false;
};

void release(Context& context, const Release& wanted) {
  const aws::ec2::Client ec2(context.session());
  plan::Plan plan;
  network::add_release(plan, ec2, network::find_elastic_ip(ec2, wanted.eip),
                       wanted.force ? network::InUse::disassociate : network::InUse::refuse);
  carry_out(context, plan);
}

}  // namespace

Tool eip_tool() {
  return {
      .dialect = Dialect::sub_command,
      .commands =
          {
              Record<NoOptions>{
                  .word = "list",
                  .summary = "List the elastic IPs of the region and the instances that have them",
                  .effect = Effect::reads | Effect::lists,
                  .run = list},
              Record<NoOptions>{.word = "allocate",
                                .summary = "Allocate an elastic IP and print it",
                                .effect = Effect::changes,
                                .run = allocate},
              Record<Release>{
                  .word = "release",
                  .summary = "Give an elastic IP back to AWS",
                  .options = {option(
                                  "--eip", &Release::eip,
                                  {.value = "IP", .help = "the address", .need = Need::mandatory}),
                              option("--force", &Release::force,
                                     {.help = "take it away from what has it"})},
                  .effect = Effect::changes,
                  .run = release},
          },
  };
}

}  // namespace asiaq::cli
