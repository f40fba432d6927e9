#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "aws/protocol/protocol.h"
#include "aws/protocol/xml.h"
#include "base/text.h"

namespace asiaq::aws::protocol {
namespace {

constexpr std::size_t kShownOfUnreadable = 200;

std::string status_text(int status) {
  switch (status) {
    case 301:
      return "moved permanently";
    case 307:
      return "temporary redirect";
    case 400:
      return "bad request";
    case 403:
      return "forbidden";
    case 404:
      return "not found";
    case 405:
      return "method not allowed";
    case 412:
      return "precondition failed";
    case 500:
      return "internal error";
    case 502:
      return "bad gateway";
    case 503:
      return "service unavailable";
    case 504:
      return "gateway time-out";
    default:
      return "";
  }
}

std::string first_text(const std::string& body) {
  std::string text;
  bool tag = false;
  for (const char sign : body) {
    if (sign == '<') tag = true;
    const bool blank = sign == '\n' || sign == '\r' || sign == '\t' || sign == ' ';
    if (!tag && !(blank && (text.empty() || text.back() == ' '))) text += blank ? ' ' : sign;
    if (sign == '>') tag = false;
    if (text.size() >= kShownOfUnreadable) break;
  }
  return std::string(trimmed(text));
}

void read_xml_error(const std::string& body, ErrorFacts& facts) {
  pugi::xml_document document;
  try {
    load_xml(document, body);
  } catch (const UnreadableResponse&) {
    return;  // a proxy's page, or cut off
  }
  const pugi::xml_node root = document.document_element();
  // <Response><Errors><Error> of EC2, <ErrorResponse><Error> of the query services, a bare <Error>
  // of S3.
  pugi::xml_node error = root.child("Errors").child("Error");
  if (!error) error = root.child("Error");
  if (!error && std::string_view(root.name()) == "Error") error = root;
  if (!error) return;
  for (const pugi::xml_node& child : error.children()) {
    const std::string_view name = child.name();
    const std::string text = child.text().get();
    if (name == "Code") {
      facts.code = trimmed(text);
    } else if (name == "Message" || name == "message") {
      facts.message = trimmed(text);
    } else if (name == "RequestId") {
      facts.request_id = text;
    } else if (!text.empty()) {
      facts.details.emplace(name, text);
    }
  }
  for (const char* name : {"RequestId", "RequestID", "requestId"}) {
    if (const pugi::xml_node id = root.child(name)) facts.request_id = id.text().get();
  }
  if (const pugi::xml_node id = root.child("ResponseMetadata").child("RequestId")) {
    facts.request_id = id.text().get();
  }
}

// "com.amazonaws.x#NoSuch:http://…" is the error NoSuch.
std::string bare_type(std::string type) {
  type = type.substr(0, type.find(':'));
  if (const std::size_t hash = type.rfind('#'); hash != std::string::npos)
    type = type.substr(hash + 1);
  return std::string(trimmed(type));
}

void read_json_error(const Service& service, const http::Response& response, ErrorFacts& facts) {
  const nlohmann::json body = nlohmann::json::parse(response.body, nullptr, false);
  if (body.is_object()) {
    for (const char* name : {"__type", "code", "Code"}) {
      const auto found = body.find(name);
      if (found != body.end() && found->is_string()) {
        facts.code = bare_type(found->get<std::string>());
        break;
      }
    }
    for (const auto& [name, value] : body.items()) {
      if (!value.is_string()) continue;
      if (lower_case(name) == "message" || name == "errorMessage") {
        facts.message = value.get<std::string>();
      } else if (name != "__type" && name != "code") {
        facts.details.emplace(name, value.get<std::string>());
      }
    }
  }
  if (const std::string* type = response.headers.find("x-amzn-errortype"))
    facts.code = bare_type(*type);
  if (const std::string* code = response.headers.find("x-amzn-query-error");
      code && service.query_compatible) {
    facts.code = code->substr(0, code->find(';'));
  }
}

}  // namespace

std::string request_id_of(const http::Headers& headers) {
  for (const char* name : {"x-amzn-requestid", "x-amz-request-id", "x-amz-id-2"}) {
    if (const std::string* found = headers.find(name)) return *found;
  }
  return "";
}

ErrorFacts read_error(const Service& service, const http::Response& response) {
  ErrorFacts facts;
  facts.request_id = request_id_of(response.headers);
  if (service.protocol == Protocol::json || service.protocol == Protocol::rest_json) {
    read_json_error(service, response, facts);
  }
  if (facts.code.empty() && !response.body.empty()) read_xml_error(response.body, facts);
  if (facts.code.empty()) {
    facts.code = std::to_string(response.status);
    facts.message = status_text(response.status);
    if (const std::string text = first_text(response.body); !text.empty()) {
      facts.message +=
          (facts.message.empty() ? "the answer reads: " : "; the answer reads: ") + text;
    }
  }
  return facts;
}

bool is_error_in_disguise(const Service& service, const Operation& operation,
                          const http::Response& response) {
  constexpr std::string_view kRoot = "<Error";
  constexpr std::size_t kWithin = 256;  // behind an XML declaration and blanks sent to keep alive
  if (!service.s3_signing || response.status != 200) return false;
  // An object may hold anything.
  const Shape* output = operation.output;
  if (output != nullptr && output->payload != nullptr &&
      output->payload->has(member_flag::streaming)) {
    return false;
  }
  const std::size_t first = response.body.find('<');
  if (first == std::string::npos ||
      std::string_view(response.body).substr(first, kWithin).find(kRoot) == std::string::npos) {
    return false;
  }
  pugi::xml_document document;
  try {
    load_xml(document, response.body);
  } catch (const UnreadableResponse&) {
    return false;  // for whoever reads it to say
  }
  return std::string_view(document.document_element().name()) == "Error";
}

}  // namespace asiaq::aws::protocol
