#include "config/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "config/csv.h"

namespace asiaq::config {

namespace {

bool is_image_id(std::string_view text) {
  constexpr std::string_view prefix = "ami-";
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return !text.empty() &&
         text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

/// Reads the cells of one row and notes what is wrong with them.
class RowReader {
 public:
  RowReader(const Csv& csv, const Csv::Row& row, std::vector<std::string>& problems)
      : csv_(csv), row_(row), problems_(problems) {}

  void report(std::string_view problem) {
    problems_.push_back(fmt::format("{}:{}: {}", csv_.file_name(), row_.line, problem));
  }

  std::optional<std::string> text(std::string_view column) const { return csv_.cell(row_, column); }

  std::optional<int> number(std::string_view column) {
    const std::optional<std::string> cell = text(column);
    if (!cell) return {};
    const std::optional<long long> value = parse_integer(*cell);
    if (!value || *value < 0 || *value > std::numeric_limits<int>::max()) {
      report(fmt::format("{}: '{}' is not a whole number that is not negative", column, *cell));
      return {};
    }
    return static_cast<int>(*value);
  }

  std::optional<int> sequence() {
    const std::optional<std::string> cell = text("sequence");
    const std::optional<long long> value = cell ? parse_integer(*cell) : std::nullopt;
    if (value && *value >= std::numeric_limits<int>::min() &&
        *value <= std::numeric_limits<int>::max()) {
      return static_cast<int>(*value);
    }
    report(cell ? fmt::format("sequence: '{}' is not an integer", *cell)
                : "sequence: a number is needed");
    return {};
  }

  SizeSchedule size(std::string_view column) {
    const std::optional<std::string> cell = text(column);
    if (!cell) return {};
    try {
      return SizeSchedule::parse(*cell);
    } catch (const ConfigError& error) {
      report(fmt::format("{}: {}", column, error.reason()));
      return {};
    }
  }

  bool truthy(std::string_view column) const { return is_truthy(text(column).value_or("")); }

 private:
  const Csv& csv_;
  const Csv::Row& row_;
  std::vector<std::string>& problems_;
};

PipelineRow read_row(const Csv& csv, const Csv::Row& cells, std::vector<std::string>& problems) {
  RowReader reader(csv, cells, problems);
  PipelineRow row;
  row.line = cells.line;
  row.sequence = reader.sequence().value_or(0);
  row.hostclass = reader.text("hostclass").value_or("");
  row.min_size = reader.size("min_size");
  row.desired_size = reader.size("desired_size");
  row.max_size = reader.size("max_size");
  row.instance_type = reader.text("instance_type");
  row.extra_space = reader.number("extra_space");
  row.extra_disk = reader.number("extra_disk");
  row.iops = reader.number("iops");
  row.smoke_test = reader.truthy("smoke_test");
  row.ami = reader.text("ami");
  row.deployable = reader.truthy("deployable");
  row.integration_test = reader.text("integration_test");
  row.termination_policies = words(reader.text("termination_policies").value_or(""), " \t\r\n,");
  if (const auto chaos = reader.text("chaos")) row.chaos = is_truthy(*chaos);
  if (row.ami && !is_image_id(*row.ami)) {
    reader.report(
        fmt::format("ami: '{}' is not an image id such as ami-0123456789abcdef0", *row.ami));
  }
  if (row.hostclass.empty() && !row.ami)
    reader.report("hostclass: a hostclass or an ami is needed");
  for (const std::string& problem : size_problems(row)) reader.report(problem);
  return row;
}

void require_column(const Csv& csv, std::string_view column) {
  if (csv.has_column(column)) return;
  throw ConfigError(fmt::format("{}:1: {}: the header line has no such column, only: {}",
                                csv.file_name(), column, join(csv.headers(), ", ")));
}

/// A misspelt column would silently count as unset.
void point_out_unread_columns(const Csv& csv) {
  const auto read = words(
      "sequence hostclass min_size desired_size max_size instance_type extra_space extra_disk iops "
      "smoke_test ami deployable integration_test termination_policies chaos");
  std::vector<std::string> unread;
  for (const std::string& header : csv.headers()) {
    if (!header.empty() && std::find(read.begin(), read.end(), header) == read.end())
      unread.push_back(header);
  }
  if (unread.empty()) return;
  log::warning("{}:1: nothing reads these columns: {}", csv.file_name(), join(unread, ", "));
}

Pipeline as_pipeline(const Csv& csv, PipelineUse use) {
  require_column(csv, "hostclass");
  if (use == PipelineUse::everything) {
    require_column(csv, "sequence");
    point_out_unread_columns(csv);
  }
  Pipeline pipeline{csv.file_name(), {}};
  std::vector<std::string> problems;
  for (const Csv::Row& cells : csv.rows()) {
    if (use == PipelineUse::everything) {
      pipeline.rows.push_back(read_row(csv, cells, problems));
      continue;
    }
    PipelineRow row;
    row.line = cells.line;
    row.hostclass = csv.cell(cells, "hostclass").value_or("");
    if (row.hostclass.empty()) {
      RowReader(csv, cells, problems).report("hostclass: a hostclass is needed");
    }
    pipeline.rows.push_back(std::move(row));
  }
  if (!problems.empty()) throw ConfigError(join(problems, "; "));
  return pipeline;
}

}  // namespace

Pipeline parse_pipeline(std::string_view text, std::string file_name, PipelineUse use) {
  return as_pipeline(Csv::parse(text, std::move(file_name)), use);
}

Pipeline read_pipeline(const ConfigFolder& folder, const std::filesystem::path& file,
                       PipelineUse use) {
  return as_pipeline(Csv::read(folder.given_path(file)), use);
}

std::vector<std::string> size_problems(const PipelineRow& row) {
  std::vector<std::string> problems;
  const auto compare = [&](std::string_view column, std::optional<int> smaller,
                           std::string_view other, std::optional<int> larger) {
    if (smaller && larger && *smaller > *larger) {
      problems.push_back(
          fmt::format("{}: {} is more than {} {}", column, *smaller, other, *larger));
    }
  };
  compare("min_size", row.min_size.smallest(), "max_size", row.max_size.largest());
  compare("desired_size", row.desired_size.largest(), "max_size", row.max_size.largest());
  return problems;
}

}  // namespace asiaq::config
