// The kind of errors of this layer; scripts look for the kind's word in the message.
#pragma once

#include "base/error.h"

namespace asiaq::database {

/// A database is not as it must be. Kind "RDS".
class DatabaseError : public Error {
 public:
  explicit DatabaseError(std::string reason) : Error("RDS", std::move(reason)) {}
};

}  // namespace asiaq::database
