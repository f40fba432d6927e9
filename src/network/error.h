// The kinds of errors of this layer; scripts look for the kind's word in the message.
#pragma once

#include "base/error.h"

namespace asiaq::network {

/// An environment cannot be selected, or something in it is not as it must be. Kind
/// "VPCEnvironment".
class VpcEnvironmentError : public Error {
 public:
  explicit VpcEnvironmentError(std::string reason) : Error("VPCEnvironment", std::move(reason)) {}
};

/// The configuration of an environment's network is wrong. Kind "VPCConfig".
class VpcConfigError : public Error {
 public:
  explicit VpcConfigError(std::string reason) : Error("VPCConfig", std::move(reason)) {}
};

/// An address lies outside the metanetwork, or cannot be used. Kind "IPRange".
class IpRangeError : public Error {
 public:
  explicit IpRangeError(std::string reason) : Error("IPRange", std::move(reason)) {}
};

/// An elastic IP is unknown or their number is wrong. Kind "EIPConfig".
class EipConfigError : public Error {
 public:
  explicit EipConfigError(std::string reason) : Error("EIPConfig", std::move(reason)) {}
};

}  // namespace asiaq::network
