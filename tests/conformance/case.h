// Cases found in files become tests of their own.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace asiaq::aws::conformance {

/// The `tests` folder of a botocore source distribution (ASIAQ_CONFORMANCE_DIR).
std::filesystem::path suites_folder();

/// Runs a case; each text is one difference from what the suite wants.
using CaseBody = std::function<std::vector<std::string>()>;

/// What a run of a case comes to: its failures, or why it is skipped.
struct Judgement {
  std::vector<std::string> failures{};
  std::optional<std::string> skipped{};
};

/// A skip needs a reason, and a case that does not pass.
Judgement judge(const std::vector<std::string>& differences,
                const std::optional<std::string>& reason_to_skip);

/// Registers a test. A case that skips.txt names ("Suite.case reason") runs all the same and fails
/// if it passes.
void add_case(const std::string& suite, const std::string& name, CaseBody run);

/// Letters, digits and underscores only, as test names need.
std::string test_name(const std::string& text);

std::string read_text(const std::filesystem::path& file);

// Called once, before any test runs.
void add_protocol_cases();
void add_endpoint_cases();
void add_signing_cases();
void add_configuration_cases();

}  // namespace asiaq::aws::conformance
