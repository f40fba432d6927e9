#pragma once

#include <string>

#include "aws/config/settings.h"
#include "aws/operation.h"

/// Which address a request goes to and for whom it is signed.
namespace asiaq::aws::endpoint {

struct Endpoint {
  http::Url url{};
  std::string signing_region{};
  std::string signing_name{};
};

/// Throws RequestError when no endpoint fits.
Endpoint resolve(const Service& service, const Operation& operation, const void* input,
                 const std::string& region, const config::Settings& settings);

/// The bucket that a request is about, or empty.
std::string bucket_of(const Operation& operation, const void* input);

}  // namespace asiaq::aws::endpoint
