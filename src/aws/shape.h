#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "aws/value.h"

/// Tables that describe the generated structures, so that a protocol is one piece of code that
/// walks them.
///
/// A *value* is what a C++ object of the shape's type holds (std::string, a structure, List<T> …);
/// a *slot* is the member that may hold a value (std::optional<T>, Box<T>, List<T> …). All tables
/// are constant data of the generated code.
namespace asiaq::aws {

/// The C++ type of a value: string, blob and document are std::string (a document is JSON text),
/// boolean bool, integer int32_t, long_integer int64_t, real double, timestamp Timestamp, structure
/// a generated struct, list List<T> (List<Boolean> for booleans), map Map<T>.
enum class Kind : std::uint8_t {
  string,
  boolean,
  integer,
  long_integer,
  real,
  timestamp,
  blob,
  structure,
  list,
  map,
  document
};

/// Where a member travels. Only the REST protocols use others than the body.
enum class Place : std::uint8_t { body, header, headers, query, uri, status };

enum class TimeFormat : std::uint8_t { of_place, iso8601, rfc822, epoch };

/// Bits of Member::flags.
namespace member_flag {
inline constexpr unsigned required = 1U << 0U;
inline constexpr unsigned idempotency_token = 1U << 1U;
inline constexpr unsigned xml_attribute = 1U << 2U;
inline constexpr unsigned host_label = 1U << 3U;
inline constexpr unsigned streaming = 1U << 4U;
inline constexpr unsigned json_text = 1U << 5U;  ///< a string that holds JSON, base64 in headers
inline constexpr unsigned sensitive = 1U << 6U;
inline constexpr unsigned flattened = 1U
                                      << 7U;  ///< a list or map without an element around its items
}  // namespace member_flag

/// How to reach the value in a slot.
struct Slot {
  const void* (*peek)(const void* slot);  ///< the value, or null when unset
  void* (*make)(void* slot);              ///< sets the slot if needed and returns its value
};

struct Shape;

struct XmlNamespace {
  std::string_view uri;
  std::string_view prefix;
};

/// A member of a structure, the element of a list, the key or the value of a map.
struct Member {
  std::string_view name;           ///< as in the model
  std::string_view request_name;   ///< on the wire of requests
  std::string_view response_name;  ///< on the wire of responses
  const Shape* shape = nullptr;
  const Slot* slot = nullptr;  ///< members of structures only
  std::uint32_t offset = 0;    ///< members of structures only
  Place place = Place::body;
  TimeFormat time = TimeFormat::of_place;
  std::uint16_t flags = 0;
  const XmlNamespace* xml_namespace = nullptr;

  bool has(unsigned flag) const { return (flags & flag) != 0; }
  /// The path and the query string exist in requests only.
  bool is_in_response_body() const {
    return place == Place::body || place == Place::query || place == Place::uri;
  }
  const void* peek(const void* structure) const {
    return slot->peek(static_cast<const std::byte*>(structure) + offset);
  }
  void* make(void* structure) const {
    return slot->make(static_cast<std::byte*>(structure) + offset);
  }
};

struct ListAccess {
  std::size_t (*size)(const void* list);
  const void* (*at)(const void* list, std::size_t index);
  void* (*append)(void* list);  ///< a new, empty element
};

struct MapAccess {
  using Visit = void (*)(void* context, const std::string& key, const void* value);
  void (*for_each)(const void* map, void* context, Visit visit);
  void* (*insert)(void* map, std::string key);
};

struct Shape {
  std::string_view name;
  Kind kind = Kind::string;
  bool is_union = false;
  std::span<const Member>
      members{};  ///< of a structure; of a list its element; of a map its key and value
  const Member* payload = nullptr;  ///< the member that is the whole body (REST protocols)
  const ListAccess* list = nullptr;
  const MapAccess* map = nullptr;

  const Member& element() const { return members[0]; }
  const Member& key() const { return members[0]; }
  const Member& mapped() const { return members[1]; }
  /// The member of that model name, or null.
  const Member* find(std::string_view member) const {
    for (const Member& candidate : members) {
      if (candidate.name == member) return &candidate;
    }
    return nullptr;
  }
};

/// A constant made in place, so that tables can point to it.
template <auto make>
inline constexpr auto constant = make();

/// Shapes without members.
namespace shapes {
inline constexpr Shape string{"String", Kind::string};
inline constexpr Shape boolean{"Boolean", Kind::boolean};
inline constexpr Shape integer{"Integer", Kind::integer};
inline constexpr Shape long_integer{"Long", Kind::long_integer};
inline constexpr Shape real{"Double", Kind::real};
inline constexpr Shape timestamp{"Timestamp", Kind::timestamp};
inline constexpr Shape blob{"Blob", Kind::blob};
inline constexpr Shape document{"Document", Kind::document};
}  // namespace shapes

namespace access {

template <class Holder>  // std::optional<T> or Box<T>
inline constexpr Slot optional{[](const void* slot) -> const void* {
                                 const auto& holder = *static_cast<const Holder*>(slot);
                                 return holder.has_value() ? &*holder : nullptr;
                               },
                               [](void* slot) -> void* {
                                 auto& holder = *static_cast<Holder*>(slot);
                                 return holder.has_value() ? &*holder : &holder.emplace();
                               }};

template <class Holder>  // List<T> or Map<T>
inline constexpr Slot collection{[](const void* slot) -> const void* {
                                   return static_cast<const Holder*>(slot)->is_set() ? slot
                                                                                     : nullptr;
                                 },
                                 [](void* slot) -> void* {
                                   static_cast<Holder*>(slot)->mark_set();
                                   return slot;
                                 }};

/// A value that is always there.
inline constexpr Slot plain{[](const void* slot) { return slot; }, [](void* slot) { return slot; }};

template <class T>
inline constexpr ListAccess list{
    [](const void* self) { return static_cast<const List<T>*>(self)->size(); },
    [](const void* self, std::size_t index) -> const void* {
      return &(*static_cast<const List<T>*>(self))[index];
    },
    [](void* self) -> void* { return &static_cast<List<T>*>(self)->emplace_back(); }};

template <class T>
inline constexpr MapAccess map{[](const void* self, void* context, MapAccess::Visit visit) {
                                 for (const auto& [key, value] : *static_cast<const Map<T>*>(self))
                                   visit(context, key, &value);
                               },
                               [](void* self, std::string key) -> void* {
                                 return &(*static_cast<Map<T>*>(self))[std::move(key)];
                               }};

}  // namespace access
}  // namespace asiaq::aws
