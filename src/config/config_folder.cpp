#include "config/config_folder.h"

#include <fmt/format.h>

#include <cstdlib>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace asiaq::config {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view main_section = "disco_aws";

/// Options that some files write under another name; the first name counts first at each step.
struct Alias {
  std::string_view option;
  std::string_view alias;
};
constexpr Alias aliases[] = {{"ip_address", "private_ip"}};

/// Section and key pairs in the order they are looked up.
class Chain {
 public:
  explicit Chain(std::string_view environment) : environment_(environment) {}

  Chain& then(std::string_view section, std::string_view prefix, std::string_view option) {
    if (!environment_.empty()) add(section, prefix, option, "@" + environment_);
    add(section, prefix, option, "");
    return *this;
  }

  std::vector<std::pair<std::string, std::string>> steps;

 private:
  void add(std::string_view section, std::string_view prefix, std::string_view option,
           const std::string& suffix) {
    steps.emplace_back(section, fmt::format("{}{}{}", prefix, option, suffix));
    for (const Alias& known : aliases) {
      if (known.option != option) continue;
      steps.emplace_back(section, fmt::format("{}{}{}", prefix, known.alias, suffix));
    }
  }

  std::string environment_;
};

OptionValue look_up(const Ini& file, const Chain& chain, std::string missing, std::string hint) {
  for (const auto& [section, key] : chain.steps) {
    std::optional<std::string> value = file.get(section, key);
    if (!value) continue;
    return {OptionValue::Found{*value, file.location(section, key), section, key},
            std::move(missing), std::move(hint)};
  }
  return {std::nullopt, std::move(missing), std::move(hint)};
}

std::string no_option(const Ini& file, std::string_view section, std::string_view key) {
  return fmt::format("no option '{}' in section '{}' of {}", key, section, file.file_name());
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

}  // namespace

fs::path ConfigFolder::root_from_environment() {
  const char* root = std::getenv("ASIAQ_CONFIG");
  return root == nullptr || *root == '\0' ? "." : root;
}

fs::path ConfigFolder::joined(const fs::path& relative) const { return root_ / relative; }

fs::path ConfigFolder::path(const fs::path& relative) const {
  fs::path result = joined(relative);
  if (!is_there(result)) {
    ConfigError error(fmt::format("config path not found: {}", result.string()));
    error.set_hint("run the command in a configuration folder or set ASIAQ_CONFIG to one");
    throw error;
  }
  return result;
}

fs::path ConfigFolder::given_path(const fs::path& file) const {
  return is_there(file) ? file : path(file);
}

const Ini& ConfigFolder::ini(const std::string& file) const {
  const std::scoped_lock lock(mutex_);
  std::unique_ptr<Ini>& parsed = files_[file];
  if (!parsed) parsed = std::make_unique<Ini>(Ini::read(path(file)));
  return *parsed;
}

const Ini* ConfigFolder::find_ini(const std::string& file) const {
  return is_there(joined(file)) ? &ini(file) : nullptr;
}

OptionValue ConfigFolder::hostclass_option(std::string_view hostclass, std::string_view option,
                                           std::string_view environment) const {
  Chain chain(environment);
  chain.then(hostclass, "", option).then(main_section, "default_", option);
  return look_up(
      main_file(), chain, no_option(main_file(), main_section, fmt::format("default_{}", option)),
      fmt::format("set '{}' in [{}] or 'default_{}' in [disco_aws]", option, hostclass, option));
}

OptionValue ConfigFolder::bake_option(std::string_view section, std::string_view option,
                                      std::string_view environment) const {
  Chain chain(environment);
  chain.then(section, "", option).then("bake", "", option).then(main_section, "default_", option);
  return look_up(main_file(), chain,
                 no_option(main_file(), main_section, fmt::format("default_{}", option)),
                 fmt::format("set '{}' in [{}] or in [bake]", option, section));
}

OptionValue ConfigFolder::deploy_option(std::string_view hostclass, std::string_view option,
                                        std::string_view environment) const {
  constexpr std::string_view prefix = "test_";
  Chain chain(environment);
  chain.then(hostclass, "", option).then("test", "", option);
  if (option.substr(0, prefix.size()) == prefix) {
    chain.then("test", "", option.substr(prefix.size()));
  }
  chain.then(main_section, "default_", option);
  const OptionValue found =
      look_up(main_file(), chain,
              no_option(main_file(), main_section, fmt::format("default_{}", option)), "");
  std::optional<OptionValue::Found> cut = found.found();
  if (cut) cut->value = without_hash_comment(cut->value);
  return {std::move(cut), no_option(main_file(), main_section, fmt::format("default_{}", option)),
          fmt::format("set '{}' in [{}] or in [test]", option, hostclass)};
}

OptionValue ConfigFolder::iam_option(std::string_view option, std::string_view account_type) const {
  Chain chain(account_type);
  chain.then("iam", "", option);
  return look_up(main_file(), chain, no_option(main_file(), "iam", option), "");
}

OptionValue ConfigFolder::plain_option(std::string_view option,
                                       std::string_view environment) const {
  Chain chain(environment);
  chain.then(main_section, "", option);
  return look_up(main_file(), chain, no_option(main_file(), main_section, option), "");
}

OptionValue ConfigFolder::literal_option(std::string_view section, std::string_view option,
                                         const std::string& file) const {
  const Ini& parsed = ini(file);
  Chain chain("");
  chain.then(section, "", option);
  return look_up(parsed, chain,
                 parsed.has_section(section)
                     ? no_option(parsed, section, option)
                     : fmt::format("no section '{}' in {}", section, parsed.file_name()),
                 "");
}

VpcConfig ConfigFolder::vpc(std::string environment, std::string type) const {
  return {*this, std::move(environment), std::move(type)};
}

std::vector<std::string> ConfigFolder::vpc_types() const {
  std::vector<std::string> types;
  for (const std::string& section : ini(std::string(vpc_file)).sections()) {
    if (section.starts_with(type_prefix)) types.push_back(section.substr(type_prefix.size()));
  }
  return types;
}

std::string ConfigFolder::project_name() const {
  const OptionValue name = literal_option(main_section, "project_name");
  if (name.is_set()) return name.required();
  const OptionValue older = literal_option(main_section, "project");
  return older.is_set() ? older.required() : name.required();
}

OptionValue VpcConfig::option(std::string_view name) const {
  const Ini& file = folder_->ini(std::string(vpc_file));
  Chain chain("");
  chain.then(environment_section(), "", name).then(type_section(), "", name);
  return look_up(
      file, chain, no_option(file, type_section(), name),
      fmt::format("set '{}' in [{}] or [{}]", name, environment_section(), type_section()));
}

bool VpcConfig::is_configured() const {
  const Ini& file = folder_->ini(std::string(vpc_file));
  return file.has_section(type_section()) || file.has_section(environment_section());
}

std::vector<std::string> VpcConfig::option_names(std::string_view prefix) const {
  const Ini& file = folder_->ini(std::string(vpc_file));
  std::set<std::string> names;
  for (const std::string& section : {environment_section(), type_section()}) {
    for (const std::string& name : file.options(section)) {
      if (name.substr(0, prefix.size()) == prefix) names.insert(name);
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace asiaq::config
