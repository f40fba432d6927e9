#pragma once

#include "aws/operation.h"

/// The life of one call: write, sign, send, read, and try again.
namespace asiaq::aws {

class Session;

/// Calls the operation with the structure `input` of its input shape and fills `output` of its
/// output shape; both null where the operation has none. Thread-safe. Throws ServiceError,
/// ConnectionError, RequestError, CredentialsError, ReadOnlyError, Interrupted.
void call(Session& session, const Service& service, const Operation& operation, const void* input,
          void* output);

}  // namespace asiaq::aws
