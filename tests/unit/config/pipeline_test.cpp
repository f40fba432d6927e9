#include "config/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scratch_folder.h"
#include "support/thrown.h"

namespace asiaq::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string problem_of(const std::string& text, PipelineUse use = PipelineUse::everything) {
  return test::thrown_by([&] { parse_pipeline(text, "p.csv", use); });
}

TEST(Pipeline, ReadsEveryColumnInAnyOrder) {
  const Pipeline pipeline = parse_pipeline(
      "hostclass,sequence,min_size,desired_size,max_size,instance_type,extra_space,extra_disk,iops,"
      "smoke_test,ami,deployable,integration_test,termination_policies,chaos,remark\n"
      "mhcx,2,1,\"1@30 10 * * *:5@45 1 * * *\",5,t3.small,10,20,300,Yes,ami-0a1b,y,smoke,"
      "OldestInstance Default,no,whatever\n",
      "p.csv");
  ASSERT_EQ(pipeline.rows.size(), 1u);
  const PipelineRow& row = pipeline.rows[0];
  EXPECT_EQ(row.line, 2);
  EXPECT_EQ(row.sequence, 2);
  EXPECT_EQ(row.hostclass, "mhcx");
  EXPECT_EQ(row.min_size.smallest(), 1);
  EXPECT_EQ(row.desired_size.largest(), 5);
  EXPECT_EQ(row.max_size.largest(), 5);
  EXPECT_EQ(row.instance_type, "t3.small");
  EXPECT_EQ(row.extra_space, 10);
  EXPECT_EQ(row.extra_disk, 20);
  EXPECT_EQ(row.iops, 300);
  EXPECT_TRUE(row.smoke_test);
  EXPECT_EQ(row.ami, "ami-0a1b");
  EXPECT_TRUE(row.deployable);
  EXPECT_EQ(row.integration_test, "smoke");
  EXPECT_THAT(row.termination_policies, ElementsAre("OldestInstance", "Default"));
  EXPECT_EQ(row.chaos, false);
}

TEST(Pipeline, LeavesEmptyAndMissingCellsUnset) {
  const Pipeline pipeline = parse_pipeline("sequence,hostclass,min_size,chaos\n1,mhcx\n", "p.csv");
  const PipelineRow& row = pipeline.rows.at(0);
  EXPECT_TRUE(row.min_size.empty());
  EXPECT_EQ(row.chaos, std::nullopt);
  EXPECT_FALSE(row.smoke_test);
  EXPECT_THAT(row.termination_policies, IsEmpty());
}

TEST(Pipeline, PointsOutColumnsThatNothingReads) {
  testing::internal::CaptureStderr();
  parse_pipeline("sequence,hostclass,desired_sise\n1,mhcx,3\n", "p.csv");
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("p.csv:1: nothing reads these columns: desired_sise"));
}

TEST(Pipeline, KeepsAZeroSize) {
  EXPECT_EQ(parse_pipeline("sequence,hostclass,min_size\n1,mhcx,0\n", "p.csv")
                .rows.at(0)
                .min_size.smallest(),
            0);
}

TEST(Pipeline, NamesTheMissingHeaderAndThoseItFound) {
  EXPECT_EQ(problem_of("sequence,host\n1,mhcx\n"),
            "AsiaqConfig: p.csv:1: hostclass: the header line has no such column, only: sequence, "
            "host");
  EXPECT_THAT(problem_of("hostclass\nmhcx\n"), HasSubstr("p.csv:1: sequence: the header line"));
}

TEST(Pipeline, ReportsEveryProblemOfTheFileWithLineAndColumn) {
  const std::string message = problem_of(
      "sequence,hostclass,min_size,desired_size,max_size,extra_space,iops,ami\n"
      "one,mhca,1@x:5,,,,,\n"
      ",mhcb,abc,-1,,ten,-5,\n"
      "3,,,,,,,\n"
      "4,mhcd,5,,3,,,no\n"
      "5,mhce,,4,3,,,\n");
  EXPECT_THAT(message, HasSubstr("p.csv:2: sequence: 'one' is not an integer"));
  EXPECT_THAT(message, HasSubstr("p.csv:2: min_size: '1@x:5'"));
  EXPECT_THAT(message, HasSubstr("p.csv:3: sequence: a number is needed"));
  EXPECT_THAT(message, HasSubstr("p.csv:3: min_size: 'abc' is not a size"));
  EXPECT_THAT(message, HasSubstr("p.csv:3: desired_size: '-1' is not a size"));
  EXPECT_THAT(message, HasSubstr("p.csv:3: extra_space: 'ten' is not a whole number"));
  EXPECT_THAT(message, HasSubstr("p.csv:3: iops: '-5' is not a whole number"));
  EXPECT_THAT(message, HasSubstr("p.csv:4: hostclass: a hostclass or an ami is needed"));
  EXPECT_THAT(message, HasSubstr("p.csv:5: ami: 'no' is not an image id"));
  EXPECT_THAT(message, HasSubstr("p.csv:5: min_size: 5 is more than max_size 3"));
  EXPECT_THAT(message, HasSubstr("p.csv:6: desired_size: 4 is more than max_size 3"));
}

TEST(Pipeline, TakingDownNeedsHostclassesOnly) {
  const Pipeline pipeline = parse_pipeline("hostclass,min_size\nmhcx,rubbish\nmhcy\n", "p.csv",
                                           PipelineUse::hostclasses_only);
  ASSERT_EQ(pipeline.rows.size(), 2u);
  EXPECT_EQ(pipeline.rows[1].hostclass, "mhcy");
  EXPECT_THAT(problem_of("ami,hostclass\nami-1\n", PipelineUse::hostclasses_only),
              HasSubstr("p.csv:2: hostclass: a hostclass is needed"));
}

TEST(Pipeline, ARowMayNameItsImageInsteadOfAHostclass) {
  EXPECT_THAT(problem_of("sequence,hostclass,ami\n1,,ami-0123456789abcdef0\n"),
              HasSubstr("nothing was thrown"));
}

TEST(Pipeline, IsFoundInTheConfigurationFolder) {
  const test::ScratchFolder scratch;
  scratch.write("pipelines/demo.csv", "sequence,hostclass\n1,mhcx\n");
  const ConfigFolder folder(scratch.path());
  EXPECT_EQ(read_pipeline(folder, "pipelines/demo.csv").rows.size(), 1u);
  EXPECT_THAT(test::thrown_by([&] { read_pipeline(folder, "pipelines/no.csv"); }),
              HasSubstr("config path not found: "));
}

}  // namespace
}  // namespace asiaq::config
