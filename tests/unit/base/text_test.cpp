#include "base/text.h"

#include <gtest/gtest.h>

namespace asiaq {
namespace {

TEST(Text, TrimsBlanksOfAllKinds) {
  EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
  EXPECT_EQ(trimmed(" \n"), "");
}

TEST(Text, SplitsKeepingEmptyParts) {
  EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string>{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), (std::vector<std::string>{""}));
}

TEST(Text, FindsWordsBetweenRunsOfSeparators) {
  EXPECT_EQ(words("  443, 80,,22 ", " ,"), (std::vector<std::string>{"443", "80", "22"}));
  EXPECT_TRUE(words("  ").empty());
}

TEST(Text, PadsButNeverCuts) {
  EXPECT_EQ(left_aligned("ab", 4), "ab  ");
  EXPECT_EQ(right_aligned("ab", 4), "  ab");
  EXPECT_EQ(left_aligned("abcdef", 4), "abcdef");
}

TEST(Text, ParsesWholeIntegersOnly) {
  EXPECT_EQ(parse_integer("-12"), -12);
  for (const char* bad : {"", "1x", " 1", "1.0", "+"}) EXPECT_FALSE(parse_integer(bad)) << bad;
}

TEST(IsTruthy, KnowsSixWordsInAnyCase) {
  for (const char* yes : {"true", "YES", "t", "Y", "Aye", "1"}) EXPECT_TRUE(is_truthy(yes)) << yes;
  for (const char* no : {"", "no", "on", "maybe", "true ", "0"}) EXPECT_FALSE(is_truthy(no)) << no;
}

TEST(MatchesWildcard, TreatsOnlyStarAndQuestionMarkAsSpecial) {
  EXPECT_TRUE(matches_wildcard("mhcfoo 14", "mhcfoo *"));
  EXPECT_TRUE(matches_wildcard("abcab", "*ab"));
  EXPECT_TRUE(matches_wildcard("abc", "a?c"));
  EXPECT_FALSE(matches_wildcard("abc", "a[b]c"));
  EXPECT_FALSE(matches_wildcard("abc", "ab"));
}

TEST(Nearest, SuggestsOnlyWhatIsNear) {
  EXPECT_EQ(nearest("listhost", {"listhosts", "exec"}), "listhosts");
  EXPECT_FALSE(nearest("zzz", {"listhosts", "exec"}));
  EXPECT_EQ(nearest("vcp", {"eip", "vpc"}), "vpc") << "swapped letters are one slip";
}

}  // namespace
}  // namespace asiaq
