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

/// Adds Host, X-Amz-Date, the token and Authorization to the request's headers. Fields of an
/// earlier signature are replaced. Thread-safe.
Stages sign_headers(http::Request& request, const Keys& keys, const Scope& scope,
                    const Options& options);

/// Puts the signature into the query string; the URL is then good for `lifetime` (1 s to 7 days).
Stages presign(http::Request& request, const Keys& keys, const Scope& scope, const Options& options,
               std::chrono::seconds lifetime);

}  // namespace asiaq::aws::sign
