#include "cli/output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "support/thrown.h"

namespace asiaq::cli {
namespace {

struct Host {
  std::string id;
  std::string hostclass;
  long long age;
};

std::vector<Column<Host>> columns() {
  return {{.key = "instance_id", .text = [](const Host& host) { return host.id; }},
          {.key = "hostclass",
           .width = 8,
           .text = [](const Host& host) { return host.hostclass.empty() ? "-" : host.hostclass; },
           .fact = [](const Host& host) -> Fact {
             if (host.hostclass.empty()) return std::monostate();
             return host.hostclass;
           }},
          {.key = "age_seconds",
           .width = 4,
           .align = Align::right,
           .text = [](const Host& host) { return std::to_string(host.age / 3600); },
           .fact = [](const Host& host) -> Fact { return host.age; }},
          {.key = "tags",
           .text = [](const Host&) { return ""; },
           .fact = [](const Host&) -> Fact {
             return std::vector<std::string>{"a", "b"};
           },
           .shown = Shown::in_json_only},
          {.key = "mark",
           .text = [](const Host&) { return "!"; },
           .shown = Shown::in_text_only,
           .separator = ""}};
}

TEST(TextTable, PadsButNeverCuts) {
  EXPECT_EQ(text_table<Host>(columns(), {{"i-1", "mhcx", 7200}, {"i-22", "mhclongname", 360000}}),
            "i-1 mhcx        2!\n"
            "i-22 mhclongname  100!\n");
}

TEST(TextTable, IsNothingForNoRows) { EXPECT_EQ(text_table<Host>(columns(), {}), ""); }

TEST(JsonTable, GivesFactsInFullUnderTheirKeys) {
  EXPECT_EQ(json_table<Host>(columns(), {{"i-1", "", 7200}}), R"([
  {
    "instance_id": "i-1",
    "hostclass": null,
    "age_seconds": 7200,
    "tags": [
      "a",
      "b"
    ]
  }
]
)");
}

TEST(JsonTable, IsAnEmptyArrayForNoRows) { EXPECT_EQ(json_table<Host>(columns(), {}), "[]\n"); }

TEST(JsonTable, SurvivesBytesThatAreNoText) {
  EXPECT_EQ(json_rows({{{"key", std::string("\xff")}}}),
            "[\n  {\n    \"key\": \"\xEF\xBF\xBD\"\n  }\n]\n");
}

TEST(Output, TakesAClosedPipeQuietly) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  const auto before = signal(SIGPIPE, SIG_IGN);
  Output output(ends[1]);
  EXPECT_EQ(test::thrown_by([&] {
              output.line("one");
              output.line("two");
            }),
            "nothing was thrown");
  signal(SIGPIPE, before);
  close(ends[1]);
}

TEST(Output, SaysThatResultsCouldNotBeWritten) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  Output output(full);
  EXPECT_EQ(test::thrown_by([&] { output.line("one"); }),
            "Output: cannot write results: No space left on device");
  close(full);
}

}  // namespace
}  // namespace asiaq::cli
