#include "database/configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/text.h"

namespace asiaq::database {

namespace {

using config::OptionValue;

/// `oracle` of `oracle-se2`.
std::string engine_family(const std::string& engine) { return split(engine, '-').front(); }

/// Reads one section.
class Section {
 public:
  Section(const config::ConfigFolder& folder, std::string name)
      : folder_(folder), name_(std::move(name)) {}

  OptionValue option(const char* key) const {
    return folder_.literal_option(name_, key, databases_file);
  }

  std::string text(const char* key) const {
    const OptionValue value = option(key);
    std::string result(trimmed(value.required()));
    if (result.empty()) value.reject("it is empty");
    return result;
  }

  std::optional<std::string> optional_text(const char* key) const {
    const std::string result(trimmed(option(key).value_or("")));
    return result.empty() ? std::nullopt : std::optional(result);
  }

  std::int32_t number(const char* key, long long least,
                      long long most = std::numeric_limits<std::int32_t>::max()) const {
    const OptionValue value = option(key);
    return checked(value, value.integer(), least, most);
  }

  std::int32_t number_or(const char* key, long long fallback, long long least,
                         long long most = std::numeric_limits<std::int32_t>::max()) const {
    const OptionValue value = option(key);
    return checked(value, value.integer_or(fallback), least, most);
  }

 private:
  static std::int32_t checked(const OptionValue& value, long long number, long long least,
                              long long most) {
    if (number < least || number > most) {
      value.reject(fmt::format("{} is not between {} and {}", number, least, most));
    }
    return static_cast<std::int32_t>(number);
  }

  const config::ConfigFolder& folder_;
  std::string name_;
};

/// RDS's rule for identifiers.
void check_id(const config::ConfigFolder& folder, const std::string& section,
              const std::string& id) {
  constexpr std::size_t most = 63;
  const auto is_letter = [](char sign) { return sign >= 'a' && sign <= 'z'; };
  const bool is_good = id.size() <= most && is_letter(id.front()) && !id.ends_with('-') &&
                       id.find("--") == std::string::npos &&
                       std::ranges::all_of(id, [&](char sign) {
                         return is_letter(sign) || (sign >= '0' && sign <= '9') || sign == '-';
                       });
  if (is_good) return;
  throw with_hint(ConfigError(fmt::format("section [{}] of {} cannot be the name of a database",
                                          section, folder.joined(databases_file).string())),
                  "RDS allows at most 63 letters, digits and hyphens, the first a letter, no two "
                  "hyphens together and none at the end");
}

std::int32_t port_of(const Section& section, const std::string& engine) {
  constexpr long long highest = 65535;
  const std::string family = engine_family(engine);
  if (family == "postgres") return section.number_or("port", 5432, 1, highest);
  if (family == "oracle") return section.number_or("port", 1521, 1, highest);
  return section.number("port", 1, highest);
}

std::optional<std::string> license_of(const Section& section, const std::string& engine) {
  std::optional<std::string> written = section.optional_text("license_model");
  if (written) return written;
  const std::string family = engine_family(engine);
  if (family == "oracle") return "bring-your-own-license";
  if (family == "postgres") return "postgresql-license";
  return {};
}

std::vector<std::pair<std::string, std::string>> parameters_of(const config::ConfigFolder& folder,
                                                               const std::string& name,
                                                               const std::string& environment) {
  std::vector<std::pair<std::string, std::string>> result;
  const config::Ini* file = folder.find_ini(fmt::format("rds/engine_specific/{}.ini", name));
  if (file == nullptr) return result;
  for (const std::string& option : file->options(environment)) {
    result.emplace_back(option, file->get(environment, option).value_or(""));
  }
  return result;
}

DatabaseConfig read_database(const config::ConfigFolder& folder, const std::string& environment,
                             const std::string& section_name) {
  const Section section(folder, section_name);
  DatabaseConfig result;
  result.section = section_name;
  result.id = lower_case(section_name);
  result.name = section_name.substr(environment.size() + 1);
  result.environment = environment;
  check_id(folder, section_name, result.id);
  result.engine = lower_case(section.text("engine"));
  result.version = section.text("engine_version");
  result.instance_class = section.text("db_instance_class");
  result.allocated_storage = section.number("allocated_storage", 1);
  result.iops = section.number_or("iops", 0, 0);
  result.port = port_of(section, result.engine);
  result.master_username = section.text("master_username");
  result.license_model = license_of(section, result.engine);
  if (result.engine != "postgres") {
    result.character_set_name = section.optional_text("character_set_name");
  }
  result.auto_minor_version_upgrade = section.option("auto_minor_version_upgrade").boolean(true);
  result.multi_az = section.option("multi_az").boolean(true);
  result.publicly_accessible = section.option("publicly_accessible").boolean(false);
  result.storage_encrypted = section.option("storage_encrypted").boolean(true);
  result.backup_retention_period = section.number_or("backup_retention_period", 1, 0, 35);
  result.backup_window = section.optional_text("preferred_backup_window");
  result.maintenance_window = section.optional_text("preferred_maintenance_window");
  result.product_line = section.optional_text("product_line").value_or("unknown");
  result.parameters = parameters_of(folder, result.name, environment);
  return result;
}

}  // namespace

std::vector<std::string> sections_of(const std::vector<std::string>& sections,
                                     const std::string& environment,
                                     const std::vector<std::string>& environments) {
  std::vector<std::string> result;
  for (const std::string& section : sections) {
    const auto is_about = [&](const std::string& name) {
      return section.size() > name.size() + 1 && section.starts_with(name + "-");
    };
    const bool is_anothers = std::ranges::any_of(environments, [&](const std::string& other) {
      return other.size() > environment.size() && is_about(other);
    });
    if (is_about(environment) && !is_anothers) result.push_back(section);
  }
  return result;
}

std::vector<DatabaseConfig> read_databases(const config::ConfigFolder& folder,
                                           const std::string& environment,
                                           std::vector<std::string> environments) {
  const config::Ini* file = folder.find_ini(databases_file);
  if (file == nullptr) return {};
  constexpr std::string_view prefix = "env:";
  if (const config::Ini* network = folder.find_ini(std::string(config::vpc_file))) {
    for (const std::string& section : network->sections()) {
      if (section.starts_with(prefix)) environments.push_back(section.substr(prefix.size()));
    }
  }
  std::vector<DatabaseConfig> result;
  for (const std::string& section : sections_of(file->sections(), environment, environments)) {
    result.push_back(read_database(folder, environment, section));
    const auto same = std::ranges::find(result, result.back().id, &DatabaseConfig::id);
    if (same != std::prev(result.end())) {
      throw ConfigError(fmt::format("sections [{}] and [{}] of {} are about the same database",
                                    same->section, section, file->file_name()));
    }
  }
  return result;
}

std::string parameter_group_family(const std::string& engine, const std::string& version) {
  const std::vector<std::string> parts = split(version, '.');
  const long long major = parse_integer(parts.front()).value_or(0);
  const std::string family = engine_family(engine);
  const bool is_by_major =
      (family == "postgres" && major >= 10) || (family == "oracle" && major >= 18);
  const std::string text =
      is_by_major || parts.size() < 2 ? parts.front() : parts[0] + "." + parts[1];
  return engine + (engine.find('-') == std::string::npos ? "" : "-") + text;
}

}  // namespace asiaq::database
