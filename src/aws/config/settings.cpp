#include "aws/config/settings.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "aws/config/boto_region.h"
#include "aws/config/metadata_options.h"
#include "aws/config/setting_reader.h"
#include "aws/error.h"
#include "base/text.h"
#include "base/wait.h"

namespace asiaq::aws::config {
namespace {

// "Auto Scaling" is AUTO_SCALING in variables and auto_scaling in files.
std::string setting_name(std::string_view service_id) {
  std::string name(service_id);
  for (char& sign : name) {
    sign = sign == ' ' || sign == '-'
               ? '_'
               : static_cast<char>(std::toupper(static_cast<unsigned char>(sign)));
  }
  return name;
}

std::filesystem::path in_home(const Environment& environment, const std::string& path) {
  return path.starts_with("~/") ? environment.home / path.substr(2) : std::filesystem::path(path);
}

// Services that the program calls, by serviceId: a variable can only be looked up by its whole
// name.
constexpr std::array<std::string_view, 24> kServiceIds{"EC2",
                                                       "Auto Scaling",
                                                       "Elastic Load Balancing",
                                                       "Elastic Load Balancing v2",
                                                       "IAM",
                                                       "STS",
                                                       "S3",
                                                       "SNS",
                                                       "CloudWatch",
                                                       "CloudWatch Logs",
                                                       "DynamoDB",
                                                       "Route 53",
                                                       "ACM",
                                                       "ElastiCache",
                                                       "RDS",
                                                       "Elasticsearch Service",
                                                       "OpenSearch",
                                                       "SSM",
                                                       "KMS",
                                                       "CloudTrail",
                                                       "Data Pipeline",
                                                       "SSO",
                                                       "SSO OIDC",
                                                       "SQS"};

void read_endpoints(const SettingReader& reader, const SharedFiles& files, Settings& settings) {
  if (reader.flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls", false))
    return;
  std::optional<Section> services;
  if (const auto name = reader.get(nullptr, "services")) {
    services = files.section("services " + name->value);
    if (!services)
      throw CredentialsError(name->origin + " names a section [services " + name->value +
                             "] that is not there");
  }
  // A variable of a service, then the variable of all, then the file in the same order.
  for (const std::string_view id : kServiceIds) {
    const std::string name = setting_name(id);
    if (const auto found = reader.get(("AWS_ENDPOINT_URL_" + name).c_str(), nullptr)) {
      settings.endpoints[name] = found->value;
    }
  }
  if (const auto found = reader.get("AWS_ENDPOINT_URL", nullptr)) {
    settings.endpoints[""] = found->value;
  } else {
    if (services) {
      for (const std::string_view id : kServiceIds) {
        const std::string name = setting_name(id);
        const Setting* url = services->find(lower_case(name) + ".endpoint_url");
        if (url != nullptr) settings.endpoints.try_emplace(name, url->value);
      }
    }
    if (const auto general = reader.get(nullptr, "endpoint_url"))
      settings.endpoints[""] = general->value;
  }
  for (const auto& [name, url] : settings.endpoints) {
    if (!http::parse_url(url)) {
      throw CredentialsError("the endpoint '" + url + "'" + (name.empty() ? "" : " of " + name) +
                             " is not an http or https URL");
    }
  }
}

void read_retry(const SettingReader& reader, retry::Settings& settings) {
  if (const auto found = reader.get("AWS_MAX_ATTEMPTS", "max_attempts")) {
    const auto number = parse_integer(found->value);
    if (!number || *number < 1 || *number > 1000) {
      throw CredentialsError(found->origin + " is '" + found->value +
                             "', not a number from 1 to 1000");
    }
    settings.named_attempts = static_cast<int>(*number);
  }
  if (const auto found = reader.get("AWS_RETRY_MODE", "retry_mode")) {
    const std::string mode = lower_case(found->value);
    if (mode != "legacy" && mode != "standard" && mode != "adaptive") {
      throw CredentialsError(found->origin + " is '" + found->value +
                             "', none of legacy, standard, adaptive");
    }
    settings.rate_limiter = mode == "adaptive";
  }
  settings.pause_scale = wait_scale();
}

// The variables of other tools stand in where AWS's own say nothing.
void read_ca_bundle(const SettingReader& reader, const Environment& environment,
                    Settings& settings) {
  std::string origin = "AWS_CA_BUNDLE";
  if (const auto own = reader.get("AWS_CA_BUNDLE", "ca_bundle")) {
    origin = own->origin;
    settings.ca_bundle = in_home(environment, own->value);
  } else {
    for (const char* variable : {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"}) {
      const auto value = environment.get(variable);
      if (!value) continue;
      origin = variable;
      settings.ca_bundle = *value;
      break;
    }
  }
  std::error_code ignored;
  if (settings.ca_bundle && !std::filesystem::exists(*settings.ca_bundle, ignored)) {
    throw CredentialsError(origin + " names " + settings.ca_bundle->string() +
                           ", which does not exist");
  }
}

protocol::Integrity read_integrity(const SettingReader& reader, const char* variable,
                                   const char* option) {
  const auto found = reader.get(variable, option);
  if (!found || lower_case(found->value) == "when_supported") {
    return protocol::Integrity::when_supported;
  }
  if (lower_case(found->value) == "when_required") return protocol::Integrity::when_required;
  throw CredentialsError(found->origin + " is '" + found->value +
                         "', neither when_supported nor when_required");
}

// It becomes part of host names.
std::string checked_region(const SettingReader::Found& found) {
  const bool good = found.value.size() <= 63 &&
                    std::all_of(found.value.begin(), found.value.end(), [](unsigned char sign) {
                      return std::isalnum(sign) != 0 || sign == '-';
                    });
  if (!good) {
    throw CredentialsError(found.origin + " is '" + found.value + "', not the name of a region");
  }
  return found.value;
}

std::optional<std::string> find_region(const SettingReader& reader, const Environment& environment,
                                       const SharedFiles& files,
                                       const std::optional<std::string>& given) {
  if (given && !given->empty()) return checked_region({*given, "the region"});
  if (const auto found = reader.get("AWS_REGION", nullptr)) return checked_region(*found);
  if (const auto found = reader.get("AWS_DEFAULT_REGION", "region")) return checked_region(*found);
  if (const auto old = boto_region(environment, files))
    return checked_region({*old, "ec2_region_name of [Boto]"});
  return std::nullopt;
}

// A broken file or a profile that is not there is an error only for those who need it: not where
// variables that win over it say who signs.
bool needs_profile(const Environment& environment, const ProfileChoice& profile) {
  if (environment.get("AWS_ACCESS_KEY_ID")) return false;
  return profile.by_name || !environment.get("AWS_WEB_IDENTITY_TOKEN_FILE");
}

}  // namespace

std::optional<std::string> Settings::endpoint_for(std::string_view service_id) const {
  for (const std::string& name : {setting_name(service_id), std::string()}) {
    if (const auto found = endpoints.find(name); found != endpoints.end()) return found->second;
  }
  return std::nullopt;
}

Settings read_settings(const Environment& environment, const SharedFiles& files,
                       const ProfileChoice& profile, const std::optional<std::string>& region) {
  std::optional<Section> section;
  std::optional<CredentialsError> problem;
  try {
    section = files.profile(profile.name);
    if (!section && profile.by_name) problem = files.no_profile(profile.name);
  } catch (const CredentialsError& error) {
    problem = error;
  }
  if (problem && needs_profile(environment, profile)) throw CredentialsError(*problem);
  const SettingReader reader(environment, section);
  Settings settings;
  settings.region = find_region(reader, environment, files, region);
  if (problem && !settings.region) throw CredentialsError(*problem);
  settings.use_fips = reader.flag("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", false);
  settings.use_dual_stack =
      reader.flag("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint", false);
  settings.metadata = read_metadata_options(reader);
  read_endpoints(reader, files, settings);
  read_retry(reader, settings.retry);
  read_ca_bundle(reader, environment, settings);
  settings.uploads =
      read_integrity(reader, "AWS_REQUEST_CHECKSUM_CALCULATION", "request_checksum_calculation");
  settings.downloads =
      read_integrity(reader, "AWS_RESPONSE_CHECKSUM_VALIDATION", "response_checksum_validation");
  return settings;
}

}  // namespace asiaq::aws::config
