#include "instance/metadata.h"

#include <fmt/format.h>

#include "aws/error.h"
#include "base/error.h"

namespace asiaq::instance {

namespace {

Error metadata_error(std::string reason) {
  return with_hint(Error("Metadata", std::move(reason)), "this command runs on hosts in EC2");
}

}  // namespace

std::optional<std::string> Metadata::find(const std::string& path) {
  try {
    return service_.get(path);
  } catch (const aws::ConnectionError& error) {
    throw metadata_error(error.reason());
  }
}

std::string Metadata::get(const std::string& path) {
  if (auto document = find(path)) return *document;
  throw metadata_error(fmt::format("the instance metadata service has no {}", path));
}

std::string Metadata::vpc_id() {
  return get(fmt::format("meta-data/network/interfaces/macs/{}/vpc-id", get("meta-data/mac")));
}

}  // namespace asiaq::instance
