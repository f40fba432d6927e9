#include "aws/path.h"

#include <algorithm>

namespace asiaq::aws {
namespace {

const Member* text_member(const Shape& shape, std::string_view name) {
  const Member* member = shape.kind == Kind::structure ? shape.find(name) : nullptr;
  return member != nullptr && member->shape->kind == Kind::string ? member : nullptr;
}

bool is_selected(const Shape& shape, const void* item, const Selection* only) {
  const Member* member = only == nullptr ? nullptr : text_member(shape, only->member);
  if (member == nullptr) return true;
  const void* value = member->peek(item);
  return value != nullptr &&
         std::find(only->values.begin(), only->values.end(),
                   *static_cast<const std::string*>(value)) != only->values.end();
}

void descend(const Shape& shape, const void* value, Path path, const Selection* only,
             std::vector<Found>& found) {
  if (path.empty()) {
    found.push_back({&shape, value});
    return;
  }
  const PathStep& step = path.front();
  const Member* member = shape.find(step.member);
  const void* inner = member == nullptr ? nullptr : member->peek(value);
  if (inner == nullptr) return;
  const Shape& held = *member->shape;
  const Path rest = path.subspan(1);
  switch (step.take) {
    case PathStep::Take::whole:
      return descend(held, inner, rest, only, found);
    case PathStep::Take::each:
      for (std::size_t i = 0; i < held.list->size(inner); ++i) {
        const Shape& element = *held.element().shape;
        const void* item = held.list->at(inner, i);
        if (is_selected(element, item, only)) descend(element, item, rest, only, found);
      }
      return;
    case PathStep::Take::last:
      if (const std::size_t size = held.list->size(inner); size > 0) {
        descend(*held.element().shape, held.list->at(inner, size - 1), rest, only, found);
      }
      return;
    case PathStep::Take::keys:
      held.map->for_each(inner, &found, [](void* all, const std::string& key, const void*) {
        static_cast<std::vector<Found>*>(all)->push_back({&shapes::string, &key});
      });
      return;
  }
}

}  // namespace

std::vector<Found> values_at(const Shape& shape, const void* structure, Path path,
                             const Selection* only) {
  std::vector<Found> found;
  descend(shape, structure, path, only, found);
  return found;
}

bool can_select(const Shape& shape, Path path, std::string_view member) {
  const Shape* at = &shape;
  for (const PathStep& step : path) {
    const Member* next = at->find(step.member);
    if (next == nullptr || step.take == PathStep::Take::keys) return false;
    at = next->shape;
    if (step.take == PathStep::Take::whole) continue;
    at = at->element().shape;
    if (step.take == PathStep::Take::each && text_member(*at, member) != nullptr) return true;
  }
  return false;
}

bool has_many(Path path) {
  return std::any_of(path.begin(), path.end(), [](const PathStep& step) {
    return step.take == PathStep::Take::each || step.take == PathStep::Take::keys;
  });
}

std::string text_of(const Found& found) {
  switch (found.shape->kind) {
    case Kind::string:
      return *static_cast<const std::string*>(found.value);
    case Kind::integer:
      return std::to_string(*static_cast<const std::int32_t*>(found.value));
    case Kind::long_integer:
      return std::to_string(*static_cast<const std::int64_t*>(found.value));
    case Kind::boolean:
      return *static_cast<const bool*>(found.value) ? "true" : "false";
    default:
      return "";
  }
}

std::string path_text(Path path) {
  std::string text;
  for (const PathStep& step : path) {
    if (!text.empty()) text += '.';
    text += step.member;
  }
  return text;
}

}  // namespace asiaq::aws
