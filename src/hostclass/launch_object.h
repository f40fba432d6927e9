// What groups launch hosts from: launch templates, and the launch configurations of former times.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "hostclass/group.h"
#include "hostclass/launch_settings.h"

namespace asiaq::aws::autoscaling {
class Client;
struct LaunchConfiguration;
}  // namespace asiaq::aws::autoscaling
namespace asiaq::aws::ec2 {
class Client;
struct RequestLaunchTemplateData;
struct ResponseLaunchTemplateData;
}  // namespace asiaq::aws::ec2

namespace asiaq::hostclass {

struct LaunchObject {
  enum class Kind { launch_template, launch_configuration } kind = Kind::launch_template;
  std::string id;  ///< Empty for a launch configuration.
  std::string name;
  std::string version;  ///< Of the template whose settings these are.
  std::optional<WallTime> created;
  LaunchSettings settings;
};

/// The version of a launch template that groups of this program refer to: it has no other.
inline constexpr const char* only_version = "1";

LaunchSettings settings_of(const aws::ec2::ResponseLaunchTemplateData& content);
LaunchSettings settings_of(const aws::autoscaling::LaunchConfiguration& configuration);
aws::ec2::RequestLaunchTemplateData content_of(const LaunchSettings& settings);

/// The environment's launch templates with their content, in one paginated Describe.
std::vector<LaunchObject> observe_launch_templates(const aws::ec2::Client& ec2,
                                                   const std::string& environment);

/// The environment's launch configurations, in one paginated Describe.
std::vector<LaunchObject> observe_launch_configurations(const aws::autoscaling::Client& autoscaling,
                                                        const std::string& environment);

/// What a group launches from; nullptr if it is not among `objects`.
const LaunchObject* launch_object_of(const Group& group, const std::vector<LaunchObject>& objects);

/// Makes a launch template of a new name with one version, tagged with hostclass and environment,
/// and gives its id and name.
LaunchReference create_launch_template(const aws::ec2::Client& ec2, const std::string& environment,
                                       const std::string& hostclass,
                                       const LaunchSettings& settings);

/// Deletes the object; one that is gone already is no error.
void delete_launch_object(const aws::ec2::Client& ec2, const aws::autoscaling::Client& autoscaling,
                          const LaunchObject& object);

}  // namespace asiaq::hostclass
