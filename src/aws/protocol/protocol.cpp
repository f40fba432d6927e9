#include "aws/protocol/protocol.h"

#include "aws/encoding.h"
#include "aws/error.h"
#include "aws/protocol/json.h"
#include "aws/protocol/plain_text.h"
#include "aws/protocol/query.h"
#include "aws/protocol/rest.h"
#include "aws/protocol/xml.h"
#include "base/text.h"

namespace asiaq::aws::protocol {
namespace {

std::string host_prefix(const Operation& operation, const void* input) {
  std::string prefix;
  std::string_view rest = operation.host_prefix;
  while (!rest.empty()) {
    const std::size_t open = std::min(rest.find('{'), rest.size());
    prefix += rest.substr(0, open);
    rest.remove_prefix(open);
    if (rest.empty()) break;
    const std::string_view name = rest.substr(1, rest.find('}') - 1);
    rest.remove_prefix(std::min(rest.size(), name.size() + 2));
    const Member* member = operation.input == nullptr ? nullptr : operation.input->find(name);
    const void* value = member == nullptr ? nullptr : member->peek(input);
    const std::string label =
        value == nullptr ? "" : scalar_text(*member, value, TimeFormat::iso8601);
    if (label.empty() || label.find_first_not_of(
                             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") !=
                             std::string::npos) {
      throw RequestError(std::string(operation.name) + " needs a host name label for " +
                         std::string(name));
    }
    prefix += label;
  }
  return prefix;
}

void compress(const Operation& operation, const WriteOptions& options, http::Request& request) {
  if (!operation.gzip_supported || request.body.size() < options.compressed_from) return;
  request.body = gzip(request.body);
  const std::string* before = request.headers.find("Content-Encoding");
  request.headers.set("Content-Encoding", before == nullptr ? "gzip" : *before + ", gzip");
}

void read_query_response(const Service& service, const Operation& operation,
                         const http::Response& response, void* output) {
  std::string wrapper;
  if (service.protocol == Protocol::query) {
    wrapper = operation.result_wrapper.empty() ? std::string(operation.name) + "Result"
                                               : std::string(operation.result_wrapper);
  }
  read_xml(response.body, *operation.output, output, wrapper);
}

}  // namespace

WrittenRequest write_request(const Service& service, const Operation& operation, const void* input,
                             const WriteOptions& options) {
  WrittenRequest written;
  http::Request& request = written.http;
  request.method = operation.http_method;
  switch (service.protocol) {
    case Protocol::ec2:
    case Protocol::query:
      request.body = write_form(service, operation, input, options.idempotency_token);
      request.headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
      break;
    case Protocol::json:
      request.body = operation.input == nullptr
                         ? "{}"
                         : write_json(*operation.input, input, options.idempotency_token);
      request.headers.set("Content-Type",
                          "application/x-amz-json-" + std::string(service.json_version));
      request.headers.set("X-Amz-Target",
                          std::string(service.target_prefix) + "." + std::string(operation.name));
      if (service.query_compatible) request.headers.set("X-Amzn-Query-Mode", "true");
      break;
    case Protocol::rest_json:
    case Protocol::rest_xml:
      write_rest(service, operation, input, options.idempotency_token, request);
      break;
  }
  if (options.upload != nullptr) {
    request.body.clear();
    request.upload = options.upload;
  }
  compress(operation, options, request);
  add_checksum(operation, options.uploads, options.downloads, request);
  written.host_prefix = host_prefix(operation, input);
  return written;
}

void read_response(const Service& service, const Operation& operation,
                   const http::Response& response, void* output) {
  if (operation.output == nullptr || output == nullptr) return;
  switch (service.protocol) {
    case Protocol::ec2:
    case Protocol::query:
      return read_query_response(service, operation, response, output);
    case Protocol::json:
      if (!trimmed(response.body).empty()) read_json(response.body, *operation.output, output);
      return;
    case Protocol::rest_json:
    case Protocol::rest_xml:
      return read_rest(service, operation, response, output);
  }
}

}  // namespace asiaq::aws::protocol
