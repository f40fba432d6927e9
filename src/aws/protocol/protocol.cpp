#include "aws/protocol/protocol.h"

#include <pugixml.hpp>

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

void add_checksum(const Operation& operation, http::Request& request) {
  if (operation.checksum_required || operation.checksum_supported) {
    request.headers.set("X-Amz-Checksum-Crc32", crc32_base64(request.body));
    request.headers.set("X-Amz-Sdk-Checksum-Algorithm", "CRC32");
  } else if (operation.md5_required) {
    request.headers.set("Content-MD5", base64_encode(md5(request.body)));
  }
}

void read_query_response(const Service& service, const Operation& operation,
                         const http::Response& response, void* output) {
  pugi::xml_document document;
  const pugi::xml_parse_result result = load_xml(document, response.body);
  if (!result)
    throw UnreadableResponse{std::string("the body is not XML: ") + result.description()};
  pugi::xml_node element = document.document_element();
  if (service.protocol == Protocol::query) {
    const std::string name = operation.result_wrapper.empty()
                                 ? std::string(operation.name) + "Result"
                                 : std::string(operation.result_wrapper);
    if (const pugi::xml_node wrapper = element.child(name.c_str())) element = wrapper;
  }
  read_xml(element, *operation.output, output);
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
  compress(operation, options, request);
  add_checksum(operation, request);
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
