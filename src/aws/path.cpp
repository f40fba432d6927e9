#include "aws/path.h"

#include <algorithm>

namespace asiaq::aws {
namespace {

void descend(const Shape& shape, const void* value, Path path, std::vector<Found>& found) {
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
      return descend(held, inner, rest, found);
    case PathStep::Take::each:
      for (std::size_t i = 0; i < held.list->size(inner); ++i) {
        descend(*held.element().shape, held.list->at(inner, i), rest, found);
      }
      return;
    case PathStep::Take::last:
      if (const std::size_t size = held.list->size(inner); size > 0) {
        descend(*held.element().shape, held.list->at(inner, size - 1), rest, found);
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

std::vector<Found> values_at(const Shape& shape, const void* structure, Path path) {
  std::vector<Found> found;
  descend(shape, structure, path, found);
  return found;
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
