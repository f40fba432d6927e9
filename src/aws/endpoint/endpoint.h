#pragma once

#include <functional>
#include <string>

#include "aws/config/settings.h"
#include "aws/endpoint/rules.h"
#include "aws/operation.h"

/// Which address a request goes to and for whom it is signed.
namespace asiaq::aws::endpoint {

struct Endpoint {
  http::Url url{};
  std::string signing_region{};
  std::string signing_name{};
};

/// The parameters of rules that settings give, by their name ("AWS::Region"); unset: no value.
using BuiltIns = std::function<Value(std::string_view name)>;

/// Runs the service's rules, which it must have, for one request: what the operation and its input
/// say counts before what is built in. Throws RequestError as evaluate() of the rules.
Outcome evaluate(const Service& service, const Operation& operation, const void* input,
                 const BuiltIns& built_ins);

/// Throws RequestError when no endpoint fits.
Endpoint resolve(const Service& service, const Operation& operation, const void* input,
                 const std::string& region, const config::Settings& settings);

/// The bucket that a request is about, or empty.
std::string bucket_of(const Operation& operation, const void* input);

}  // namespace asiaq::aws::endpoint
