#pragma once

#include <string>

#include "aws/http/message.h"
#include "aws/operation.h"

/// What rest-json and rest-xml share: members in the path, the query string and the headers.
namespace asiaq::aws::protocol {

/// Path, query string, headers and body. Throws RequestError when a member of the path is unset or
/// empty.
void write_rest(const Service& service, const Operation& operation, const void* input,
                const std::string& token, http::Request& request);

/// Members from headers, status and body.
void read_rest(const Service& service, const Operation& operation, const http::Response& response,
               void* output);

}  // namespace asiaq::aws::protocol
