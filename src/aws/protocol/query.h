#pragma once

#include <string>

#include "aws/operation.h"

/// Requests of the query and the EC2 protocol: a form.
namespace asiaq::aws::protocol {

/// "Action=…&Version=…&Member.1=…", members in the order of the model.
std::string write_form(const Service& service, const Operation& operation, const void* input,
                       const std::string& token);

}  // namespace asiaq::aws::protocol
