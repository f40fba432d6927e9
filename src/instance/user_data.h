// What a host was told when it was launched: lines `key="value"`.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace asiaq::instance {

/// User data of a host, read and never evaluated. A value type.
class UserData {
 public:
  UserData() = default;

  /// Takes the lines that are `key="value"`; within the quotes a backslash stands for the
  /// following `"`, `\`, `$` or backtick, as in a shell. Other lines are ignored, and so is all of
  /// a script (`#!`). Of repeated keys the last one counts.
  static UserData parse(std::string_view text);

  /// Empty if the key is not there.
  const std::string& get(const std::string& key) const;

  /// Blank-separated words of a value.
  std::vector<std::string> list(const std::string& key) const;

  bool empty() const { return values_.empty(); }

  /// Lines `key='value'` that a shell can source: nothing in them is expanded.
  std::string shell_text() const;

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace asiaq::instance
