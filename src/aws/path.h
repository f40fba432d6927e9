#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aws/shape.h"

/// Ways through the generated structures to what paginators, waiters and endpoint rules look at:
/// the part of JMESPath (jmespath.org) that AWS's models use, taken apart by awsgen.
namespace asiaq::aws {

/// A member and what of it the rest of the way goes through.
struct PathStep {
  enum class Take : std::uint8_t {
    whole,
    each,  ///< "Member[]": every item of a list
    last,  ///< "Member[-1]"
    keys   ///< "keys(Member)": the keys of a map; the end of a way
  };
  std::string_view member;
  Take take = Take::whole;
};

using Path = std::span<const PathStep>;

/// A value inside a structure, which owns it.
struct Found {
  const Shape* shape = nullptr;
  const void* value = nullptr;
};

/// Some of the items of lists: structures with a text member of that name count only if its value
/// is among these.
struct Selection {
  std::string_view member;
  std::span<const std::string> values;
};

/// The values at the end of the path in the order of the lists on the way. What is not set is not
/// among them, nor what `only` leaves out.
std::vector<Found> values_at(const Shape& shape, const void* structure, Path path,
                             const Selection* only = nullptr);

/// Whether the path goes through the items of a list that a selection by that member can tell
/// apart.
bool can_select(const Shape& shape, Path path, std::string_view member);

/// Whether some step goes through the items of a list, so that there may be several values.
bool has_many(Path path);

/// A text as it is, numbers in digits, "true" or "false"; empty for everything else.
std::string text_of(const Found& found);

/// "Reservations.Instances.State.Name", for messages.
std::string path_text(Path path);

}  // namespace asiaq::aws
