// The instance on which a bake runs.
#pragma once

#include <optional>
#include <string>

#include "image/preparation.h"

namespace asiaq::aws::ec2 {
class Client;
struct RunInstancesRequest;
}  // namespace asiaq::aws::ec2

namespace asiaq::image {

/// One instance from the source image in that subnet, with its tags, by a token that makes a
/// repeated request harmless.
aws::ec2::RunInstancesRequest builder_request(const Preparation& preparation,
                                              const std::string& subnet_id,
                                              const std::string& user_data);

/// Owns the instance: unless released, it is terminated with the object, whatever ends the bake.
/// Not thread-safe.
class Builder {
 public:
  Builder(const aws::ec2::Client& ec2, const Preparation& preparation)
      : ec2_(ec2), preparation_(preparation) {}
  ~Builder();
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  /// Launches; where a subnet's zone lacks capacity the next subnet is tried. Throws
  /// aws::ServiceError, with a hint naming the option for what AWS refuses.
  void launch(const std::string& user_data);

  /// Waits, 900 s at most, until it runs and has the address that the bake uses.
  void wait_until_running();

  /// Waits until the host has shut down; after 300 s it is stopped, and waited for again.
  void wait_until_stopped();

  void set_enhanced_networking();

  /// Ends it; nothing if there is none. Throws.
  void terminate();

  /// It goes on without this object.
  void release() { released_ = true; }

  const std::string& id() const { return id_; }            ///< Empty before launch().
  const std::string& address() const { return address_; }  ///< Empty before wait_until_running().

 private:
  void read_address();

  const aws::ec2::Client& ec2_;
  const Preparation& preparation_;
  std::string id_;
  std::string address_;
  bool released_ = false;
};

}  // namespace asiaq::image
