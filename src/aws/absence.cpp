#include "aws/absence.h"

#include "aws/error.h"
#include "base/text.h"

namespace asiaq::aws {

namespace {

// Auto Scaling answers ValidationError for everything that is not there.
bool says_it_is_gone(const ServiceError& error) {
  if (error.is_not_found()) return true;
  return error.has_code("ValidationError") &&
         lower_case(error.message()).find("not found") != std::string::npos;
}

}  // namespace

void ignoring_absence(const std::function<void()>& deletion) {
  try {
    deletion();
  } catch (const ServiceError& error) {
    if (!says_it_is_gone(error)) throw;
  }
}

}  // namespace asiaq::aws
