#pragma once

#include <string>
#include <string_view>

/// Names of the models turned into names of C++.
namespace awsgen {

/// "VpcId" -> "vpc_id", "Ipv6CidrBlock" -> "ipv6_cidr_block", "DBInstanceARNs" ->
/// "db_instance_arns": the rule by which Python users of the models know them. Not yet safe as an
/// identifier.
std::string snake_case(std::string_view name);

/// snake_case made an identifier: a keyword gets an underscore behind, other signs become one.
std::string member_identifier(std::string_view name);

/// The name of a shape as a type name.
std::string type_identifier(std::string_view name);
/// As the model has it: some have lists whose names differ in the first letter's case only.
std::string collection_identifier(std::string_view name);

/// The name of a service as namespace and folder: "sso-oidc" -> "sso_oidc".
std::string space_identifier(std::string_view service);

/// A C++ string literal of the text.
std::string literal(std::string_view text);

}  // namespace awsgen
