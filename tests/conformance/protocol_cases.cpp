#include <algorithm>
#include <pugixml.hpp>
#include <set>
#include <sstream>

#include "aws/encoding.h"
#include "aws/protocol/protocol.h"
#include "base/text.h"
#include "conformance/case.h"
#include "conformance/registry.h"
#include "conformance/values.h"

namespace asiaq::aws::conformance {
namespace {

// The token that the suites expect where none is given.
constexpr const char* kToken = "00000000-0000-4000-8000-000000000000";

std::vector<std::string> query_items(const std::string& uri) {
  const std::size_t mark = uri.find('?');
  if (mark == std::string::npos) return {};
  std::vector<std::string> items = split(uri.substr(mark + 1), '&');
  for (std::string& item : items) {
    if (!item.empty() && item.find('=') == std::string::npos) item += '=';
  }
  std::sort(items.begin(), items.end());
  return items;
}

// Without blanks between elements; the order of attributes does not matter.
std::string canonical_xml(const pugi::xml_node& node) {
  if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) return node.value();
  std::set<std::string> attributes;
  for (const pugi::xml_attribute& each : node.attributes()) {
    attributes.insert(std::string(" ") + each.name() + "=\"" + each.value() + "\"");
  }
  std::string text = std::string("<") + node.name();
  for (const std::string& each : attributes) text += each;
  text += ">";
  for (const pugi::xml_node& child : node.children()) text += canonical_xml(child);
  return text + "</" + node.name() + ">";
}

// The entries of maps have no order, which is not to be seen from the text.
void sort_elements(pugi::xml_node node) {
  std::vector<std::pair<std::string, pugi::xml_node>> children;
  for (const pugi::xml_node& child : node.children()) {
    sort_elements(child);
    if (child.type() == pugi::node_element) children.emplace_back(canonical_xml(child), child);
  }
  std::stable_sort(children.begin(), children.end(),
                   [](const auto& left, const auto& right) { return left.first < right.first; });
  for (const auto& [text, child] : children) node.append_move(child);
}

bool has_map(const Shape& shape, int depth = 0) {
  if (shape.kind == Kind::map) return true;
  return depth < 8 &&
         std::any_of(shape.members.begin(), shape.members.end(),
                     [&](const Member& member) { return has_map(*member.shape, depth + 1); });
}

std::string canonical_xml(const std::string& body, bool any_order) {
  pugi::xml_document document;
  if (!document.load_buffer(body.data(), body.size())) return body;
  if (any_order) sort_elements(document.document_element());
  return canonical_xml(document.document_element());
}

std::string body_difference(Protocol protocol, const Operation& operation,
                            const http::Request& request, const std::string& wanted) {
  const std::string& body = request.body;
  bool equal = body == wanted;
  const bool maps = operation.input != nullptr && has_map(*operation.input);
  if (protocol == Protocol::json || protocol == Protocol::rest_json) {
    const Json ours = Json::parse(body, nullptr, false);
    const Json theirs = Json::parse(wanted, nullptr, false);
    equal = equal || (!ours.is_discarded() && !theirs.is_discarded() && same(ours, theirs)) ||
            // A request without members has "{}" or nothing.
            (protocol == Protocol::json && wanted.empty() && body == "{}");
  } else if (protocol == Protocol::rest_xml) {
    equal = equal || canonical_xml(body, maps) == canonical_xml(wanted, maps);
  }
  return equal ? "" : "body\n  is     " + body + "\n  wanted " + wanted;
}

void compare_headers(const http::Request& request, const Json& wanted,
                     std::vector<std::string>& differences) {
  const bool form =
      request.headers.get("Content-Type").starts_with("application/x-www-form-urlencoded");
  const Json headers = wanted.value("headers", Json::object());
  for (const auto& [name, value] : headers.items()) {
    std::string expected = value.get<std::string>();
    if (form && lower_case(name) == "content-type" && expected.find("charset") == std::string::npos)
      expected += "; charset=utf-8";
    const std::string* found = request.headers.find(name);
    if (found == nullptr || *found != expected) {
      differences.push_back("header " + name + "\n  is     " +
                            (found == nullptr ? "absent" : *found) + "\n  wanted " + expected);
    }
  }
  for (const Json& name : wanted.value("forbidHeaders", Json::array())) {
    if (request.headers.find(name.get<std::string>()) != nullptr) {
      differences.push_back("header " + name.get<std::string>() + " must not be there");
    }
  }
  for (const Json& name : wanted.value("requireHeaders", Json::array())) {
    // The length is the transport's to say.
    if (lower_case(name.get<std::string>()) == "content-length") continue;
    if (request.headers.find(name.get<std::string>()) == nullptr) {
      differences.push_back("header " + name.get<std::string>() + " is missing");
    }
  }
}

std::vector<std::string> run_input(const Registered& suite, const Entry& entry, const Json& test,
                                   const std::string& client_endpoint) {
  std::vector<std::string> differences;
  const std::shared_ptr<void> input = entry.input();
  if (input) fill(test.value("params", Json::object()), *entry.operation->input, input.get());
  const protocol::WrittenRequest written = protocol::write_request(
      *suite.service, *entry.operation, input.get(), {.idempotency_token = kToken});
  const http::Request& request = written.http;
  const Json& wanted = test.at("serialized");
  if (wanted.contains("method") && request.method != wanted.at("method")) {
    differences.push_back("method is " + request.method + ", wanted " +
                          wanted.at("method").get<std::string>());
  }
  const auto endpoint = http::parse_url(client_endpoint);
  const std::string uri = endpoint->path + request.path +
                          (request.query.empty() ? "" : "?" + http::query_text(request.query));
  const std::string wanted_uri = wanted.value("uri", "/");
  if (uri.substr(0, uri.find('?')) != wanted_uri.substr(0, wanted_uri.find('?')) ||
      query_items(uri) != query_items(wanted_uri)) {
    differences.push_back("URI\n  is     " + uri + "\n  wanted " + wanted_uri);
  }
  compare_headers(request, wanted, differences);
  if (wanted.contains("body")) {
    const std::string difference = body_difference(suite.service->protocol, *entry.operation,
                                                   request, wanted.at("body").get<std::string>());
    if (!difference.empty()) differences.push_back(difference);
  }
  if (wanted.contains("host")) {
    const std::string host = written.host_prefix + endpoint->host + endpoint->path;
    if (wanted.at("host") != host) {
      differences.push_back("host is " + host + ", wanted " + wanted.at("host").get<std::string>());
    }
  }
  return differences;
}

http::Response response_of(const Json& json) {
  http::Response response;
  response.status = json.value("status_code", 200);
  const Json headers = json.value("headers", Json::object());
  for (const auto& [name, value] : headers.items())
    response.headers.add(name, value.get<std::string>());
  response.body = json.value("body", "");
  return response;
}

std::vector<std::string> run_output(const Registered& suite, const Entry& entry, const Json& test) {
  std::vector<std::string> differences;
  http::Response response = response_of(test.at("response"));
  if (test.contains("errorCode")) {
    const protocol::ErrorFacts facts = protocol::read_error(*suite.service, response);
    if (facts.code != test.at("errorCode")) {
      differences.push_back("error code is " + facts.code + ", wanted " +
                            test.at("errorCode").get<std::string>());
    }
    if (test.contains("errorMessage") && facts.message != test.at("errorMessage")) {
      differences.push_back("error message is '" + facts.message + "', wanted '" +
                            test.at("errorMessage").get<std::string>() + "'");
    }
    return differences;
  }
  const Protocol protocol = suite.service->protocol;
  const bool form = protocol == Protocol::ec2 || protocol == Protocol::query;
  if (form && response.body.empty()) response.body = "<x/>";
  const std::shared_ptr<void> output = entry.output();
  Json result = Json::object();
  try {
    protocol::read_response(*suite.service, *entry.operation, response, output.get());
  } catch (const protocol::UnreadableResponse& unreadable) {
    return {"unreadable: " + unreadable.reason};
  }
  if (output) result = dump(*entry.operation->output, output.get());
  // The suites differ in whether they take a text of JSON apart.
  const bool as_text =
      output &&
      same(dump(*entry.operation->output, output.get(), JsonTexts::as_texts), test.at("result"));
  if (!as_text && !same(result, test.at("result"))) {
    differences.push_back("result\n  is     " + result.dump() + "\n  wanted " +
                          test.at("result").dump());
  }
  return differences;
}

void add_file(const std::filesystem::path& file, const std::string& folder,
              const std::string& title) {
  const Json suites = Json::parse(read_text(file));
  std::size_t number = 0;
  for (const Json& suite : suites) {
    const std::string space =
        folder + "_" + test_name(file.stem().string()) + "_" + std::to_string(number++);
    const Registered* registered = Registration::find(space);
    if (registered == nullptr) continue;  // a protocol that nothing is generated for
    const std::string endpoint = suite.value("clientEndpoint", "https://example.com");
    std::size_t index = 0;
    for (const Json& test : suite.at("cases")) {
      const Entry entry = registered->entries.at(index);
      const std::string name = test_name(
          test.value("id", suite.value("description", "case") + "_" + std::to_string(index)));
      ++index;
      const bool input = test.contains("serialized");
      add_case(title + "_" + test_name(file.stem().string()), name, [=] {
        return input ? run_input(*registered, entry, test, endpoint)
                     : run_output(*registered, entry, test);
      });
    }
  }
}

}  // namespace

void add_protocol_cases() {
  const std::filesystem::path protocols = suites_folder() / "unit" / "protocols";
  for (const auto& [folder, title] :
       {std::pair{"input", "ProtocolInput"}, std::pair{"output", "ProtocolOutput"},
        std::pair{"legacy/input", "LegacyInput"}, std::pair{"legacy/output", "LegacyOutput"}}) {
    if (!std::filesystem::exists(protocols / folder)) continue;
    std::set<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(protocols / folder)) {
      if (entry.path().extension() == ".json") files.insert(entry.path());
    }
    for (const auto& file : files) add_file(file, test_name(folder), title);
  }
}

}  // namespace asiaq::aws::conformance
