#include "aws/credentials/stored.h"

#include <nlohmann/json.hpp>

#include "aws/encoding.h"
#include "aws/time_text.h"
#include "base/atomic_file.h"
#include "base/log.h"

namespace asiaq::aws::credentials {
namespace {

using namespace std::chrono_literals;

constexpr auto kLeast = 5min;

std::string name_of(const std::vector<std::pair<std::string, std::string>>& request,
                    Stored::Form form) {
  const bool spaced = form == Stored::Form::spaced;
  std::string text = "{";
  for (const auto& [name, value] : request) {
    if (text.size() > 1) text += spaced ? ", " : ",";
    text += json_text(name) + (spaced ? ": " : ":") + value;
  }
  return hex(sha1(text + "}")) + ".json";
}

// The CLI's own way to write UTC is "2016-01-01T00:00:00UTC".
std::string with_zone_sign(std::string time) {
  if (time.ends_with("UTC")) time.replace(time.size() - 3, 3, "Z");
  return time;
}

}  // namespace

std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

Stored::Stored(const Sources& sources,
               const std::vector<std::pair<std::string, std::string>>& request, Form form)
    : file_(sources.environment.home / ".aws" / "cli" / "cache" / name_of(request, form)),
      clock_(sources.clock) {}

std::optional<Credentials> Stored::find(const std::string& source) const {
  try {
    const auto text = read_file(file_);
    if (!text) return std::nullopt;
    nlohmann::json json = nlohmann::json::parse(*text).at("Credentials");
    json["Expiration"] = with_zone_sign(json.at("Expiration").get<std::string>());
    Credentials found = parse_json_credentials(json.dump(), source);
    if (!found.expires || *found.expires - clock_.now() < kLeast) return std::nullopt;
    found.source += ", stored in " + file_.string();
    found.stored_in = file_;
    return found;
  } catch (const std::exception& error) {
    log::debug("{} is not usable: {}", file_.string(), error.what());
    return std::nullopt;
  }
}

Credentials Stored::keep(Credentials credentials) const {
  if (!credentials.expires) return credentials;
  const nlohmann::json json{{"Credentials",
                             {{"AccessKeyId", credentials.keys.access_key_id},
                              {"SecretAccessKey", credentials.keys.secret_access_key},
                              {"SessionToken", credentials.keys.session_token},
                              {"Expiration", to_iso8601(std::chrono::floor<std::chrono::seconds>(
                                                 *credentials.expires))}}}};
  try {
    const std::filesystem::path folder = file_.parent_path();
    if (std::filesystem::create_directories(folder))
      std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    write_atomically(file_, json.dump(), {.mode = 0600});
    credentials.stored_in = file_;
  } catch (const std::exception& error) {
    log::debug("credentials are not stored: {}", error.what());
  }
  return credentials;
}

}  // namespace asiaq::aws::credentials
