#include "aws/protocol/rest.h"

#include <algorithm>

#include "aws/encoding.h"
#include "aws/error.h"
#include "aws/protocol/json.h"
#include "aws/protocol/plain_text.h"
#include "aws/protocol/protocol.h"
#include "aws/protocol/xml.h"
#include "base/text.h"

namespace asiaq::aws::protocol {
namespace {

std::string header_item(const Member& member, const void* value) {
  std::string text = scalar_text(member, value, TimeFormat::rfc822);
  if (member.shape->kind != Kind::string || text.find_first_of("\",") == std::string::npos)
    return text;
  std::string quoted = "\"";
  for (const char sign : text) {
    if (sign == '"') quoted += '\\';
    quoted += sign;
  }
  return quoted + '"';
}

void write_header(const Member& member, const void* value, http::Headers& headers) {
  const Shape& shape = *member.shape;
  if (shape.kind != Kind::list) {
    std::string text = scalar_text(member, value, TimeFormat::rfc822);
    if (member.has(member_flag::json_text)) text = base64_encode(text);
    return headers.set(member.request_name, std::move(text));
  }
  std::string joined;
  for (std::size_t i = 0; i < shape.list->size(value); ++i) {
    if (i > 0) joined += ", ";
    joined += header_item(shape.element(), shape.list->at(value, i));
  }
  headers.set(member.request_name, std::move(joined));
}

struct QueryContext {
  std::vector<http::QueryItem>* query;
  const Member* mapped;
};

void add_to_query(std::vector<http::QueryItem>& query, std::string_view name, const Member& member,
                  const void* value) {
  const Shape& shape = *member.shape;
  if (shape.kind == Kind::list) {
    for (std::size_t i = 0; i < shape.list->size(value); ++i) {
      query.emplace_back(
          name, scalar_text(shape.element(), shape.list->at(value, i), TimeFormat::iso8601));
    }
  } else {
    query.emplace_back(name, scalar_text(member, value, TimeFormat::iso8601));
  }
}

void write_query(const Member& member, const void* value, std::vector<http::QueryItem>& query) {
  if (member.shape->kind != Kind::map)
    return add_to_query(query, member.request_name, member, value);
  QueryContext context{&query, &member.shape->mapped()};
  member.shape->map->for_each(value, &context,
                              [](void* self, const std::string& key, const void* mapped) {
                                auto& c = *static_cast<QueryContext*>(self);
                                for (const auto& [name, present] : *c.query) {
                                  if (name == key)
                                    return;  // members with a name of their own win over the map
                                }
                                add_to_query(*c.query, key, *c.mapped, mapped);
                              });
}

// "/{Bucket}/{Key+}?x&y=z" with values for the parts in braces; the query string's fixed part is
// added to the query.
void write_uri(const Operation& operation, const void* input, http::Request& request) {
  std::string_view path = operation.uri;
  std::vector<http::QueryItem> fixed;
  if (const std::size_t mark = path.find('?'); mark != std::string_view::npos) {
    for (const std::string& item : split(path.substr(mark + 1), '&')) {
      if (item.empty()) continue;
      const std::size_t equals = item.find('=');
      fixed.emplace_back(percent_decode(item.substr(0, equals)),
                         equals == std::string::npos
                             ? std::nullopt
                             : std::optional(percent_decode(item.substr(equals + 1))));
    }
    path = path.substr(0, mark);
  }
  request.query.insert(request.query.begin(), fixed.begin(), fixed.end());
  request.path.clear();
  while (!path.empty()) {
    const std::size_t open = std::min(path.find('{'), path.size());
    request.path += path.substr(0, open);
    path.remove_prefix(open);
    if (path.empty()) break;
    std::string_view name = path.substr(1, path.find('}') - 1);
    path.remove_prefix(std::min(path.size(), name.size() + 2));
    const bool greedy = name.ends_with('+');
    if (greedy) name.remove_suffix(1);
    const Member* member = nullptr;
    for (const Member& candidate : operation.input->members) {
      if (candidate.place == Place::uri && candidate.request_name == name) member = &candidate;
    }
    const void* value = member == nullptr ? nullptr : member->peek(input);
    const std::string text =
        value == nullptr ? "" : scalar_text(*member, value, TimeFormat::iso8601);
    request.path += percent_encode(text, greedy ? Slash::keep : Slash::encode);
  }
  if (request.path.empty()) request.path = "/";
}

// An empty part would turn the path into that of something else.
void check_path_member(const Operation& operation, const Member& member, const void* input) {
  const void* value = member.peek(input);
  if (value == nullptr || scalar_text(member, value, TimeFormat::iso8601).empty()) {
    throw RequestError(std::string(operation.name) + " needs a value for " +
                       std::string(member.name));
  }
}

bool has_body_members(const Shape& shape) {
  return std::any_of(shape.members.begin(), shape.members.end(),
                     [](const Member& member) { return member.place == Place::body; });
}

bool has_response_body_members(const Shape& shape) {
  return std::any_of(shape.members.begin(), shape.members.end(),
                     [](const Member& member) { return member.is_in_response_body(); });
}

bool any_body_member_set(const Shape& shape, const void* input, const std::string& token) {
  for (const Member& member : shape.members) {
    if (member.place == Place::body && value_to_send(member, input, token) != nullptr) return true;
  }
  return false;
}

void set_type(http::Request& request, std::string type) {
  if (request.headers.find("Content-Type") == nullptr)
    request.headers.set("Content-Type", std::move(type));
}

void write_payload(Protocol protocol, const Operation& operation, const void* input,
                   const std::string& token, http::Request& request) {
  const Member& payload = *operation.input->payload;
  const void* value = payload.peek(input);
  switch (payload.shape->kind) {
    case Kind::blob:
      if (value != nullptr) request.body = *static_cast<const std::string*>(value);
      if (protocol == Protocol::rest_json) set_type(request, "application/octet-stream");
      return;
    case Kind::string:
      if (value != nullptr) request.body = *static_cast<const std::string*>(value);
      if (value != nullptr) set_type(request, "text/plain");
      return;
    case Kind::structure:
      break;
    default:
      if (value != nullptr) request.body = write_json_value(payload, value);
      set_type(request, "application/json");
      return;
  }
  if (protocol == Protocol::rest_json) {
    // A union has no empty form.
    if (value == nullptr && payload.shape->is_union) return;
    request.body = value != nullptr ? write_json(*payload.shape, value, token) : "{}";
    set_type(request, "application/json");
  } else if (value != nullptr) {
    request.body =
        write_xml(payload.request_name, payload.xml_namespace, *payload.shape, value, token);
    set_type(request, "application/xml");
  }
}

void write_body(const Service& service, const Operation& operation, const void* input,
                const std::string& token, http::Request& request) {
  const Shape& shape = *operation.input;
  if (shape.payload != nullptr) {
    return write_payload(service.protocol, operation, input, token, request);
  }
  if (service.protocol == Protocol::rest_json) {
    if (!has_body_members(shape)) return;
    request.body = write_json(shape, input, token);
    set_type(request, "application/json");
  } else if (any_body_member_set(shape, input, token)) {
    const std::string_view root = operation.input_root.empty() ? shape.name : operation.input_root;
    request.body = write_xml(root, operation.input_namespace, shape, input, token);
    set_type(request, "application/xml");
  }
}

// A list in one header: quoted items may hold commas, and HTTP dates hold one each.
std::vector<std::string> header_items(std::string_view text, const Member& element) {
  const bool dates = element.shape->kind == Kind::timestamp &&
                     (element.time == TimeFormat::of_place || element.time == TimeFormat::rfc822);
  std::vector<std::string> items(1);
  bool quoted = false;
  int commas = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char sign = text[i];
    if (quoted && sign == '\\' && i + 1 < text.size()) {
      items.back() += text[++i];
    } else if (sign == '"') {
      quoted = !quoted;
    } else if (sign == ',' && !quoted && (!dates || ++commas % 2 == 0)) {
      items.emplace_back();
    } else {
      items.back() += sign;
    }
  }
  for (std::string& item : items) item = trimmed(item);
  return items;
}

void read_header(const Member& member, const std::string& text, void* output) {
  if (member.shape->kind == Kind::list) {
    void* list = member.make(output);
    for (const std::string& item : header_items(text, member.shape->element())) {
      set_scalar(member.shape->element(), member.shape->list->append(list), item);
    }
  } else if (member.has(member_flag::json_text)) {
    set_scalar(member, member.make(output), base64_decode(text));
  } else {
    set_scalar(member, member.make(output), text);
  }
}

void read_headers(const Shape& shape, const http::Response& response, void* output) {
  for (const Member& member : shape.members) {
    if (member.place == Place::status) {
      set_scalar(member, member.make(output), std::to_string(response.status));
    } else if (member.place == Place::header) {
      const std::string* value = response.headers.find(member.response_name);
      if (value != nullptr) read_header(member, *value, output);
    } else if (member.place == Place::headers) {
      member.make(output);
      for (const auto& [name, value] : response.headers) {
        if (!starts_with_ignoring_case(name, member.response_name)) continue;
        void* map = member.make(output);
        const std::string key = name.substr(member.response_name.size());
        set_scalar(member.shape->mapped(), member.shape->map->insert(map, key), value);
      }
    }
  }
}

}  // namespace

void write_rest(const Service& service, const Operation& operation, const void* input,
                const std::string& token, http::Request& request) {
  if (operation.input == nullptr) {
    write_uri(operation, input, request);
    return;
  }
  for (const Member& member : operation.input->members) {
    if (member.place == Place::uri) check_path_member(operation, member, input);
    if (member.place == Place::body || member.place == Place::uri) continue;
    const void* value = value_to_send(member, input, token);
    if (value == nullptr || (member.place == Place::query && member.shape->kind == Kind::map))
      continue;
    if (member.place == Place::header) write_header(member, value, request.headers);
    if (member.place == Place::query) write_query(member, value, request.query);
    if (member.place == Place::headers) {
      struct Context {
        http::Headers* headers;
        std::string_view prefix;
      } context{&request.headers, member.request_name};
      member.shape->map->for_each(
          value, &context, [](void* self, const std::string& key, const void* mapped) {
            auto& c = *static_cast<Context*>(self);
            c.headers->set(std::string(c.prefix) + key, *static_cast<const std::string*>(mapped));
          });
    }
  }
  for (const Member& member : operation.input->members) {
    if (member.place != Place::query || member.shape->kind != Kind::map) continue;
    if (const void* value = member.peek(input)) write_query(member, value, request.query);
  }
  write_uri(operation, input, request);
  write_body(service, operation, input, token, request);
}

void read_rest(const Service& service, const Operation& operation, const http::Response& response,
               void* output) {
  const Shape& shape = *operation.output;
  read_headers(shape, response, output);
  if (shape.payload == nullptr) {
    if (!has_response_body_members(shape)) return;
    if (trimmed(response.body).empty()) return;
    if (service.protocol == Protocol::rest_xml) return read_xml(response.body, shape, output);
    read_json(response.body, shape, output);
    return;
  }
  const Member& payload = *shape.payload;
  const Kind kind = payload.shape->kind;
  if (kind == Kind::blob || kind == Kind::string) {
    if (!response.body.empty() || payload.has(member_flag::streaming)) {
      *static_cast<std::string*>(payload.make(output)) = response.body;
    }
  } else if (!trimmed(response.body).empty()) {
    if (service.protocol == Protocol::rest_xml) {
      read_xml(response.body, *payload.shape, payload.make(output));
    } else {
      read_json_value(response.body, payload, payload.make(output));
    }
  }
}

}  // namespace asiaq::aws::protocol
