#include "access/shape_json.h"

#include <fmt/format.h>

#include <cstdint>

#include "aws/time_text.h"
#include "base/error.h"

namespace asiaq::access {
namespace {

using aws::Kind;
using aws::Member;
using aws::Shape;

class Filler {
 public:
  explicit Filler(const std::string& file) : file_(file) {}

  void structure(const Json& json, const Shape& shape, void* target, const std::string& path) {
    if (!json.is_object()) wrong(path, "an object");
    for (const auto& [name, value] : json.items()) {
      const Member* member = shape.find(name);
      const std::string below = path.empty() ? name : path + "." + name;
      if (member == nullptr) {
        throw ConfigError(fmt::format("{}: {} is not known to AWS", file_, below));
      }
      this->value(value, *member, member->make(target), below);
    }
  }

 private:
  void value(const Json& json, const Member& member, void* target, const std::string& path) {
    const Shape& shape = *member.shape;
    switch (shape.kind) {
      case Kind::structure:
        structure(json, shape, target, path);
        break;
      case Kind::list:
        if (!json.is_array()) wrong(path, "a list");
        for (std::size_t i = 0; i < json.size(); ++i) {
          value(json[i], shape.element(), shape.list->append(target),
                fmt::format("{}[{}]", path, i));
        }
        break;
      case Kind::map:
        if (!json.is_object()) wrong(path, "an object");
        for (const auto& [key, item] : json.items()) {
          value(item, shape.mapped(), shape.map->insert(target, key), path + "." + key);
        }
        break;
      case Kind::boolean:
        if (!json.is_boolean()) wrong(path, "true or false");
        *static_cast<bool*>(target) = json.get<bool>();
        break;
      case Kind::integer:
        *static_cast<std::int32_t*>(target) = integer<std::int32_t>(json, path);
        break;
      case Kind::long_integer:
        *static_cast<std::int64_t*>(target) = integer<std::int64_t>(json, path);
        break;
      case Kind::real:
        if (!json.is_number()) wrong(path, "a number");
        *static_cast<double*>(target) = json.get<double>();
        break;
      case Kind::timestamp: {
        const auto time =
            json.is_string() ? aws::parse_time(json.get<std::string>()) : std::nullopt;
        const auto day = json.is_string() && !time
                             ? aws::parse_time(json.get<std::string>() + "T00:00:00Z")
                             : time;
        if (!day) wrong(path, "a time such as 2030-01-31T00:00:00Z");
        *static_cast<aws::Timestamp*>(target) = *day;
        break;
      }
      case Kind::string:
      case Kind::blob:
      case Kind::document:
        if (!json.is_string()) wrong(path, "a text");
        *static_cast<std::string*>(target) = json.get<std::string>();
        break;
    }
  }

  template <class Number>
  Number integer(const Json& json, const std::string& path) {
    if (!json.is_number_integer()) wrong(path, "a whole number");
    const auto number = json.get<std::int64_t>();
    if (number < std::numeric_limits<Number>::min() ||
        number > std::numeric_limits<Number>::max()) {
      wrong(path, "a smaller number");
    }
    return static_cast<Number>(number);
  }

  [[noreturn]] void wrong(const std::string& path, std::string_view expected) const {
    throw ConfigError(path.empty() ? fmt::format("{}: {} is expected", file_, expected)
                                   : fmt::format("{}: {} must be {}", file_, path, expected));
  }

  const std::string& file_;
};

Json value_as_json(const Member& member, const void* value) {
  const Shape& shape = *member.shape;
  switch (shape.kind) {
    case Kind::structure:
      return structure_as_json(shape, value);
    case Kind::list: {
      Json list = Json::array();
      for (std::size_t i = 0; i < shape.list->size(value); ++i) {
        list.push_back(value_as_json(shape.element(), shape.list->at(value, i)));
      }
      return list;
    }
    case Kind::map: {
      struct Context {
        Json object;
        const Member* mapped;
      } context{Json::object(), &shape.mapped()};
      shape.map->for_each(value, &context,
                          [](void* self, const std::string& key, const void* item) {
                            auto& into = *static_cast<Context*>(self);
                            into.object[key] = value_as_json(*into.mapped, item);
                          });
      return std::move(context.object);
    }
    case Kind::boolean:
      return *static_cast<const bool*>(value);
    case Kind::integer:
      return *static_cast<const std::int32_t*>(value);
    case Kind::long_integer:
      return *static_cast<const std::int64_t*>(value);
    case Kind::real:
      return *static_cast<const double*>(value);
    case Kind::timestamp:
      return aws::to_iso8601(*static_cast<const aws::Timestamp*>(value));
    case Kind::string:
    case Kind::blob:
    case Kind::document:
      break;
  }
  return *static_cast<const std::string*>(value);
}

}  // namespace

void fill_structure(const Json& json, const Shape& shape, void* structure,
                    const std::string& file) {
  Filler(file).structure(json, shape, structure, "");
}

Json structure_as_json(const Shape& shape, const void* structure) {
  Json object = Json::object();
  for (const Member& member : shape.members) {
    const void* value = member.peek(structure);
    if (value == nullptr) continue;
    Json json = value_as_json(member, value);
    const bool hollow = (json.is_object() || json.is_array()) && json.empty();
    if (!hollow) object[std::string(member.name)] = std::move(json);
  }
  return object;
}

}  // namespace asiaq::access
