#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "conformance/case.h"

namespace asiaq::aws::conformance {
namespace {

const std::map<std::string, std::string>& skips() {
  static const std::map<std::string, std::string> read = [] {
    std::map<std::string, std::string> found;
    std::ifstream stream(ASIAQ_CONFORMANCE_SKIPS);
    for (std::string line; std::getline(stream, line);) {
      if (line.empty() || line.front() == '#') continue;
      const std::size_t blank = line.find(' ');
      found[line.substr(0, blank)] = blank == std::string::npos ? "" : line.substr(blank + 1);
    }
    return found;
  }();
  return read;
}

class Case : public testing::Test {
 public:
  Case(std::string id, CaseBody run) : id_(std::move(id)), run_(std::move(run)) {}

  void TestBody() override {
    std::vector<std::string> differences;
    try {
      differences = run_();
    } catch (const std::exception& error) {
      differences.emplace_back(std::string("threw: ") + error.what());
    }
    const auto skip = skips().find(id_);
    const Judgement judgement =
        judge(differences, skip == skips().end() ? std::nullopt : std::optional(skip->second));
    for (const std::string& failure : judgement.failures) ADD_FAILURE() << failure;
    if (judgement.skipped) GTEST_SKIP() << *judgement.skipped;
  }

 private:
  std::string id_;
  CaseBody run_;
};

}  // namespace

Judgement judge(const std::vector<std::string>& differences,
                const std::optional<std::string>& reason_to_skip) {
  if (!reason_to_skip) return {.failures = differences};
  if (reason_to_skip->empty()) return {.failures = {"the list of skips gives no reason"}};
  if (differences.empty()) return {.failures = {"it passes: take it off the list of skips"}};
  return {.skipped = reason_to_skip};
}

std::filesystem::path suites_folder() { return ASIAQ_CONFORMANCE_DIR; }

std::string test_name(const std::string& text) {
  std::string name;
  for (const char sign : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(sign)) != 0;
    if (plain || (!name.empty() && name.back() != '_')) name += plain ? sign : '_';
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  return name;
}

std::string read_text(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

void add_case(const std::string& suite, const std::string& name, CaseBody run) {
  static std::map<std::string, int> used;
  std::string unique = name;
  if (const int before = used[suite + "." + name]++; before > 0)
    unique += "_" + std::to_string(before + 1);
  const std::string id = suite + "." + unique;
  testing::RegisterTest(suite.c_str(), unique.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                        [id, run = std::move(run)]() -> Case* { return new Case(id, run); });
}

}  // namespace asiaq::aws::conformance

int main(int argc, char** argv) {
  using namespace asiaq::aws::conformance;
  testing::InitGoogleTest(&argc, argv);
  if (!std::filesystem::exists(suites_folder())) {
    std::fprintf(stderr, "no suites in %s: run scripts/setup, or set ASIAQ_CONFORMANCE_DIR\n",
                 suites_folder().c_str());
    return 1;
  }
  add_protocol_cases();
  add_endpoint_cases();
  add_signing_cases();
  add_configuration_cases();
  return RUN_ALL_TESTS();
}
