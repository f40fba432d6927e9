// Making a whole environment.
#pragma once

#include <string>

#include "config/config_folder.h"
#include "network/address_plan.h"
#include "network/reference.h"
#include "network/tags.h"
#include "plan/executor.h"
#include "plan/plan.h"

namespace asiaq::aws {
class Session;
}

namespace asiaq::environment {

struct CreateOptions {
  std::string name;
  std::string type;
  /// Whether interfaces are made for the static addresses of hostclasses.
  enum class StaticAddresses { reserve, leave } static_addresses = StaticAddresses::reserve;
  network::TagMap tags;  ///< More tags for the VPC, its subnets and route tables.
};

/// What `create` would do. The VPC's id is known once the plan was carried out.
struct Creation {
  plan::Plan plan;
  network::Reference vpc;
};

/// Checks all that can be checked, reads what is there and plans the rest; writes nothing. An
/// unfinished VPC of the same name and type is completed: its ranges are read back, not drawn anew.
/// Throws VpcConfigError for a bad name, a name that is taken, or a configuration that cannot work;
/// ConfigError for a type that is not configured.
Creation plan_creation(aws::Session& session, const config::ConfigFolder& folder,
                       const CreateOptions& options,
                       const network::Random& random = network::machine_random());

/// Carries the plan out. A failure leaves what was made and says how to go on or back.
void carry_out(const Creation& creation, const std::string& name,
               const plan::ExecutionOptions& options = {});

}  // namespace asiaq::environment
