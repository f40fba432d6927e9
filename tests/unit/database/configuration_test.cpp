#include "database/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scratch_folder.h"
#include "support/thrown.h"

namespace asiaq::database {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr const char* foodb =
    "[ci-foodb]\nengine=Postgres\nengine_version=15.4\ndb_instance_class=db.t3.micro\n"
    "allocated_storage=20\nmaster_username=root\n";

class Databases : public testing::Test {
 protected:
  std::vector<DatabaseConfig> read(const std::string& text) {
    folder_.write(databases_file, text);
    return read_databases(config::ConfigFolder(folder_.path()), "ci", {"ci", "ci-east"});
  }
  std::string refused(const std::string& text) {
    return test::thrown_by([&] { read(text); });
  }

  test::ScratchFolder folder_;
};

TEST(Sections, BelongToTheLongestName) {
  const std::vector<std::string> sections = {"ci-foodb", "ci-east-foodb", "ci-west-foodb", "ci-",
                                             "ci",       "cix-foodb",     "CI-foodb"};
  EXPECT_THAT(sections_of(sections, "ci", {"ci", "ci-east"}),
              ElementsAre("ci-foodb", "ci-west-foodb"));
  EXPECT_THAT(sections_of(sections, "ci-east", {"ci", "ci-east"}), ElementsAre("ci-east-foodb"));
  EXPECT_THAT(sections_of(sections, "c", {"ci"}), IsEmpty());
}

TEST_F(Databases, AreNoneWithoutTheFile) {
  EXPECT_THAT(read_databases(config::ConfigFolder(folder_.path()), "ci", {}), IsEmpty());
}

TEST_F(Databases, HaveDefaults) {
  const DatabaseConfig database = read(foodb).at(0);
  EXPECT_EQ(database.id, "ci-foodb");
  EXPECT_EQ(database.name, "foodb");
  EXPECT_EQ(database.engine, "postgres");
  EXPECT_EQ(database.port, 5432);
  EXPECT_EQ(database.license_model, "postgresql-license");
  EXPECT_EQ(database.iops, 0);
  EXPECT_EQ(database.backup_retention_period, 1);
  EXPECT_EQ(database.product_line, "unknown");
  EXPECT_TRUE(database.multi_az && database.storage_encrypted);
  EXPECT_TRUE(database.auto_minor_version_upgrade);
  EXPECT_FALSE(database.publicly_accessible);
  EXPECT_FALSE(database.backup_window || database.maintenance_window);
}

TEST_F(Databases, OfOracleBringTheirLicense) {
  std::string text = foodb;
  text.replace(text.find("Postgres"), 8, "oracle-se2");
  const DatabaseConfig database = read(text + "character_set_name=AL32UTF8\n").at(0);
  EXPECT_EQ(database.port, 1521);
  EXPECT_EQ(database.license_model, "bring-your-own-license");
  EXPECT_EQ(database.character_set_name, "AL32UTF8");
}

TEST_F(Databases, OfPostgresHaveNoCharacterSet) {
  EXPECT_FALSE(read(std::string(foodb) + "character_set_name=UTF8\n").at(0).character_set_name);
}

TEST_F(Databases, HaveTheParametersOfTheirEnvironment) {
  folder_.write("rds/engine_specific/foodb.ini",
                "[ci]\nwork_mem=4096\nlog_statement=all\n[east]\nwork_mem=1\n");
  EXPECT_THAT(read(foodb).at(0).parameters,
              ElementsAre(Pair("work_mem", "4096"), Pair("log_statement", "all")));
}

TEST_F(Databases, OfOtherEnvironmentsMayBeWrong) {
  EXPECT_EQ(read(std::string(foodb) + "[ci-east-foodb]\n[other-foodb]\n").size(), 1U);
}

TEST_F(Databases, OfASectionForAnotherConfiguredEnvironmentAreNotRead) {
  folder_.write("disco_vpc.ini", "[env:ci-west]\nvpc_cidr=10.0.0.0/16\n");
  EXPECT_EQ(read(std::string(foodb) + "[ci-west-foodb]\n").size(), 1U);
}

TEST_F(Databases, WithMistakesAreRefusedByNameAndOption) {
  EXPECT_THAT(refused("[ci-foodb]\n"), HasSubstr("no option 'engine' in section 'ci-foodb'"));
  EXPECT_THAT(refused(std::string(foodb) + "iops=many\n"), HasSubstr("'iops'"));
  EXPECT_THAT(refused(std::string(foodb) + "port=0\n"), HasSubstr("0 is not between 1 and 65535"));
  EXPECT_THAT(refused(std::string(foodb) + "engine_version=\n"), HasSubstr("it is empty"));
}

TEST_F(Databases, WithNamesThatRdsDoesNotTakeAreRefused) {
  for (const char* section : {"ci-a_b", "ci-a--b", "ci-a-", "ci-a.b"}) {
    std::string text = foodb;
    text.replace(1, 8, section);
    EXPECT_THAT(refused(text), HasSubstr("cannot be the name of a database")) << section;
  }
}

TEST(Families, AreThoseOfRds) {
  EXPECT_EQ(parameter_group_family("postgres", "15.4"), "postgres15");
  EXPECT_EQ(parameter_group_family("postgres", "9.6.3"), "postgres9.6");
  EXPECT_EQ(parameter_group_family("mysql", "8.0.36"), "mysql8.0");
  EXPECT_EQ(parameter_group_family("oracle-se2", "12.1.0.2.v2"), "oracle-se2-12.1");
  EXPECT_EQ(parameter_group_family("oracle-se2", "19.0.0.0"), "oracle-se2-19");
  EXPECT_EQ(parameter_group_family("mariadb", "11"), "mariadb11");
}

}  // namespace
}  // namespace asiaq::database
