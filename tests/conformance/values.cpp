#include "conformance/values.h"

#include <cmath>
#include <stdexcept>

#include "aws/protocol/plain_text.h"
#include "aws/time_text.h"

namespace asiaq::aws::conformance {
namespace {

double real_of(const Json& json) {
  if (json == "NaN") return std::nan("");
  if (json == "Infinity") return HUGE_VAL;
  if (json == "-Infinity") return -HUGE_VAL;
  return json.get<double>();
}

}  // namespace

void fill(const Json& json, const Shape& shape, void* value) {
  switch (shape.kind) {
    case Kind::structure:
      for (const auto& [name, inner] : json.items()) {
        const Member* member = shape.find(name);
        if (member == nullptr) throw std::runtime_error("no member " + name);
        if (!inner.is_null()) fill(inner, *member->shape, member->make(value));
      }
      return;
    case Kind::list:
      for (const Json& item : json) {
        if (item.is_null()) throw std::runtime_error("a null in a list");
        fill(item, *shape.element().shape, shape.list->append(value));
      }
      return;
    case Kind::map:
      for (const auto& [key, inner] : json.items()) {
        if (inner.is_null()) throw std::runtime_error("a null in a map");
        fill(inner, *shape.mapped().shape, shape.map->insert(value, key));
      }
      return;
    case Kind::boolean:
      *static_cast<bool*>(value) = json.get<bool>();
      return;
    case Kind::integer:
      *static_cast<std::int32_t*>(value) = json.get<std::int32_t>();
      return;
    case Kind::long_integer:
      *static_cast<std::int64_t*>(value) = json.get<std::int64_t>();
      return;
    case Kind::real:
      *static_cast<double*>(value) = real_of(json);
      return;
    case Kind::timestamp:
      *static_cast<Timestamp*>(value) =
          parse_time(json.is_string() ? json.get<std::string>() : json.dump()).value();
      return;
    case Kind::document:
      *static_cast<std::string*>(value) = json.dump();
      return;
    case Kind::string:
    case Kind::blob:
      *static_cast<std::string*>(value) = json.is_string() ? json.get<std::string>() : json.dump();
      return;
  }
}

Json dump(const Shape& shape, const void* value, JsonTexts texts) {
  switch (shape.kind) {
    case Kind::structure: {
      Json object = Json::object();
      for (const Member& member : shape.members) {
        const void* inner = member.peek(value);
        if (inner == nullptr) continue;
        const bool text = member.has(member_flag::json_text) && texts == JsonTexts::parsed;
        object[std::string(member.name)] =
            text ? Json::parse(*static_cast<const std::string*>(inner))
                 : dump(*member.shape, inner, texts);
      }
      return object;
    }
    case Kind::list: {
      Json array = Json::array();
      for (std::size_t i = 0; i < shape.list->size(value); ++i) {
        array.push_back(dump(*shape.element().shape, shape.list->at(value, i), texts));
      }
      return array;
    }
    case Kind::map: {
      struct Context {
        Json object = Json::object();
        const Shape* shape = nullptr;
        JsonTexts texts{};
      } context;
      context.shape = shape.mapped().shape;
      context.texts = texts;
      shape.map->for_each(value, &context,
                          [](void* self, const std::string& key, const void* inner) {
                            auto& c = *static_cast<Context*>(self);
                            c.object[key] = dump(*c.shape, inner, c.texts);
                          });
      return context.object;
    }
    case Kind::boolean:
      return *static_cast<const bool*>(value);
    case Kind::integer:
      return *static_cast<const std::int32_t*>(value);
    case Kind::long_integer:
      return *static_cast<const std::int64_t*>(value);
    case Kind::real: {
      const double number = *static_cast<const double*>(value);
      return std::isfinite(number) ? Json(number) : Json(protocol::number_text(number));
    }
    case Kind::timestamp:
      return Json::parse(to_epoch(*static_cast<const Timestamp*>(value)));
    case Kind::document:
      return Json::parse(*static_cast<const std::string*>(value));
    case Kind::string:
    case Kind::blob:
      break;
  }
  return *static_cast<const std::string*>(value);
}

bool same(const Json& left, const Json& right) {
  if (left.is_number() && right.is_number()) {
    // Suites hold 32-bit numbers printed short.
    const double a = left.get<double>();
    const double b = right.get<double>();
    return a == b || std::abs(a - b) <= 1e-6 * std::max(std::abs(a), std::abs(b));
  }
  if (left.type() != right.type()) return false;
  if (left.is_array()) {
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (!same(left[i], right[i])) return false;
    }
    return true;
  }
  if (!left.is_object()) return left == right;
  const auto covers = [](const Json& all, const Json& some) {
    for (const auto& [key, value] : some.items()) {
      if (value.is_null()) continue;
      const auto found = all.find(key);
      if (found == all.end() || !same(*found, value)) return false;
    }
    return true;
  };
  return covers(left, right) && covers(right, left);
}

}  // namespace asiaq::aws::conformance
