#include "config/ini.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/thrown.h"

namespace asiaq::config {
namespace {

using test::thrown_by;
using testing::ElementsAre;
using testing::HasSubstr;

Ini parse(const std::string& text) { return Ini::parse(text, "x.ini"); }

std::string problem_of(const std::string& text) {
  return thrown_by([&] { parse(text); });
}

struct ValueCase {
  std::string line;
  std::string value;
};

class IniValue : public testing::TestWithParam<ValueCase> {};

TEST_P(IniValue, IsReadByTheRulesOfTheDialect) {
  EXPECT_EQ(parse("[a]\n" + GetParam().line + "\n").require("a", "x"), GetParam().value)
      << "for the line: " << GetParam().line;
}

INSTANTIATE_TEST_SUITE_P(
    Lines, IniValue,
    testing::Values(ValueCase{"x=1", "1"}, ValueCase{"x: 1", "1"}, ValueCase{"X = 1", "1"},
                    ValueCase{"x =  two words \t", "two words"}, ValueCase{"x=a=b:c", "a=b:c"},
                    ValueCase{"x:a=b", "a=b"}, ValueCase{"x=", ""}, ValueCase{"x=..  ; note", ".."},
                    ValueCase{"x=a;b", "a;b"}, ValueCase{"x=a;b ; c", "a;b ; c"},
                    ValueCase{"x=a ; b ; c", "a"}, ValueCase{"x=a # b", "a # b"},
                    ValueCase{"x=;kept", ";kept"}, ValueCase{"x=;gone ", ""},
                    ValueCase{"x=\"\"", ""}, ValueCase{"x=\"a\"", "\"a\""}, ValueCase{"x=''", "''"},
                    ValueCase{"x=100%", "100%"}, ValueCase{"x=100%%", "100%%"},
                    ValueCase{"x=%d /%7E", "%d /%7E"}, ValueCase{"rem=3\nx=1", "1"},
                    ValueCase{"x=1\r", "1"}, ValueCase{"x=1\nx=2", "2"}),
    [](const auto& tested) { return "Case" + std::to_string(tested.index); });

TEST(Ini, StoresOptionNamesInLowerCase) {
  const Ini ini = parse("[a]\nKey@Env=v\nsome name/with.%signs = w\n");
  EXPECT_EQ(ini.require("a", "key@env"), "v");
  EXPECT_EQ(ini.require("a", "KEY@ENV"), "v");
  EXPECT_EQ(ini.require("a", "Some Name/With.%Signs"), "w");
}

TEST(Ini, SkipsBlankLinesAndComments) {
  const Ini ini = parse("# c\n; c\n\n[a]\n#x=1\n;x=1\nrem x=1\nREM\nRem\ty=1\nrem=3\nremark=4\n");
  EXPECT_THAT(ini.options("a"), ElementsAre("rem", "remark"));
}

TEST(Ini, SkipsAByteOrderMark) {
  EXPECT_EQ(parse("\xEF\xBB\xBF[a]\nx=1\n").require("a", "x"), "1");
}

TEST(Ini, KeepsSectionNamesAsWritten) {
  const Ini ini = parse("[b] the rest is ignored\nx=1\n[ b ]\nx=2\n[B]\nx=3\n");
  EXPECT_THAT(ini.sections(), ElementsAre("b", " b ", "B"));
  EXPECT_EQ(ini.require(" b ", "x"), "2");
}

TEST(Ini, MergesSectionsOfOneNameAndLetsTheLastDuplicateWin) {
  const Ini ini = parse("[a]\nx=1\ny=1\n[b]\n[a]\nx=2\n");
  EXPECT_THAT(ini.sections(), ElementsAre("a", "b"));
  EXPECT_EQ(ini.require("a", "x"), "2");
  EXPECT_EQ(ini.require("a", "y"), "1");
  EXPECT_EQ(ini.location("a", "x"), "x.ini:6");
}

TEST(Ini, ShowsDefaultsInEverySectionButDoesNotListThem) {
  const Ini ini = parse("[DEFAULT]\nx=1\ny=1\n[a]\ny=2\n[Default]\n");
  EXPECT_THAT(ini.sections(), ElementsAre("a", "Default"));
  EXPECT_EQ(ini.require("a", "x"), "1");
  EXPECT_EQ(ini.require("a", "y"), "2");
  EXPECT_THAT(ini.options("a"), ElementsAre("y", "x"));
  EXPECT_FALSE(ini.has("missing", "x"));
}

TEST(Ini, ContinuesValuesOnIndentedLines) {
  const Ini ini =
      parse("[a]\nx = 1 ; note\n  2 ; kept \n\n# comment\n\t# content\n ; also\ny=\n z\n");
  EXPECT_EQ(ini.require("a", "x"), "1\n2 ; kept\n# content\n; also");
  EXPECT_EQ(ini.require("a", "y"), "\nz");
}

TEST(Ini, InterpolatesValuesThatReferToOthers) {
  const Ini ini = parse(
      "[DEFAULT]\nhome=/d\n[a]\nx=%(y)s-1\ny=2\np=%(HOME)s/%(__name__)s\nq=%(y)s%%\n"
      "r=%(s)s\ns=100%\nt=%(u)s\nu=%(x)s!\n");
  EXPECT_EQ(ini.require("a", "x"), "2-1");
  EXPECT_EQ(ini.require("a", "p"), "/d/a");
  EXPECT_EQ(ini.require("a", "q"), "2%");
  EXPECT_EQ(ini.require("a", "r"), "100%");
  EXPECT_EQ(ini.require("a", "t"), "2-1!");
}

struct BadCase {
  std::string text;
  std::string problem;
};

class BadInterpolation : public testing::TestWithParam<BadCase> {};

TEST_P(BadInterpolation, NamesFileLineOptionAndSection) {
  const Ini ini = parse("[a]\n" + GetParam().text + "\n");
  const std::string message = thrown_by([&] { ini.get("a", "x"); });
  EXPECT_THAT(message, HasSubstr("AsiaqConfig: x.ini:2: option 'x' in section 'a': "));
  EXPECT_THAT(message, HasSubstr(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(Values, BadInterpolation,
                         testing::Values(BadCase{"x=%(nope)s", "'%(nope)s' refers to an option"},
                                         BadCase{"x=%(x)s", "more than 10 deep"},
                                         BadCase{"x=%(y)s\ny=%(x)s", "more than 10 deep"},
                                         BadCase{"x=%(y)s 5%\ny=1", "a '%' is not part of"},
                                         BadCase{"x=%(y)d\ny=1", "a '%' is not part of"},
                                         BadCase{"x=%(y", "a '%' is not part of"}),
                         [](const auto& tested) { return "Case" + std::to_string(tested.index); });

TEST(Ini, ReportsEveryBadLineWithFileAndNumber) {
  const std::string message =
      problem_of("[a]\n  indented\nx=1\nno separator\n=empty\n: empty\n[]\n");
  EXPECT_THAT(message, HasSubstr("x.ini:2: an indented line"));
  EXPECT_THAT(message, HasSubstr("x.ini:4: neither"));
  EXPECT_THAT(message, HasSubstr("x.ini:5: an option needs a name"));
  EXPECT_THAT(message, HasSubstr("x.ini:6: an option needs a name"));
  EXPECT_THAT(message, HasSubstr("x.ini:7: neither"));
}

TEST(Ini, ReportsTextBeforeTheFirstHeader) {
  EXPECT_EQ(problem_of("\nx=1\ny=1\n[a]\n"),
            "AsiaqConfig: x.ini:2: text before the first [section] header");
}

TEST(Ini, NamesWhatIsMissingOnMandatoryReads) {
  const Ini ini = parse("[a]\n");
  EXPECT_EQ(thrown_by([&] { ini.require("b", "x"); }), "AsiaqConfig: no section 'b' in x.ini");
  EXPECT_EQ(thrown_by([&] { ini.require("a", "x"); }),
            "AsiaqConfig: no option 'x' in section 'a' of x.ini");
}

TEST(Ini, SaysWhichFileCannotBeRead) {
  EXPECT_EQ(thrown_by([] { Ini::read("/nonexistent/x.ini"); }),
            "AsiaqConfig: cannot read /nonexistent/x.ini");
}

TEST(Ini, IsWrittenSoThatItReadsBackTheSame) {
  const std::string text = ini_text({{"a", {{"x", "1\n2"}, {"y", ""}}}, {"b", {}}});
  EXPECT_EQ(text, "[a]\nx = 1\n\t2\ny = \n\n[b]\n\n");
  EXPECT_EQ(parse(text).require("a", "x"), "1\n2");
}

TEST(HashComment, EndsAValueOnlyAfterABlank) {
  EXPECT_EQ(without_hash_comment("blue_green # the new way"), "blue_green");
  EXPECT_EQ(without_hash_comment("a#b"), "a#b");
  EXPECT_EQ(without_hash_comment("# all"), "");
}

}  // namespace
}  // namespace asiaq::config
