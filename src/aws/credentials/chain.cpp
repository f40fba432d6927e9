#include "aws/credentials/providers.h"

namespace asiaq::aws::credentials {

std::vector<std::unique_ptr<Provider>> default_chain(const Sources& sources) {
  std::vector<std::unique_ptr<Provider>> chain;
  chain.push_back(from_environment(sources));
  chain.push_back(from_profile(sources));
  return chain;
}

}  // namespace asiaq::aws::credentials
