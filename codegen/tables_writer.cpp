#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>

#include "names.h"
#include "writer.h"

namespace awsgen {
namespace {

constexpr std::array<std::string_view, 10> kReads{
    "Describe", "Get", "List", "Head", "BatchGet", "Decode", "Lookup", "Search", "Scan", "Query"};

// A second arrival of these ends in the same state or in a definite error: nothing is made twice.
constexpr std::array<std::string_view, 43> kRepeatable{
    "Abort",      "Accept",    "Activate",   "Add",    "Apply",     "Assign",       "Associate",
    "Assume",     "Attach",    "Authorize",  "Cancel", "Change",    "Complete",     "Configure",
    "Deactivate", "Delete",    "Deregister", "Detach", "Disable",   "Disassociate", "Enable",
    "Enter",      "Exit",      "Modify",     "Put",    "Reboot",    "Reject",       "Release",
    "Remove",     "Replace",   "Reset",      "Resume", "Revoke",    "Set",          "Start",
    "Stop",       "Subscribe", "Suspend",    "Tag",    "Terminate", "Unsubscribe",  "Untag",
    "Update"};

template <std::size_t N>
bool begins_with_word(const std::string& name, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return name.starts_with(word) && (name.size() == word.size() ||
                                      !std::islower(static_cast<unsigned char>(name[word.size()])));
  });
}

std::string capitalised(std::string text) {
  if (!text.empty())
    text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return text;
}

std::string xml_namespace(const Json* trait) {
  const bool object = trait->is_object();
  const std::string uri = object ? trait->value("uri", "") : trait->get<std::string>();
  const std::string prefix = object ? trait->value("prefix", "") : "";
  return "XmlNamespace{" + literal(uri) + ", " + literal(prefix) + "}";
}

std::string place_of(const Traits& traits) {
  const std::string location = traits.text("location");
  if (location == "header") return "header";
  if (location == "headers") return "headers";
  if (location == "querystring") return "query";
  if (location == "uri") return "uri";
  if (location == "statusCode") return "status";
  return "body";
}

std::string time_format(const Traits& traits) {
  const std::string format = traits.text("timestampFormat");
  if (format == "iso8601") return "iso8601";
  if (format == "rfc822") return "rfc822";
  if (format == "unixTimestamp") return "epoch";
  return "of_place";
}

}  // namespace

namespace {

// A structure's own name is that of the root of a body; as a member it has the member's.
std::string location_name(const Traits& traits, const std::string& otherwise) {
  return traits.type() == "structure" ? traits.own_text("locationName", otherwise)
                                      : traits.text("locationName", otherwise);
}

// The items of a flattened list take the place of the list: in forms under the name of an item, if
// it has one.
std::string flattened_name(const Model& model, const Traits& traits, const std::string& name) {
  const std::string item = Traits(model, traits.shape().at("member")).text("locationName", name);
  return traits.own_text("locationName", item);
}

// The root of a body is named as its shape says.
std::string root_name(const Traits& traits) {
  const Json& shape = traits.shape();
  if (shape.contains("locationName")) return shape.at("locationName").get<std::string>();
  return traits.own_text("locationName", traits.shape_name());
}

// A payload's member names the root only where it says more than its own name again.
std::string payload_root(const Json& reference, const Traits& traits, const std::string& name) {
  std::string own = traits.own_text("locationName", "");
  if (!own.empty() && (own != name || reference.contains("xmlNamespace"))) return own;
  return traits.shape().value("locationName", traits.shape_name());
}

}  // namespace

// The EC2 protocol has names of its own for requests.
std::string Writer::request_name(const Traits& traits, const std::string& name) const {
  if (protocol_ == "ec2") {
    if (std::string query = traits.text("queryName"); !query.empty()) return query;
    return capitalised(location_name(traits, name));
  }
  if (protocol_ == "query" && traits.type() == "list" && traits.flag("flattened")) {
    return flattened_name(model_, traits, name);
  }
  return location_name(traits, traits.text("location") == "headers" ? "" : name);
}

std::string Writer::response_name(const Traits& traits, const std::string& name) const {
  return location_name(traits, traits.text("location") == "headers" ? "" : name);
}

std::string Writer::shape_reference(const std::string& shape) const {
  const Json& json = model_.shape(shape);
  const std::string type = json.at("type").get<std::string>();
  if (json.value("document", false)) return "&shapes::document";
  if (type == "structure") return "&" + type_identifier(shape) + "_shape";
  if (type == "list" || type == "map") return "&" + collection_identifier(shape) + "_shape";
  const std::string value = value_type(shape);
  if (type == "blob") return "&shapes::blob";
  if (value == "std::string") return "&shapes::string";
  if (value == "bool") return "&shapes::boolean";
  if (value == "std::int32_t") return "&shapes::integer";
  if (value == "std::int64_t") return "&shapes::long_integer";
  if (value == "double") return "&shapes::real";
  return "&shapes::timestamp";
}

std::string Writer::slot_access(const std::string& structure, const std::string& member) const {
  const std::string type = slot_type(structure, member);
  if (type.starts_with("List<") || type.starts_with("Map<"))
    return "&access::collection<" + type + ">";
  if (type.starts_with("std::optional<") || type.starts_with("Box<")) {
    return "&access::optional<" + type + ">";
  }
  return "&access::plain";
}

std::string Writer::member_entry(const Traits& traits, const std::string& name,
                                 const std::string& place, const std::string& parent) const {
  std::string flags;
  const auto add = [&](bool on, const char* flag) {
    if (on) flags += std::string(flags.empty() ? "" : " | ") + "member_flag::" + flag;
  };
  bool required = false;
  if (!parent.empty()) {
    const Json& shape = model_.shape(parent);
    for (const Json& each : shape.value("required", Json::array())) required |= each == name;
  }
  add(required, "required");
  add(traits.flag("idempotencyToken") || (!parent.empty() && token_of(parent) == name),
      "idempotency_token");
  add(traits.flag("xmlAttribute"), "xml_attribute");
  add(traits.flag("hostLabel"), "host_label");
  add(traits.flag("streaming"), "streaming");
  add(traits.flag("jsonvalue"), "json_text");
  add(traits.flag("sensitive"), "sensitive");
  add(traits.flag("flattened"), "flattened");
  std::string on_requests = request_name(traits, name);
  if (!parent.empty() && protocol_ == "rest-xml" && traits.type() == "structure" &&
      model_.shape(parent).value("payload", "") == name) {
    on_requests = payload_root(model_.shape(parent).at("members").at(name), traits, name);
  }
  std::string entry = "{.name = " + literal(name) + ", .request_name = " + literal(on_requests) +
                      ", .response_name = " + literal(response_name(traits, name)) +
                      ", .shape = " + shape_reference(traits.shape_name());
  if (!parent.empty()) {
    entry += ", .slot = " + slot_access(parent, name) + ", .offset = offsetof(" +
             type_identifier(parent) + ", " + field(parent, name) + ")";
  }
  if (place != "body") entry += ", .place = Place::" + place;
  if (const std::string time = time_format(traits); time != "of_place") {
    entry += ", .time = TimeFormat::" + time;
  }
  if (!flags.empty()) entry += ", .flags = " + flags;
  if (const Json* trait = traits.find("xmlNamespace")) {
    // Namespaces of members are few; each gets a constant of its own.
    entry += ", .xml_namespace = &constant<" + std::string("[] { return ") + xml_namespace(trait) +
             "; }>";
  }
  return entry + "}";
}

std::string Writer::structure_tables(const std::string& name) const {
  const Json& shape = model_.shape(name);
  if (shape.value("document", false)) return "";
  const std::string type = type_identifier(name);
  std::ostringstream out;
  const Json& members = shape.at("members");
  if (!members.empty()) {
    out << "constexpr Member " << type << "_members[] = {\n";
    for (const auto& [member, reference] : members.items()) {
      const Traits traits(model_, reference);
      out << "    " << member_entry(traits, member, place_of(traits), name) << ",\n";
    }
    out << "};\n";
  }
  out << "constinit const Shape " << type << "_shape{.name = " << literal(name)
      << ", .kind = Kind::structure" << (shape.value("union", false) ? ", .is_union = true" : "");
  if (!members.empty()) out << ", .members = " << type << "_members";
  if (shape.contains("payload")) {
    std::size_t index = 0;
    for (const auto& [member, reference] : members.items()) {
      if (member == shape.at("payload")) break;
      ++index;
    }
    out << ", .payload = &" << type << "_members[" << index << "]";
  }
  out << "};\n\n";
  return out.str();
}

std::string Writer::collection_tables(const std::string& name) const {
  const Json& shape = model_.shape(name);
  const std::string type = collection_identifier(name);
  const std::string value = value_type(name);
  const std::string element = value.substr(value.find('<') + 1, value.size() - value.find('<') - 2);
  std::ostringstream out;
  out << "constexpr Member " << type << "_members[] = {\n";
  if (shape.at("type") == "list") {
    const Traits traits(model_, shape.at("member"));
    const std::string wire = protocol_ == "ec2" ? "item" : "member";
    out << "    " << member_entry(traits, traits.text("locationName", wire), "body", "") << "};\n"
        << "constinit const Shape " << type << "_shape{.name = " << literal(name)
        << ", .kind = Kind::list, .members = " << type << "_members, .list = &access::list<"
        << element << ">};\n\n";
  } else {
    const Traits key(model_, shape.at("key"));
    const Traits mapped(model_, shape.at("value"));
    out << "    " << member_entry(key, key.text("locationName", "key"), "body", "") << ",\n"
        << "    " << member_entry(mapped, mapped.text("locationName", "value"), "body", "")
        << "};\n"
        << "constinit const Shape " << type << "_shape{.name = " << literal(name)
        << ", .kind = Kind::map, .members = " << type << "_members, .map = &access::map<" << element
        << ">};\n\n";
  }
  return out.str();
}

bool Writer::is_read(const OperationChoice& choice, const Json& operation) const {
  if (!choice.effect.empty()) return choice.effect == "read";
  return operation.value("readonly", false) || begins_with_word(choice.name, kReads);
}

std::string Writer::token_of(const std::string& structure) const {
  for (const OperationChoice& choice : choices_) {
    const Json& operation = model_.operations().at(choice.name);
    if (!choice.token.empty() && operation.at("input").at("shape") == structure)
      return choice.token;
  }
  return "";
}

bool Writer::is_repeatable(const OperationChoice& choice, const Json& operation) const {
  if (!choice.repeat.empty()) return choice.repeat == "safe";
  if (is_read(choice, operation) || operation.value("idempotent", false) || !choice.token.empty())
    return true;
  if (operation.contains("input")) {
    const Json& input = model_.shape(operation.at("input").at("shape").get<std::string>());
    for (const auto& [member, reference] : input.at("members").items()) {
      if (Traits(model_, reference).flag("idempotencyToken")) return true;
    }
  }
  const std::string method = operation.at("http").value("method", "POST");
  if (method == "PUT" || method == "DELETE" || method == "GET" || method == "HEAD") return true;
  return begins_with_word(choice.name, kRepeatable);
}

// The address of a bucket comes from the endpoint rules, as host or as path.
std::string Writer::uri_template(const Json& http) const {
  std::string uri = http.value("requestUri", "/");
  constexpr std::string_view bucket = "/{Bucket}";
  if (model_.name() != "s3" || model_.rules().is_null() || !uri.starts_with(bucket)) return uri;
  const std::string rest = uri.substr(bucket.size());
  return rest.starts_with('/') ? rest : "/" + rest;
}

std::string Writer::operation_tables(const OperationChoice& choice, PathTables& paths) const {
  const Json& operation = model_.operations().at(choice.name);
  const std::string type = type_identifier(choice.name);
  std::ostringstream out;
  const Json errors = operation.value("errors", Json::array());
  if (!errors.empty()) {
    out << "constexpr ErrorShape " << type << "_errors[] = {\n";
    for (const Json& reference : errors) {
      const std::string name = reference.at("shape").get<std::string>();
      const Json& shape = model_.shape(name);
      const Json error = shape.value("error", Json::object());
      const bool retryable = shape.contains("retryable");
      const bool throttling = retryable && shape.at("retryable").value("throttling", false);
      out << "    {.code = " << literal(error.value("code", name)) << ", .name = " << literal(name)
          << (retryable ? ", .retryable = true" : "") << (throttling ? ", .throttling = true" : "")
          << "},\n";
    }
    out << "};\n";
  }
  const auto pages = page_tokens(choice);
  if (pages) out << page_tables(type, *pages, paths);
  const std::string endpoint_inputs = endpoint_input_table(operation, paths);
  out << paths.take();
  if (!endpoint_inputs.empty()) {
    out << "constexpr EndpointInput " << type << "_endpoint_inputs[] = {\n"
        << endpoint_inputs << "};\n";
  }
  const Json http = operation.value("http", Json::object());
  out << "constinit const Operation " << type
      << "_operation{\n    .name = " << literal(operation.value("name", choice.name))
      << ",\n    .http_method = " << literal(http.value("method", "POST"))
      << ",\n    .uri = " << literal(uri_template(http));
  if (operation.contains("input")) {
    const Json& input = operation.at("input");
    out << ",\n    .input = &" << type_identifier(input.at("shape").get<std::string>()) << "_shape";
  }
  if (operation.contains("output")) {
    const Json& result = operation.at("output");
    out << ",\n    .output = &" << type_identifier(result.at("shape").get<std::string>())
        << "_shape";
    if (result.contains("resultWrapper")) {
      out << ",\n    .result_wrapper = " << literal(result.at("resultWrapper").get<std::string>());
    }
  }
  if (operation.contains("input")) {
    const Json& input = operation.at("input");
    const Traits traits(model_, input);
    if (protocol_ == "rest-xml") out << ",\n    .input_root = " << literal(root_name(traits));
    if (const Json* space = traits.find("xmlNamespace")) {
      out << ",\n    .input_namespace = &constant<[] { return " << xml_namespace(space) << "; }>";
    }
  }
  if (operation.contains("endpoint") && operation.at("endpoint").contains("hostPrefix")) {
    out << ",\n    .host_prefix = "
        << literal(operation.at("endpoint").at("hostPrefix").get<std::string>());
  }
  out << ",\n    .effect = Effect::" << (is_read(choice, operation) ? "read" : "write")
      << ",\n    .repeat = Repeat::" << (is_repeatable(choice, operation) ? "safe" : "once");
  bool is_unsigned = operation.value("authtype", "") == "none";
  for (const Json& auth : operation.value("auth", Json::array()))
    is_unsigned |= auth == "smithy.api#noAuth";
  if (is_unsigned) out << ",\n    .auth = Auth::none";
  const Json checksum = operation.value("httpChecksum", Json::object());
  if (checksum.value("requestChecksumRequired", false)) {
    out << ",\n    .checksum_required = true";
  }
  if (operation.value("httpChecksumRequired", false)) out << ",\n    .md5_required = true";
  if (checksum.contains("requestAlgorithmMember")) out << ",\n    .checksum_supported = true";
  if (checksum.contains("requestValidationModeMember")) {
    out << ",\n    .answer_has_checksum = true";
  }
  for (const Json& encoding :
       operation.value("requestcompression", Json::object()).value("encodings", Json::array())) {
    if (encoding == "gzip") out << ",\n    .gzip_supported = true";
  }
  if (!errors.empty()) out << ",\n    .errors = " << type << "_errors";
  if (pages) out << ",\n    .pages = &" << type << "_pages";
  if (!endpoint_inputs.empty()) out << ",\n    .endpoint_inputs = " << type << "_endpoint_inputs";
  out << "};\n\n";
  return out.str();
}

std::string Writer::tables_header() const {
  std::ostringstream out;
  out << "// Written by awsgen; do not edit.\n#pragma once\n\n#include \""
      << (waiters_.empty() ? "aws/operation.h" : "aws/waiter.h") << "\"\n\n"
      << "namespace asiaq::aws::" << output_.space
      << "::tables {\n\nextern const Service service;\n\n";
  for (const std::string& name : selection_.structures) {
    if (!model_.shape(name).value("document", false)) {
      out << "extern const Shape " << type_identifier(name) << "_shape;\n";
    }
  }
  for (const std::string& name : selection_.collections) {
    out << "extern const Shape " << collection_identifier(name) << "_shape;\n";
  }
  out << "\n";
  for (const OperationChoice& choice : choices_) {
    out << "extern const Operation " << type_identifier(choice.name) << "_operation;\n";
  }
  for (const WaiterChoice& waiter : waiters_) {
    out << "extern const Waiter " << type_identifier(waiter.name) << "_waiter;\n";
  }
  out << "\n}  // namespace asiaq::aws::" << output_.space << "::tables\n";
  return out.str();
}

std::string Writer::tables_source() const {
  const Json& metadata = model_.metadata();
  std::ostringstream out;
  out << "// Written by awsgen; do not edit.\n#include \"aws/" << output_.space
      << "/tables.h\"\n\n#include <cstddef>\n\n#include \"aws/" << output_.space
      << "/types.h\"\n\n#pragma GCC diagnostic ignored "
         "\"-Winvalid-offsetof\"\n\n"
      << "namespace asiaq::aws::" << output_.space << "::tables {\n\n";
  for (const std::string& name : selection_.structures) out << structure_tables(name);
  for (const std::string& name : selection_.collections) out << collection_tables(name);
  PathTables paths;
  for (const OperationChoice& choice : choices_) out << operation_tables(choice, paths);
  for (const WaiterChoice& waiter : waiters_) out << waiter_table(waiter, paths);
  if (!model_.rules().is_null()) out << "extern const endpoint::RuleSet endpoint_rules;\n\n";
  std::string protocol = protocol_;
  std::replace(protocol.begin(), protocol.end(), '-', '_');
  std::string xml;
  if (metadata.contains("xmlNamespace")) {
    const Json& trait = metadata.at("xmlNamespace");
    xml = trait.is_object() ? trait.value("uri", "") : trait.get<std::string>();
  }
  out << "constinit const Service service{\n    .name = " << literal(model_.name())
      << ",\n    .id = " << literal(metadata.value("serviceId", model_.name()))
      << ",\n    .full_name = "
      << literal(metadata.value("serviceAbbreviation",
                                metadata.value("serviceFullName", model_.name())))
      << ",\n    .protocol = Protocol::" << protocol
      << ",\n    .api_version = " << literal(metadata.value("apiVersion", ""))
      << ",\n    .json_version = " << literal(metadata.value("jsonVersion", "1.0"))
      << ",\n    .target_prefix = " << literal(metadata.value("targetPrefix", ""))
      << ",\n    .xml_namespace = " << literal(xml)
      << ",\n    .endpoint_prefix = " << literal(metadata.value("endpointPrefix", model_.name()))
      << ",\n    .signing_name = "
      << literal(metadata.value("signingName", metadata.value("endpointPrefix", model_.name())));
  if (metadata.value("signatureVersion", "") == "s3") out << ",\n    .s3_signing = true";
  if (metadata.contains("awsQueryCompatible")) out << ",\n    .query_compatible = true";
  if (!model_.rules().is_null()) out << ",\n    .rules = &endpoint_rules";
  out << "};\n\n}  // namespace asiaq::aws::" << output_.space << "::tables\n";
  return out.str();
}

}  // namespace awsgen
