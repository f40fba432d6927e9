#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/credentials/providers.h"

/// Credentials of roles, kept between runs.
namespace asiaq::aws::credentials {

/// One file of ~/.aws/cli/cache, which the AWS CLI and we share: either uses what the other has
/// got. It is named by the SHA-1 of the request for the role as JSON with sorted names, and holds
/// the answer ({"Credentials": {"AccessKeyId": …, "Expiration": …}}). Readable by its owner alone.
class Stored {
 public:
  /// How the CLI writes the JSON that is hashed: with blanks behind ':' and ',' (roles), or without
  /// (single sign-on).
  enum class Form { spaced, tight };
  /// `request`: names, in alphabetical order, and their values, already in JSON.
  Stored(const Sources& sources, const std::vector<std::pair<std::string, std::string>>& request,
         Form form);

  /// Nothing for what is absent, broken, or good for less than five minutes.
  std::optional<Credentials> find(const std::string& source) const;
  /// A folder that cannot be written is no error: the next run asks again. Returns the credentials
  /// with the place where they are stored.
  Credentials keep(Credentials credentials) const;

 private:
  std::filesystem::path file_;
  Clock& clock_;
};

/// A text as JSON, with nothing but ASCII in it.
std::string json_text(const std::string& text);

}  // namespace asiaq::aws::credentials
