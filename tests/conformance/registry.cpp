#include "conformance/registry.h"

#include <map>

namespace asiaq::aws::conformance {
namespace {

std::map<std::string, Registered>& all() {
  static std::map<std::string, Registered> registered;
  return registered;
}

}  // namespace

const Entry* Registered::find(const std::string& operation) const {
  for (const Entry& entry : entries) {
    if (entry.operation->name == operation) return &entry;
  }
  return nullptr;
}

Registration::Registration(const std::string& name, const Service& service,
                           std::vector<Entry> entries) {
  all()[name] = {&service, std::move(entries)};
}

const Registered* Registration::find(const std::string& name) {
  const auto found = all().find(name);
  return found == all().end() ? nullptr : &found->second;
}

}  // namespace asiaq::aws::conformance
