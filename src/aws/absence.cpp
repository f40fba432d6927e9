#include "aws/absence.h"

#include "aws/error.h"

namespace asiaq::aws {

void ignoring_absence(const std::function<void()>& deletion) {
  try {
    deletion();
  } catch (const ServiceError& error) {
    if (!error.is_not_found()) throw;
  }
}

}  // namespace asiaq::aws
