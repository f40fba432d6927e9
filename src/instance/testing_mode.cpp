#include "instance/testing_mode.h"

#include <array>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"

namespace asiaq::instance {

namespace {

std::filesystem::path mode_file(const HostPaths& paths) {
  return paths.in("var/lib/asiaq/testing-mode");
}

constexpr std::array<const char*, 3> units = {
    "disco-associate-eni.service", "disco-ip-route.service", "disco-associate-eip.service"};

}  // namespace

std::optional<TestingMode> chosen_testing_mode(const HostPaths& paths) {
  const auto text = first_line(mode_file(paths));
  if (text == "on") return TestingMode::on;
  if (text == "off") return TestingMode::off;
  return std::nullopt;
}

void set_testing_mode(Hands& hands, const HostPaths& paths, TestingMode mode) {
  write_file(hands, mode_file(paths), mode == TestingMode::on ? "on\n" : "off\n", {.mode = 0644});
  std::optional<Error> first;
  for (const char* unit : units) {
    try {
      run_program(hands, {"systemctl", mode == TestingMode::on ? "stop" : "restart", unit});
    } catch (const Error& error) {
      log::error("{}", error.what());
      if (!first) first = error;
    }
  }
  if (first) throw Error(*first);
}

}  // namespace asiaq::instance
