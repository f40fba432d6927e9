#pragma once

#include <map>
#include <string>

#include "aws/http/message.h"
#include "aws/operation.h"
#include "aws/protocol/integrity.h"

/// From generated structures to HTTP requests and back. One file pair per wire format walks the
/// tables of aws/shape.h.
namespace asiaq::aws::protocol {

/// What the request needs besides the input.
struct WriteOptions {
  /// Stands for an idempotency token that the caller did not set. Empty: such members stay unset.
  std::string idempotency_token;
  /// Sent as the payload in place of the member that would hold it.
  http::Source* upload = nullptr;
  Integrity uploads = Integrity::when_supported;
  Integrity downloads = Integrity::when_supported;
  /// Bodies of at least so many bytes are compressed where the operation allows it.
  std::size_t compressed_from = 10240;
};

/// A request without scheme and host. `host_prefix` is to be put in front of the endpoint's host.
struct WrittenRequest {
  http::Request http;
  std::string host_prefix;
};

/// `input` is the structure of `operation.input`, or null when the operation has none. Throws
/// RequestError when a member of the path is unset or empty, or a number cannot be sent.
WrittenRequest write_request(const Service& service, const Operation& operation, const void* input,
                             const WriteOptions& options);

/// Fills the structure of `operation.output` (null: nothing to fill). Throws UnreadableResponse.
void read_response(const Service& service, const Operation& operation,
                   const http::Response& response, void* output);

/// The body is not what the protocol promises.
struct UnreadableResponse {
  std::string reason;
};

struct ErrorFacts {
  std::string code;  ///< the HTTP status as text if the body has none
  std::string message;
  std::string request_id;
  std::map<std::string, std::string> details;
};

/// What AWS's support asks for; empty if the headers have none.
std::string request_id_of(const http::Headers& headers);

/// The error in a response with a status of 300 and above. Never throws: unreadable bodies give a
/// message about them.
ErrorFacts read_error(const Service& service, const http::Response& response);

/// S3 may begin to answer with 200 and fail afterwards: then the body is an error.
bool is_error_in_disguise(const Service& service, const Operation& operation,
                          const http::Response& response);

}  // namespace asiaq::aws::protocol
