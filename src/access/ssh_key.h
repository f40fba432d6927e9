// Key pairs for ssh, made in this process.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace asiaq::access {

enum class KeyType {
  rsa,     ///< 3072 bits.
  ed25519  ///< RFC 8032.
};

/// A pair as ssh reads it. The private half is a secret: it is never logged and never an argument.
struct SshKeyPair {
  /// Without pass-phrase, with its final newline: PEM (RFC 8017) for rsa, OpenSSH's own format for
  /// ed25519, which has no PEM form that ssh accepts.
  std::string private_key;
  /// One line "TYPE BASE64 COMMENT" without newline (RFC 4253 §6.6, RFC 8709).
  std::string public_key;
};

/// Makes a pair with fresh randomness. Throws Error of kind "Key" if OpenSSL cannot.
SshKeyPair generate_ssh_key(KeyType type, const std::string& comment);

/// The value of `type` as written in options; throws UsageError naming the possible ones.
KeyType parse_key_type(std::string_view word);

/// Both halves of a public key line that say which key it is, without comment; empty if the text is
/// none.
std::string public_key_identity(std::string_view public_key);

// The binary form under the BASE64 (RFC 4251 §5), shown for tests.
std::string ssh_string(std::string_view bytes);
std::string ssh_mpint(std::span<const std::uint8_t> big_endian_magnitude);

}  // namespace asiaq::access
