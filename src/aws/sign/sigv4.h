#pragma once

#include <optional>
#include <string>

#include "aws/http/message.h"
#include "aws/value.h"

/// AWS Signature Version 4 (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
namespace asiaq::aws::sign {

struct Keys {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  ///< empty: none
};

struct Scope {
  std::string region;
  std::string service;
  Timestamp time;
};

struct Options {
  /// S3 encodes the path once and leaves "//" and ".." in it; all others encode it twice and clean
  /// it up.
  enum class Path { normalised, as_is } path = Path::normalised;
  enum class Encoding { twice, once } encoding = Encoding::twice;
  /// Sends the body's digest as a signed header. S3 demands it.
  enum class BodyHeader { absent, present } body_header = BodyHeader::absent;
  /// What a presigned URL says of the body: S3 takes any, others expect the digest.
  enum class PresignedBody { any, digest } body_in_presigned = PresignedBody::digest;
  /// Some services want the session token sent, but not signed.
  enum class Token { is_signed, unsigned_ } token = Token::is_signed;
};

/// The stages of a signature, for diagnosis and tests.
struct Stages {
  std::string canonical_request;
  std::string string_to_sign;
  std::string signature;
};

/// Stands for the digest of a body that is not signed. S3 takes it, over TLS only.
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

/// What is signed of the body: the header X-Amz-Content-SHA256 if there is one, else the digest in
/// hexadecimal. Reads an upload to its end.
std::string body_digest(const http::Request& request);

/// Adds Host, X-Amz-Date, the token and Authorization to the request's headers. Fields of an
/// earlier signature are replaced. Thread-safe.
Stages sign_headers(http::Request& request, const Keys& keys, const Scope& scope,
                    const Options& options);

/// Puts the signature into the query string; the URL is then good for `lifetime`. Throws
/// RequestError if that is not 1 s to 7 days, or if the query string is signed already.
Stages presign(http::Request& request, const Keys& keys, const Scope& scope, const Options& options,
               std::chrono::seconds lifetime);

}  // namespace asiaq::aws::sign
