// Every seed through its target, with the sanitizers of the unit tests: an input that was a finding
// once is added to the seeds.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <vector>

#include "base/log.h"
#include "fuzz/targets.h"

namespace asiaq::fuzz {
namespace {

const std::filesystem::path kSeeds = ASIAQ_FUZZ_SEEDS;

const std::map<std::string, void (*)(std::string_view)>& targets() {
  static const std::map<std::string, void (*)(std::string_view)> all{
      {"csv", csv},
      {"endpoint_rules", endpoint_rules},
      {"http_header", http_header},
      {"ini", ini},
      {"json", json},
      {"profile", profile},
      {"security_rules", security_rules},
      {"size_schedule", size_schedule},
      {"time", time},
      {"url", url},
      {"xml", xml}};
  return all;
}

// "xml/instances"
std::vector<std::string> seeds() {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kSeeds)) {
    if (entry.is_regular_file()) found.push_back(entry.path().lexically_relative(kSeeds).string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

class Seed : public testing::TestWithParam<std::string> {};

TEST_P(Seed, IsDigested) {
  log::configure(log::Level::error);
  const std::string target = GetParam().substr(0, GetParam().find('/'));
  ASSERT_TRUE(targets().contains(target));
  std::ifstream stream(kSeeds / GetParam(), std::ios::binary);
  const std::string input(std::istreambuf_iterator<char>(stream), {});
  targets().at(target)(input);
  // Cut off and with a bit turned over at several places, the inputs that fuzzing begins with.
  for (std::size_t step = 1; step < 16; ++step) {
    const std::size_t at = input.size() * step / 16;
    targets().at(target)(std::string_view(input).substr(0, at));
    if (at >= input.size()) continue;
    std::string turned = input;
    turned[at] = static_cast<char>(turned[at] ^ (1 << (step % 7)));
    targets().at(target)(turned);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Seed, testing::ValuesIn(seeds()), [](const auto& row) {
  std::string name = row.param;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char sign) { return std::isalnum(sign) == 0; }, '_');
  return name;
});

TEST(Seeds, AreThereForEveryTarget) {
  for (const auto& [name, target] : targets()) {
    EXPECT_TRUE(std::filesystem::is_directory(kSeeds / name)) << name;
  }
}

}  // namespace
}  // namespace asiaq::fuzz
