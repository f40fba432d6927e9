// Answers of the JSON protocols, good ones and errors. What was read can be written, and read
// again.
#include "aws/protocol/json.h"

#include "aws/cloudwatch/tables.h"
#include "aws/cloudwatch/types.h"
#include "aws/logs/tables.h"
#include "aws/logs/types.h"
#include "aws/protocol/protocol.h"
#include "aws/ssm/tables.h"
#include "aws/ssm/types.h"
#include "fuzz/targets.h"

namespace asiaq::fuzz {
namespace {

template <class Output>
void read(const aws::Service& service, const aws::Operation& operation,
          const aws::http::Response& response) {
  Output output;
  try {
    aws::protocol::read_response(service, operation, response, &output);
  } catch (const aws::protocol::UnreadableResponse&) {
    return;
  }
  const std::string written = aws::protocol::write_json(*operation.output, &output, "");
  Output again;
  aws::protocol::read_json(written, *operation.output, &again);
  promise(aws::protocol::write_json(*operation.output, &again, "") == written,
          "what was written is read as something else");
}

}  // namespace

void json(std::string_view input) {
  using namespace aws;
  const http::Response response{.status = 200, .headers = {}, .body = std::string(input)};
  read<cloudwatch::DescribeAlarmsOutput>(cloudwatch::tables::service,
                                         cloudwatch::tables::DescribeAlarms_operation, response);
  read<logs::DescribeLogGroupsResponse>(logs::tables::service,
                                        logs::tables::DescribeLogGroups_operation, response);
  read<ssm::GetCommandInvocationResult>(ssm::tables::service,
                                        ssm::tables::GetCommandInvocation_operation, response);
  const auto error = protocol::read_error(cloudwatch::tables::service, response);
  promise(!error.code.empty(), "an error without a code");
}

}  // namespace asiaq::fuzz
