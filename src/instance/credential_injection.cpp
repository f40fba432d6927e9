#include "instance/credential_injection.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <system_error>

#include "aws/encoding.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "base/log.h"
#include "instance/file_patterns.h"
#include "instance/placeholders.h"

namespace asiaq::instance {

namespace fs = std::filesystem;

namespace {

/// What an original was made into, so that later edits by others are noticed.
std::string digest(std::string_view content) { return aws::hex(aws::sha256(content)); }

/// Originals of filled-in files, below one folder in two trees that mirror the file system.
class Originals {
 public:
  Originals(Hands& hands, const fs::path& root, const fs::path& folder)
      : hands_(hands), root_(root), folder_(root / folder) {}

  /// The original of `file`, which now holds `content`; nothing if it holds no placeholders and is
  /// not what was once made of an original.
  std::optional<std::string> find(const fs::path& file, const std::string& content) const {
    const auto known = read_file(path_of("digests", file));
    if (known && known->find(digest(content)) != std::string::npos) {
      if (auto original = read_file(path_of("originals", file))) return original;
    }
    if (!placeholder_keys(content).empty()) return content;
    if (known) forget(file);
    return std::nullopt;
  }

  /// Before the file is written: whether that happens or not, what it holds afterwards is known.
  void keep(const fs::path& file, std::string_view original, std::string_view content,
            std::string_view filled_in) const {
    write(path_of("originals", file), original);
    write(path_of("digests", file), digest(filled_in) + '\n' + digest(content) + '\n');
  }

 private:
  fs::path path_of(const char* tree, const fs::path& file) const {
    return folder_ / tree / file.lexically_relative(root_);
  }

  void forget(const fs::path& file) const {
    remove_file(hands_, path_of("originals", file));
    remove_file(hands_, path_of("digests", file));
  }

  void write(const fs::path& path, std::string_view content) const {
    make_private_folder(hands_, folder_);
    write_file(hands_, path, content, {.mode = 0600});
  }

  Hands& hands_;
  fs::path root_;
  fs::path folder_;
};

/// Each key is asked for once.
class Values {
 public:
  explicit Values(const FetchCredential& fetch) : fetch_(fetch) {}

  void add(const std::set<std::string>& keys) {
    for (const std::string& key : keys) {
      if (found_.contains(key) || missing_.contains(key)) continue;
      if (const auto object = fetched(key)) {
        found_[key] = placeholder_value(*object);
      } else {
        missing_.insert(key);
      }
    }
  }

  const std::map<std::string, std::string>& found() const { return found_; }
  const std::set<std::string>& missing() const { return missing_; }

 private:
  std::optional<std::string> fetched(const std::string& key) const {
    try {
      auto object = fetch_(key);
      if (!object) log::error("no credential bucket has {}", key);
      return object;
    } catch (const Error& error) {
      log::error("{} cannot be fetched: {}", key, error.what());
      return std::nullopt;
    }
  }

  const FetchCredential& fetch_;
  std::map<std::string, std::string> found_;
  std::set<std::string> missing_;
};

/// A key that was there at an earlier run is not now: what it gave then is better than nothing.
bool would_lose_a_value(const std::set<std::string>& keys, const std::set<std::string>& unfilled,
                        const Values& values) {
  return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
    return values.missing().contains(key) && !unfilled.contains(key);
  });
}

std::vector<std::string> all_patterns(const InjectionPaths& paths) {
  std::vector<std::string> patterns = credential_file_patterns();
  for (const fs::path& file :
       matching_files(paths.root, {(paths.drop_ins / "*.conf").generic_string()})) {
    const auto more = parse_patterns(read_file(file).value_or(""));
    patterns.insert(patterns.end(), more.begin(), more.end());
  }
  return patterns;
}

}  // namespace

const std::vector<std::string>& credential_file_patterns() {
  static const std::vector<std::string> patterns = {
      "/home/**/authorized_keys",
      "/home/**/settings.xml",
      "/home/*/.ssh/id_rsa*",
      "/opt/wgen/etc/**",
      "/etc/asiaq/**",
      "/etc/init.d/disco-*",
      "/etc/systemd/system/disco-*",
      "/etc/haproxy/cert.d/**",
      "/etc/pki/tls/certs/server.crt",
      "/etc/pki/tls/private/server.key",
      "/etc/ssl/private/**",
      "/etc/tinyproxy/whitelist",
      "/etc/openvpn/**",
      "/etc/redis*",
      "/etc/redis/**",
      "/etc/httpd/conf.d/ldap.conf",
      "/etc/nerve.d/**",
      "/etc/synapse.d/**",
      "/etc/ipsec.d/**",
      "/j/config.xml",
      "/opt/wgen/deployenator/config.xml",
      "/opt/splunkforwarder/etc/**",
  };
  return patterns;
}

InjectionResult inject_credentials(const FetchCredential& fetch, Hands& hands,
                                   const InjectionPaths& paths) {
  const Originals originals(hands, paths.root, paths.templates);
  Values values(fetch);
  InjectionResult result;
  for (const fs::path& file : matching_files(paths.root, all_patterns(paths))) {
    try {
      const auto content = read_file(file);
      if (!content) continue;
      const auto original = originals.find(file, *content);
      if (!original) continue;
      const auto keys = placeholder_keys(*original);
      values.add(keys);
      if (would_lose_a_value(keys, placeholder_keys(*content), values)) {
        log::warning("{} keeps the credentials that it has", file.string());
        continue;
      }
      const std::string filled_in = with_values(*original, values.found());
      if (filled_in == *content) continue;
      originals.keep(file, *original, *content, filled_in);
      write_file(hands, file, filled_in);
      result.written.push_back(file);
      if (!hands.rehearses()) log::info("credentials put into {}", file.string());
    } catch (const Error& error) {
      log::error("credentials of {}: {}", file.string(), error.what());
    }
  }
  result.unavailable.assign(values.missing().begin(), values.missing().end());
  return result;
}

}  // namespace asiaq::instance
