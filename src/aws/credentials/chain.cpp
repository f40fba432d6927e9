#include "aws/credentials/providers.h"

namespace asiaq::aws::credentials {

std::vector<std::shared_ptr<Provider>> default_chain(const Sources& sources) {
  std::vector<std::shared_ptr<Provider>> chain{from_environment(sources)};
  // A profile chosen by name is meant; the default profile is only there.
  if (sources.profile.by_name) {
    chain.push_back(from_profile(sources));
    chain.push_back(from_web_identity(sources));
  } else {
    chain.push_back(from_web_identity(sources));
    chain.push_back(from_profile(sources));
  }
  chain.push_back(from_container(sources));
  chain.push_back(from_instance(sources));
  return chain;
}

}  // namespace asiaq::aws::credentials
