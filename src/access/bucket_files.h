// The folder that says which buckets an account has and how each is set up.
//
// `iam/s3/<account type>/` holds files `<pattern>.<extension>`. A bucket is managed if its pattern
// has a file `.lifecycle`; the others set its policy (`.iam`), access control list (`.acp`),
// versioning, website (`.web`) and access logging, all in the JSON of S3's API.
// `default.<extension>` serves buckets without a file of their own; an empty file of their own
// switches the default off.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/json_file.h"

namespace asiaq::access {

/// One aspect of a bucket, in the order in which they are applied.
enum class BucketSetting { lifecycle, policy, acl, versioning, website, logging };

/// As messages call it: "lifecycle", "policy", "access control list", ...
std::string_view to_string(BucketSetting setting);

/// What the texts `$REGION`, `$ACCOUNT`, `$PROJECT`, `$CANONICAL_ID`, `$DEV_CANONICAL_ID` and
/// `$PROD_CANONICAL_ID` in the files stand for. Using one that is not set is an error.
struct BucketVariables {
  std::string region;
  std::string account;  ///< Its type: "dev", "prod", "audit".
  std::string project;
  std::optional<std::string> canonical_id;  ///< Of the account in use.
  std::optional<std::string> dev_canonical_id;
  std::optional<std::string> prod_canonical_id;
};

struct BucketDocument {
  std::string file;  ///< For messages.
  Json content;
};

struct BucketSpecification {
  std::string name;
  /// The one bucket that receives the access logs of the others.
  enum class Role { log_target, ordinary } role = Role::ordinary;
  /// Only the settings that apply.
  std::map<BucketSetting, BucketDocument> settings;
};

/// The files of one account's folder: texts by file name.
struct BucketFolder {
  std::string path;  ///< For messages.
  std::map<std::string, std::string> files;
};

/// Throws ConfigError if the folder does not exist or a file cannot be read. Hidden files, backup
/// copies (`*~`) and folders are left out.
BucketFolder read_bucket_folder(const std::filesystem::path& path);

/// Paths of files that have no effect, because no `.lifecycle` file makes their bucket a managed
/// one.
std::vector<std::string> files_without_bucket(const BucketFolder& folder);

/// The buckets that the folder describes, the log target first, then by file name. Lifecycles are
/// in today's shape. Throws ConfigError for JSON that cannot be read, a variable without value, two
/// files for one bucket, or not exactly one log target (a `.lifecycle` file with `s3audit` in its
/// name).
std::vector<BucketSpecification> bucket_specifications(const BucketFolder& folder,
                                                       const BucketVariables& variables);

}  // namespace asiaq::access
