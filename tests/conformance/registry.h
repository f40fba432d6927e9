// What the suites run through: generated tables by the name of the suite they were generated from.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "aws/operation.h"

namespace asiaq::aws::conformance {

using Maker = std::shared_ptr<void> (*)();

template <class T>
std::shared_ptr<void> make() {
  return std::make_shared<T>();
}
inline std::shared_ptr<void> make_nothing() { return nullptr; }

struct Entry {
  const Operation* operation;
  Maker input;
  Maker output;
};

/// A suite of protocols has one entry per case, in the order of the cases; one of endpoints has the
/// operations that it calls.
struct Registered {
  const Service* service = nullptr;
  std::vector<Entry> entries;
  /// The entry of that operation, or null.
  const Entry* find(const std::string& operation) const;
};

class Registration {
 public:
  Registration(const std::string& name, const Service& service, std::vector<Entry> entries);
  /// Null if nothing was generated for that suite.
  static const Registered* find(const std::string& name);
};

}  // namespace asiaq::aws::conformance
