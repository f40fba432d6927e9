// libFuzzer's entry to the target that the build names.
#include <cstdint>
#include <cstdlib>

#include "base/log.h"
#include "fuzz/targets.h"

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  asiaq::log::configure(asiaq::log::Level::error);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  asiaq::fuzz::ASIAQ_FUZZ_TARGET({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
