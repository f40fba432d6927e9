#pragma once

#include "aws/http/body.h"
#include "aws/operation.h"

/// The life of one call: write, sign, send, read, and try again.
namespace asiaq::aws {

class Session;

/// Bodies that pass by instead of being held in input and output.
struct Streams {
  http::Source* upload = nullptr;
  http::Sink* download = nullptr;
};

/// Calls the operation with the structure `input` of its input shape and fills `output` of its
/// output shape; both null where the operation has none. Thread-safe. Throws ServiceError,
/// ConnectionError, RequestError, CredentialsError, ReadOnlyError, Interrupted, and what the
/// streams throw.
void call(Session& session, const Service& service, const Operation& operation, const void* input,
          void* output, const Streams& streams = {});

}  // namespace asiaq::aws
