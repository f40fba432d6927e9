// `{s3cred://KEY}`: where an object of a credential bucket is to be put into a file.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace asiaq::instance {

/// Keys of all placeholders in the text. KEY is made of letters, digits and `-`, `_`, `/`, `.`.
std::set<std::string> placeholder_keys(std::string_view text);

/// The text with the value in place of every placeholder whose key has one; bytes of a value are
/// never looked at. Other placeholders stay.
std::string with_values(std::string_view text, const std::map<std::string, std::string>& values);

/// What stands for an object in a file: its content without line breaks at the end.
std::string placeholder_value(std::string_view object);

}  // namespace asiaq::instance
