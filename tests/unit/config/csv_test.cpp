#include "config/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/thrown.h"

namespace asiaq::config {
namespace {

using testing::ElementsAre;

TEST(Csv, FindsCellsByHeaderAndTrimsBoth) {
  const Csv csv = Csv::parse("\xEF\xBB\xBF a , b\r\n 1 ,2\r\n", "x.csv");
  EXPECT_THAT(csv.headers(), ElementsAre("a", "b"));
  ASSERT_EQ(csv.rows().size(), 1u);
  EXPECT_EQ(csv.cell(csv.rows()[0], "a"), "1");
  EXPECT_EQ(csv.cell(csv.rows()[0], "b"), "2");
  EXPECT_EQ(csv.cell(csv.rows()[0], "A"), std::nullopt);
}

TEST(Csv, LeavesCellsOfShortRowsUnsetAndIgnoresSurplusOnes) {
  const Csv csv = Csv::parse("a,b\n1\n1,2,3\n,\n", "x.csv");
  EXPECT_EQ(csv.cell(csv.rows()[0], "b"), std::nullopt);
  EXPECT_EQ(csv.cell(csv.rows()[1], "b"), "2");
  EXPECT_EQ(csv.cell(csv.rows()[2], "a"), std::nullopt);
}

TEST(Csv, SkipsBlankLinesAndCountsThem) {
  const Csv csv = Csv::parse("a\n\n  \n1\n", "x.csv");
  ASSERT_EQ(csv.rows().size(), 1u);
  EXPECT_EQ(csv.rows()[0].line, 4);
}

TEST(Csv, TakesQuotedCellsWithCommasQuotesAndLineBreaks) {
  const Csv csv = Csv::parse("a,b,c\n\"1,2\", \"say \"\"x\"\"\",\"two\nlines\"\n4\n", "x.csv");
  EXPECT_EQ(csv.cell(csv.rows()[0], "a"), "1,2");
  EXPECT_EQ(csv.cell(csv.rows()[0], "b"), "say \"x\"");
  EXPECT_EQ(csv.cell(csv.rows()[0], "c"), "two\nlines");
  EXPECT_EQ(csv.rows()[1].line, 4);
}

TEST(Csv, LetsTheLastOfEqualHeadersWin) {
  const Csv csv = Csv::parse("a,a\n1,2\n", "x.csv");
  EXPECT_EQ(csv.cell(csv.rows()[0], "a"), "2");
}

TEST(Csv, ReportsAQuoteThatIsNeverClosedWithItsLine) {
  EXPECT_EQ(test::thrown_by([] { Csv::parse("a\n1\n\"2\n3\n", "x.csv"); }),
            "AsiaqConfig: x.csv:3: a quote is never closed");
}

TEST(Csv, NeedsAHeaderLine) {
  EXPECT_EQ(test::thrown_by([] { Csv::parse("\n", "x.csv"); }),
            "AsiaqConfig: x.csv:1: the file is empty: a header line is needed");
  EXPECT_EQ(test::thrown_by([] { Csv::read("/dev/null"); }),
            "AsiaqConfig: /dev/null:1: the file is empty: a header line is needed");
  EXPECT_EQ(test::thrown_by([] { Csv::read("/nonexistent.csv"); }),
            "AsiaqConfig: cannot read /nonexistent.csv");
}

}  // namespace
}  // namespace asiaq::config
