// What a bake does on the builder besides the user's scripts: finding a way in, letting root in
// while the bake lasts, and leaving nothing of that, nor of this one host, in the image.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "remote/ssh.h"

namespace asiaq::image {

/// The account that a bake works with on its builder.
constexpr const char* root_account = "root";

/// An account of the builder that can become root.
struct Login {
  std::string user;
  enum class Power { root, sudo } power = Power::root;
};

/// Accounts to try, in order: `preferred` (option bake_user), then root and those that the vendors'
/// images have.
std::vector<std::string> login_candidates(const std::optional<std::string>& preferred);

/// For the shell of a candidate; its answer is for login_from().
std::string login_question();

/// Nothing if the account cannot become root; images that refuse root answer with a hint and any
/// status, 0 included.
std::optional<Login> login_from(const std::string& user, const remote::RemoteResult& answer);

/// Tries the candidates once. `reason` is what the last one said if none will do.
struct LoginSearch {
  std::optional<Login> login;
  std::string reason;
};
LoginSearch search_login(const remote::Ssh& ssh, const remote::Route& route,
                         const std::vector<std::string>& candidates);

/// Lets root in with the login's keys, after which everything runs as root. Throws CommandError.
void open_root_access(const remote::Ssh& ssh, const remote::Route& route, const Login& login);

struct CleanUp {
  std::string login_user;
  std::string data_destination;
  /// Option root_login: whether hosts of the image let root in.
  enum class RootLogin { refused, by_key } root_login = RootLogin::refused;
};

/// Takes out of the image what belongs to this host or to the bake, and ends the host. The address
/// does not answer afterwards. Throws CommandError.
void clean_up_and_shut_down(const remote::Ssh& ssh, const remote::Route& route,
                            const CleanUp& clean_up);

}  // namespace asiaq::image
