#include "access/bucket_update.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <set>
#include <utility>

#include "access/bucket_documents.h"
#include "access/bucket_observation.h"
#include "aws/error.h"
#include "aws/s3/client.h"
#include "aws/sts/client.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "config/config_folder.h"

namespace asiaq::access {
namespace {

// Stands for the account's canonical id while files are checked, before AWS was asked for it.
constexpr const char* kUnknownCanonicalId = "0";

// Section [audit] by rights; older files have the options elsewhere.
std::optional<std::string> audit_option(const config::ConfigFolder& config,
                                        const std::string& option) {
  const config::Ini& file = config.main_file();
  std::vector<std::string> sections{"audit"};
  sections.insert(sections.end(), file.sections().begin(), file.sections().end());
  for (const std::string& section : sections) {
    if (auto value = file.get(section, option); value && !value->empty()) return value;
  }
  return std::nullopt;
}

struct Identity {
  std::string account_id;
  std::string partition;
};

Identity identity_of(aws::Session& session) {
  const auto caller = aws::sts::Client(session).get_caller_identity();
  const std::vector<std::string> arn = split(caller.arn.value_or(""), ':');
  return {.account_id = caller.account.value_or(""), .partition = arn.size() > 1 ? arn[1] : "aws"};
}

[[noreturn]] void rethrow_with_advice(aws::ServiceError error) {
  if (error.has_code("BucketAlreadyExists")) {
    error.set_hint(
        "another account has a bucket of this name: choose another project_name in disco_aws.ini");
  } else if (error.has_code("InvalidBucketName")) {
    error.set_hint("choose a project_name of small letters, digits and '-' in disco_aws.ini");
  } else if (error.has_code("AccessControlListNotSupported")) {
    error.set_hint("the bucket's ownership setting disables access control lists");
  }
  throw error;
}

void create_bucket(const aws::s3::Client& s3, const std::string& bucket,
                   const std::string& region) {
  aws::s3::CreateBucketRequest request{.bucket = bucket};
  // us-east-1 is the one region that S3 does not accept by name.
  if (region != "us-east-1") {
    request.create_bucket_configuration =
        aws::s3::CreateBucketConfiguration{.location_constraint = region};
  }
  try {
    s3.create_bucket(request);
  } catch (const aws::ServiceError& error) {
    // What a run that was killed had made already.
    if (!error.has_code("BucketAlreadyOwnedByYou")) rethrow_with_advice(error);
  }
}

void enable_acls(const aws::s3::Client& s3, const std::string& bucket) {
  s3.put_bucket_ownership_controls({.bucket = bucket,
                                    .ownership_controls = aws::s3::OwnershipControls{
                                        .rules = {{.object_ownership = "BucketOwnerPreferred"}}}});
}

void allow_public_policy(const aws::s3::Client& s3, const std::string& bucket) {
  log::warning("bucket {}: its policy makes it public, public policies are no longer blocked there",
               bucket);
  s3.put_public_access_block(
      {.bucket = bucket,
       .public_access_block_configuration =
           aws::s3::PublicAccessBlockConfiguration{.block_public_acls = true,
                                                   .ignore_public_acls = true,
                                                   .block_public_policy = false,
                                                   .restrict_public_buckets = false}});
}

// The changes of one bucket, one after the other.
class BucketChanges {
 public:
  BucketChanges(plan::Plan& plan, std::shared_ptr<RegionalSessions> sessions, std::string bucket,
                std::string region)
      : plan_(plan),
        sessions_(std::move(sessions)),
        bucket_(std::move(bucket)),
        region_(std::move(region)) {}

  /// Adds a change after those of this bucket and after `others`.
  void add(plan::Verb verb, std::string detail, std::function<void(const aws::s3::Client&)> action,
           std::vector<plan::ChangeId> others = {}) {
    if (last_) others.push_back(*last_);
    last_ = plan_.add({.verb = verb,
                       .resource = {.kind = "S3 bucket", .name = bucket_, .id = ""},
                       .details = {std::move(detail)},
                       .carry_out =
                           [sessions = sessions_, region = region_, action = std::move(action)] {
                             action(aws::s3::Client(sessions->in(region)));
                           },
                       .after = std::move(others)});
  }

  std::optional<plan::ChangeId> last() const { return last_; }

 private:
  plan::Plan& plan_;
  std::shared_ptr<RegionalSessions> sessions_;
  std::string bucket_;
  std::string region_;
  std::optional<plan::ChangeId> last_;
};

class Planner {
 public:
  Planner(std::shared_ptr<RegionalSessions> sessions, const WantedBuckets& wanted)
      : sessions_(std::move(sessions)),
        home_(wanted.variables.region),
        s3_(sessions_->in(home_)),
        wanted_(wanted) {}

  BucketUpdate run() {
    const OwnedBuckets owned = list_owned_buckets(s3_);
    const Identity identity = identity_of(sessions_->in(home_));
    surroundings_.account_id = identity.account_id;
    surroundings_.partition = identity.partition;
    surroundings_.canonical_id = owned.canonical_id;
    update_.owned = owned.names;
    update_.canonical_id = owned.canonical_id;
    const auto buckets = wanted_.specifications(owned.canonical_id);
    find_regions(buckets, {owned.names.begin(), owned.names.end()});
    const auto states = observe(buckets);
    for (std::size_t i = 0; i < buckets.size(); ++i) plan_bucket(buckets[i], states[i]);
    return std::move(update_);
  }

 private:
  // Where the buckets are, or will be, and those that they log to.
  void find_regions(const std::vector<BucketSpecification>& buckets,
                    const std::set<std::string>& owned) {
    std::set<std::string> existing;
    for (const BucketSpecification& bucket : buckets) {
      if (owned.contains(bucket.name)) {
        existing.insert(bucket.name);
      } else {
        surroundings_.regions[bucket.name] = home_;
      }
      const auto logging = bucket.settings.find(BucketSetting::logging);
      if (logging == bucket.settings.end()) continue;
      const Json enabled = logging->second.content.value("LoggingEnabled", Json::object());
      const std::string target = enabled.value("TargetBucket", "");
      if (owned.contains(target)) existing.insert(target);
    }
    std::map<std::string, std::future<std::string>> answers;
    for (const std::string& name : existing) {
      answers[name] =
          std::async(std::launch::async, [this, name] { return region_of_bucket(s3_, name); });
    }
    for (auto& [name, answer] : answers) surroundings_.regions[name] = answer.get();
    existing_ = std::move(existing);
  }

  std::vector<std::optional<BucketState>> observe(const std::vector<BucketSpecification>& buckets) {
    std::vector<std::future<std::optional<BucketState>>> looks;
    for (const BucketSpecification& bucket : buckets) {
      looks.push_back(
          std::async(std::launch::async, [this, &bucket]() -> std::optional<BucketState> {
            if (!existing_.contains(bucket.name)) return std::nullopt;
            const std::string& region = surroundings_.regions.at(bucket.name);
            return with_context("bucket " + bucket.name, [&] {
              return observe_bucket(aws::s3::Client(sessions_->in(region)), region, bucket);
            });
          }));
    }
    std::vector<std::optional<BucketState>> states;
    for (auto& look : looks) states.push_back(look.get());
    return states;
  }

  void plan_bucket(const BucketSpecification& bucket, const std::optional<BucketState>& state) {
    const std::string& name = bucket.name;
    const std::string region = surroundings_.regions.at(name);
    BucketDifference difference = bucket_difference(bucket, state, surroundings_);
    BucketChanges changes(update_.plan, sessions_, name, region);
    if (!state) {
      changes.add(plan::Verb::create, "in " + region,
                  [name, region](const aws::s3::Client& s3) { create_bucket(s3, name, region); });
    }
    for (auto& [setting, document] : difference.changes) {
      if (setting == BucketSetting::policy && difference.allow_public_policy) {
        changes.add(plan::Verb::update, "public policies are no longer blocked",
                    [name](const aws::s3::Client& s3) { allow_public_policy(s3, name); });
      }
      if (setting == BucketSetting::acl && difference.enable_acls) {
        changes.add(plan::Verb::update, "access control lists are enabled (BucketOwnerPreferred)",
                    [name](const aws::s3::Client& s3) { enable_acls(s3, name); });
      }
      add_setting(changes, name, setting, document);
    }
    if (bucket.role == BucketSpecification::Role::log_target) log_target_ready_ = changes.last();
    update_.steps.push_back(
        {.bucket = name,
         .region = region,
         .kind = state ? BucketStep::Kind::updating : BucketStep::Kind::creating,
         .notices = std::move(difference.notices)});
  }

  void add_setting(BucketChanges& changes, const std::string& name, BucketSetting setting,
                   const BucketDocument& document) {
    std::vector<plan::ChangeId> others;
    if (setting == BucketSetting::logging && log_target_ready_) others = {*log_target_ready_};
    changes.add(
        plan::Verb::update, fmt::format("{} from {}", to_string(setting), document.file),
        [name, setting, document](const aws::s3::Client& s3) {
          try {
            put_document(s3, name, setting, document);
          } catch (const aws::ServiceError& error) {
            rethrow_with_advice(error);
          }
        },
        std::move(others));
  }

  std::shared_ptr<RegionalSessions> sessions_;
  std::string home_;
  aws::s3::Client s3_;
  const WantedBuckets& wanted_;
  BucketSurroundings surroundings_;
  std::set<std::string> existing_;
  std::optional<plan::ChangeId> log_target_ready_;
  BucketUpdate update_;
};

}  // namespace

std::vector<BucketSpecification> WantedBuckets::specifications(
    const std::string& canonical_id) const {
  BucketVariables complete = variables;
  complete.canonical_id = canonical_id;
  std::vector<BucketSpecification> buckets = bucket_specifications(folder, complete);
  for (BucketSpecification& bucket : buckets) {
    for (auto& [setting, document] : bucket.settings) {
      document = canonical_document(setting, document);
    }
  }
  return buckets;
}

WantedBuckets read_wanted_buckets(const config::ConfigFolder& config,
                                  const BucketUpdateRequest& request) {
  WantedBuckets wanted{
      .folder = read_bucket_folder(config.joined("iam/s3/" + request.account)),
      .variables = {.region = request.region,
                    .account = request.account,
                    .project = config.project_name(),
                    .dev_canonical_id = audit_option(config, "dev_canonical_id"),
                    .prod_canonical_id = audit_option(config, "prod_canonical_id")}};
  for (const std::string& file : files_without_bucket(wanted.folder)) {
    log::warning("{} has no effect: a bucket is managed only if it has a .lifecycle file", file);
  }
  wanted.specifications(kUnknownCanonicalId);
  return wanted;
}

BucketUpdate plan_bucket_update(const std::shared_ptr<RegionalSessions>& sessions,
                                const WantedBuckets& wanted) {
  return Planner(sessions, wanted).run();
}

OwnedBuckets list_owned_buckets(const aws::s3::Client& s3) {
  OwnedBuckets owned;
  s3.list_buckets_pages({}, [&](const aws::s3::ListBucketsOutput& page) {
    for (const aws::s3::Bucket& bucket : page.buckets) {
      owned.names.push_back(bucket.name.value_or(""));
    }
    if (page.owner && page.owner->id) owned.canonical_id = *page.owner->id;
    return true;
  });
  return owned;
}

}  // namespace asiaq::access
