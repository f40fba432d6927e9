#include "config/csv.h"

#include "base/error.h"
#include "fuzz/targets.h"

namespace asiaq::fuzz {

void csv(std::string_view input) {
  try {
    const config::Csv parsed = config::Csv::parse(input, "fuzz.csv");
    for (const config::Csv::Row& row : parsed.rows()) {
      for (const std::string& header : parsed.headers()) {
        promise(parsed.has_column(header), "a header that is listed is not there");
        parsed.cell(row, header);
      }
    }
  } catch (const ConfigError&) {
  }
}

}  // namespace asiaq::fuzz
