#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/error.h"

/// What can go wrong in a call to AWS.
namespace asiaq::aws {

struct Service;
struct Operation;

/// For operations that may have been carried out although no answer says so: that, and how to find
/// out. `operation` is the name on the wire ("CreateVpc").
std::string unknown_outcome_hint(std::string_view operation);

/// AWS answered with an error. Kind "AWS".
class ServiceError : public Error {
 public:
  struct Facts {
    std::string service;    ///< "ec2"
    std::string operation;  ///< "DescribeVpcs"
    std::string code;  ///< "UnauthorizedOperation"; for bodies without one, the HTTP status as text
    std::string message;
    int http_status = 0;
    std::string request_id;
    /// Other plain texts of the error's body ("Endpoint", "Region", "BucketName" of S3).
    std::map<std::string, std::string> details;
    /// How often the request was sent.
    int attempts = 1;
    /// The request may have been carried out all the same.
    bool outcome_unknown = false;
  };
  explicit ServiceError(Facts facts);

  const std::string& service() const { return facts_.service; }
  const std::string& operation() const { return facts_.operation; }
  const std::string& code() const { return facts_.code; }
  const std::string& message() const { return facts_.message; }
  int http_status() const { return facts_.http_status; }
  const std::string& request_id() const { return facts_.request_id; }
  const Facts& facts() const { return facts_; }

  bool has_code(std::string_view code) const { return facts_.code == code; }
  /// The code says that the thing asked for does not exist ("InvalidVpcID.NotFound",
  /// "NoSuchEntity", 404 …).
  bool is_not_found() const;
  /// The code says that the caller may not do this.
  bool is_denied() const;

 private:
  Facts facts_;
};

/// The service could not be reached or its answer could not be read. Kind "Connection".
class ConnectionError : public Error {
 public:
  enum class Sent { no, perhaps };
  ConnectionError(std::string reason, Sent sent);
  /// Whether the request may have reached the service.
  Sent sent() const { return sent_; }

 private:
  Sent sent_;
};

/// What is waited for is not coming any more. Kind "Wait".
class WaitError : public Error {
 public:
  explicit WaitError(std::string reason);
};

/// A write on a session that may only read: nothing was sent. Kind "ReadOnly".
class ReadOnlyError : public Error {
 public:
  ReadOnlyError(std::string_view service, std::string_view operation);
};

/// No usable credentials or a broken setting of the AWS configuration. Kind "Credentials".
class CredentialsError : public Error {
 public:
  explicit CredentialsError(std::string reason);
};

/// The request cannot be written: a needed member is missing or has an impossible value. Kind
/// "Request".
class RequestError : public Error {
 public:
  explicit RequestError(std::string reason);
};

}  // namespace asiaq::aws
