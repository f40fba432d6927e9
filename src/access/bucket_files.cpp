#include "access/bucket_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "access/lifecycle.h"
#include "base/error.h"
#include "base/text.h"

namespace asiaq::access {
namespace {

constexpr std::string_view kLifecycle = ".lifecycle";
constexpr std::array<std::pair<BucketSetting, std::string_view>, 5> kOtherExtensions{{
    {BucketSetting::policy, ".iam"},
    {BucketSetting::acl, ".acp"},
    {BucketSetting::versioning, ".versioning"},
    {BucketSetting::website, ".web"},
    {BucketSetting::logging, ".logging"},
}};

bool is_blank(std::string_view text) { return trimmed(text).empty(); }

std::string replaced_once(std::string text, std::string_view token, const std::string& value) {
  const std::size_t at = text.find(token);
  if (at != text.npos) text.replace(at, token.size(), value);
  return text;
}

// Names of variables with their values; why a value may be missing.
struct Variable {
  std::string_view name;
  std::optional<std::string> value;
  std::string_view advice;
};

std::vector<Variable> variables_for(const BucketVariables& variables, const std::string& bucket) {
  return {
      {"$ACCOUNT", variables.account, ""},
      {"$REGION", variables.region, ""},
      {"$PROJECT", variables.project, ""},
      {"$BUCKET_NAME", bucket, ""},
      {"$CANONICAL_ID", variables.canonical_id, "AWS did not tell the account's canonical id"},
      {"$DEV_CANONICAL_ID", variables.dev_canonical_id,
       "set dev_canonical_id in section [audit] of disco_aws.ini"},
      {"$PROD_CANONICAL_ID", variables.prod_canonical_id,
       "set prod_canonical_id in section [audit] of disco_aws.ini"},
  };
}

std::string substituted(std::string_view text, const std::string& file,
                        const std::vector<Variable>& variables) {
  std::string result;
  while (!text.empty()) {
    const auto found =
        std::find_if(variables.begin(), variables.end(),
                     [&](const Variable& variable) { return text.starts_with(variable.name); });
    if (found == variables.end()) {
      result += text.front();
      text.remove_prefix(1);
      continue;
    }
    if (!found->value || found->value->empty()) {
      throw with_hint(ConfigError(fmt::format("{}: {} has no value", file, found->name)),
                      std::string(found->advice));
    }
    result += *found->value;
    text.remove_prefix(found->name.size());
  }
  return result;
}

class Reader {
 public:
  Reader(const BucketFolder& folder, const BucketVariables& variables)
      : folder_(folder), variables_(variables) {}

  std::vector<std::string> patterns() const {
    std::vector<std::string> found;
    for (const auto& [name, text] : folder_.files) {
      if (name.ends_with(kLifecycle)) {
        found.push_back(name.substr(0, name.size() - kLifecycle.size()));
      }
    }
    return found;
  }

  BucketSpecification specification(const std::string& pattern) const {
    if (pattern == "default") {
      throw ConfigError(fmt::format("{}: there is no default lifecycle: every bucket has its own",
                                    path_of("default.lifecycle")));
    }
    BucketSpecification bucket{.name = bucket_name(pattern)};
    if (pattern.find("s3audit") != pattern.npos) {
      bucket.role = BucketSpecification::Role::log_target;
    }
    const std::string lifecycle = pattern + std::string(kLifecycle);
    if (const std::string& text = folder_.files.at(lifecycle); !is_blank(text)) {
      const std::string file = path_of(lifecycle);
      bucket.settings[BucketSetting::lifecycle] = {file,
                                                   modern_lifecycle(parse_json(text, file), file)};
    }
    const auto variables = variables_for(variables_, bucket.name);
    for (const auto& [setting, extension] : kOtherExtensions) {
      const std::string* name = file_for(pattern, extension);
      if (name == nullptr || is_blank(folder_.files.at(*name))) continue;
      const std::string file = path_of(*name);
      bucket.settings[setting] = {
          file, parse_json(substituted(folder_.files.at(*name), file, variables), file)};
    }
    return bucket;
  }

 private:
  std::string bucket_name(const std::string& pattern) const {
    return replaced_once(replaced_once(pattern, "REGION", variables_.region), "PROJECT",
                         variables_.project);
  }

  const std::string* file_for(const std::string& pattern, std::string_view extension) const {
    for (const std::string& stem : {pattern, std::string("default")}) {
      const auto found = folder_.files.find(stem + std::string(extension));
      if (found != folder_.files.end()) return &found->first;
    }
    return nullptr;
  }

  std::string path_of(const std::string& name) const { return folder_.path + "/" + name; }

  const BucketFolder& folder_;
  const BucketVariables& variables_;
};

void check_names(const std::vector<BucketSpecification>& buckets, const std::string& folder) {
  std::map<std::string, int> seen;
  for (const BucketSpecification& bucket : buckets) {
    if (++seen[bucket.name] > 1) {
      throw ConfigError(fmt::format("{}: two files describe the bucket {}", folder, bucket.name));
    }
  }
  const auto targets = std::count_if(buckets.begin(), buckets.end(), [](const auto& bucket) {
    return bucket.role == BucketSpecification::Role::log_target;
  });
  if (targets != 1) {
    throw with_hint(
        ConfigError(fmt::format("{}: exactly one file *s3audit*.lifecycle must exist, there are {}",
                                folder, targets)),
        "it describes the bucket that receives the access logs of the others");
  }
}

}  // namespace

std::string_view to_string(BucketSetting setting) {
  switch (setting) {
    case BucketSetting::lifecycle:
      return "lifecycle";
    case BucketSetting::policy:
      return "policy";
    case BucketSetting::acl:
      return "access control list";
    case BucketSetting::versioning:
      return "versioning";
    case BucketSetting::website:
      return "website";
    case BucketSetting::logging:
      return "logging";
  }
  return "";
}

BucketFolder read_bucket_folder(const std::filesystem::path& path) {
  BucketFolder folder{.path = path.string(), .files = {}};
  std::error_code failure;
  for (std::filesystem::directory_iterator entry(path, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.') || name.ends_with('~') || !entry->is_regular_file()) continue;
    std::ifstream stream(entry->path(), std::ios::binary);
    folder.files[name] = std::string(std::istreambuf_iterator<char>(stream), {});
    if (!stream) throw ConfigError("cannot read " + entry->path().string());
  }
  if (failure) {
    throw with_hint(
        ConfigError(fmt::format("cannot read the folder {}: {}", folder.path, failure.message())),
        "it holds the bucket files of that account type");
  }
  return folder;
}

std::vector<std::string> files_without_bucket(const BucketFolder& folder) {
  std::vector<std::string> found;
  for (const auto& [name, text] : folder.files) {
    for (const auto& [setting, extension] : kOtherExtensions) {
      if (!name.ends_with(extension)) continue;
      const std::string pattern = name.substr(0, name.size() - extension.size());
      if (pattern != "default" && !folder.files.contains(pattern + std::string(kLifecycle))) {
        found.push_back(folder.path + "/" + name);
      }
    }
  }
  return found;
}

std::vector<BucketSpecification> bucket_specifications(const BucketFolder& folder,
                                                       const BucketVariables& variables) {
  const Reader reader(folder, variables);
  std::vector<BucketSpecification> buckets;
  for (const std::string& pattern : reader.patterns()) {
    buckets.push_back(reader.specification(pattern));
  }
  check_names(buckets, folder.path);
  std::stable_partition(buckets.begin(), buckets.end(), [](const BucketSpecification& bucket) {
    return bucket.role == BucketSpecification::Role::log_target;
  });
  return buckets;
}

}  // namespace asiaq::access
