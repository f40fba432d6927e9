#include "aws/protocol/json.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "aws/encoding.h"
#include "aws/error.h"
#include "aws/protocol/plain_text.h"
#include "aws/protocol/protocol.h"
#include "aws/time_text.h"

namespace asiaq::aws::protocol {
namespace {

// Requests keep the order of the model. That object compares a name with all before it: in answers,
// which may hold any number of names, they are sorted.
using Json = nlohmann::ordered_json;
using Answer = nlohmann::json;

constexpr int kDeepest = 200;

Json to_json(const Member& member, const void* value, const std::string& token);

Json structure_to_json(const Shape& shape, const void* structure, const std::string& token) {
  Json object = Json::object();
  for (const Member& member : shape.members) {
    if (member.place != Place::body) continue;
    const void* value = value_to_send(member, structure, token);
    if (value != nullptr) object[std::string(member.request_name)] = to_json(member, value, token);
  }
  return object;
}

Json time_to_json(const Member& member, Timestamp time) {
  if (member.time != TimeFormat::of_place && member.time != TimeFormat::epoch) {
    return time_text(time, member.time);
  }
  const std::string text = to_epoch(time);
  return text.find('.') == std::string::npos ? Json(std::stoll(text)) : Json(std::stod(text));
}

Json to_json(const Member& member, const void* value, const std::string& token) {
  const Shape& shape = *member.shape;
  switch (shape.kind) {
    case Kind::structure:
      return structure_to_json(shape, value, token);
    case Kind::list: {
      Json array = Json::array();
      for (std::size_t i = 0; i < shape.list->size(value); ++i) {
        array.push_back(to_json(shape.element(), shape.list->at(value, i), token));
      }
      return array;
    }
    case Kind::map: {
      struct Context {
        Json::object_t object;
        const Member* mapped;
        const std::string* token;
      } context{{}, &shape.mapped(), &token};
      // Keys of a map are different: no need to look for each among those before it.
      shape.map->for_each(
          value, &context, [](void* self, const std::string& key, const void* mapped) {
            auto& c = *static_cast<Context*>(self);
            c.object.Container::emplace_back(key, to_json(*c.mapped, mapped, *c.token));
          });
      return std::move(context.object);
    }
    case Kind::boolean:
      return *static_cast<const bool*>(value);
    case Kind::integer:
      return *static_cast<const std::int32_t*>(value);
    case Kind::long_integer:
      return *static_cast<const std::int64_t*>(value);
    case Kind::real: {
      const double number = *static_cast<const double*>(value);
      return std::isfinite(number) ? Json(number) : Json(number_text(number));
    }
    case Kind::timestamp:
      return time_to_json(member, *static_cast<const Timestamp*>(value));
    case Kind::blob:
      return base64_encode(*static_cast<const std::string*>(value));
    case Kind::document:
      try {
        return Json::parse(*static_cast<const std::string*>(value));
      } catch (const Json::exception&) {
        throw RequestError("member " + std::string(member.name) + " is not JSON");
      }
    case Kind::string:
      break;
  }
  return *static_cast<const std::string*>(value);
}

template <class AnyJson>
std::string dump(const AnyJson& json) {
  return json.dump(-1, ' ', false, AnyJson::error_handler_t::replace);
}

[[noreturn]] void unreadable(const Member& member) {
  throw UnreadableResponse{"member " + std::string(member.name) + " has a value of another kind"};
}

void from_json(const Answer& json, const Member& member, void* value);

void structure_from_json(const Answer& json, const Shape& shape, void* structure) {
  if (!json.is_object())
    throw UnreadableResponse{"an object was expected for " + std::string(shape.name)};
  for (const Member& member : shape.members) {
    if (!member.is_in_response_body()) continue;
    const auto found = json.find(member.response_name);
    if (found != json.end() && !found->is_null()) {
      from_json(*found, member, member.make(structure));
    }
  }
}

template <class Number, class Wide>
Number in_range(Wide number, const Member& member) {
  if (!std::in_range<Number>(number)) unreadable(member);
  return static_cast<Number>(number);
}

template <class Number>
Number integer_of(const Answer& json, const Member& member) {
  if (json.is_number_float()) {
    // Both bounds are powers of two, which a double holds as they are.
    constexpr double kBound = -static_cast<double>(std::numeric_limits<Number>::min());
    const double number = json.get<double>();
    if (!(number >= -kBound && number < kBound)) unreadable(member);
    return static_cast<Number>(number);
  }
  if (json.is_number_unsigned()) return in_range<Number>(json.get<std::uint64_t>(), member);
  if (json.is_number()) return in_range<Number>(json.get<std::int64_t>(), member);
  if (!json.is_string()) unreadable(member);
  Number number{};
  set_scalar(member, &number, json.get_ref<const std::string&>());
  return number;
}

void from_json(const Answer& json, const Member& member, void* value) {
  const Shape& shape = *member.shape;
  switch (shape.kind) {
    case Kind::structure:
      return structure_from_json(json, shape, value);
    case Kind::list:
      if (!json.is_array()) unreadable(member);
      for (const Answer& item : json) {
        if (!item.is_null()) from_json(item, shape.element(), shape.list->append(value));
      }
      return;
    case Kind::map:
      if (!json.is_object()) unreadable(member);
      for (const auto& [key, item] : json.items()) {
        if (!item.is_null()) from_json(item, shape.mapped(), shape.map->insert(value, key));
      }
      return;
    case Kind::boolean:
      if (!json.is_boolean()) unreadable(member);
      *static_cast<bool*>(value) = json.get<bool>();
      return;
    case Kind::integer:
      *static_cast<std::int32_t*>(value) = integer_of<std::int32_t>(json, member);
      return;
    case Kind::long_integer:
      *static_cast<std::int64_t*>(value) = integer_of<std::int64_t>(json, member);
      return;
    case Kind::document:
      *static_cast<std::string*>(value) = dump(json);
      return;
    case Kind::real:
      if (json.is_number()) {
        *static_cast<double*>(value) = json.get<double>();
        return;
      }
      break;
    case Kind::timestamp:
      if (json.is_number()) return set_scalar(member, value, dump(json));
      break;
    case Kind::string:
      // Some services send numbers and objects where their model says text.
      if (!json.is_string()) {
        *static_cast<std::string*>(value) = dump(json);
        return;
      }
      break;
    case Kind::blob:
      break;
  }
  if (!json.is_string()) unreadable(member);
  set_scalar(member, value, json.get_ref<const std::string&>());
}

// Nested values are written and destroyed by recursion: what is too deep is not even parsed.
void check_depth(std::string_view body) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char sign = body[i];
    if (quoted) {
      if (sign == '\\') ++i;
      if (sign == '"') quoted = false;
    } else if (sign == '"') {
      quoted = true;
    } else if (sign == '{' || sign == '[') {
      if (++depth > kDeepest) throw UnreadableResponse{"the body is nested too deeply"};
    } else if (sign == '}' || sign == ']') {
      --depth;
    }
  }
}

Answer parse(std::string_view body) {
  check_depth(body);
  try {
    return Answer::parse(body);
  } catch (const Answer::exception& error) {
    throw UnreadableResponse{std::string("the body is not JSON: ") + error.what()};
  }
}

}  // namespace

std::string write_json(const Shape& shape, const void* structure, const std::string& token) {
  return dump(structure_to_json(shape, structure, token));
}

std::string write_json_value(const Member& member, const void* value) {
  return dump(to_json(member, value, ""));
}

void read_json(std::string_view body, const Shape& shape, void* structure) {
  const Answer json = parse(body);
  if (!json.is_null()) structure_from_json(json, shape, structure);
}

void read_json_value(std::string_view body, const Member& member, void* value) {
  const Answer json = parse(body);
  if (!json.is_null()) from_json(json, member, value);
}

}  // namespace asiaq::aws::protocol
