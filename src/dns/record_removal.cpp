#include "dns/record_removal.h"

#include "aws/error.h"

namespace asiaq::dns {

namespace {

using Steps = std::vector<plan::ChangeId>;

void remove(const aws::route53::Client& route53, const Record& record) {
  try {
    route53.change_resource_record_sets(
        {.hosted_zone_id = record.zone_id,
         .change_batch = aws::route53::ChangeBatch{
             .changes = {{.action = "DELETE", .resource_record_set = record.set}}}});
  } catch (const aws::ServiceError& error) {
    // Route 53's code for a record that is not there, or no longer as it was.
    if (!error.has_code("InvalidChangeBatch")) throw;
  }
}

}  // namespace

RecordRemovals::RecordRemovals(plan::Plan& plan, const aws::route53::Client& route53,
                               const std::vector<Record>& records, const Steps& before)
    : records_(records), before_(before) {
  for (const Record& record : records_) {
    changes_.push_back(
        plan.add({.verb = plan::Verb::remove,
                  .resource = {.kind = "DNS record", .name = record.set.name.value_or("")},
                  .carry_out = [route53, record] { remove(route53, record); },
                  .after = before_}));
  }
}

Steps RecordRemovals::of(const std::string& name) const {
  Steps result = before_;
  const std::string normal = normal_name(name);
  for (std::size_t i = 0; i < records_.size(); ++i) {
    if (records_[i].leads_to(normal)) result.push_back(changes_[i]);
  }
  return result;
}

}  // namespace asiaq::dns
