// Answer headers, and what S3's redirects are read from.
#include "aws/http/transfer.h"
#include "aws/s3_region.h"
#include "fuzz/targets.h"

namespace asiaq::fuzz {

void http_header(std::string_view input) {
  using namespace aws;
  const http::Request request;
  const http::Limits limits;
  http::Transfer transfer(request, limits, http::Resend::allowed);
  protocol::ErrorFacts error{.code = "301"};
  while (!input.empty()) {
    std::string line(next_line(input));
    if (line.starts_with("=")) error.details["Endpoint"] = line.substr(1);
    line += "\r\n";
    if (http::Transfer::take_header(line.data(), 1, line.size(), &transfer) != line.size()) break;
  }
  if (const auto region = region_of_redirect(transfer.response, error)) {
    promise(region->find('\n') == std::string::npos, "a region over several lines");
  }
}

}  // namespace asiaq::fuzz
