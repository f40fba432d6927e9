// Programs found first in PATH while an object lives, for code that runs others.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace asiaq {

class FakePrograms {
 public:
  FakePrograms() : path_(std::getenv("PATH")) {
    std::string name = (std::filesystem::temp_directory_path() / "asiaq-fakes-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    setenv("PATH", (folder_.string() + ":" + path_).c_str(), 1);
  }
  ~FakePrograms() {
    setenv("PATH", path_.c_str(), 1);
    std::filesystem::remove_all(folder_);
  }
  FakePrograms(const FakePrograms&) = delete;
  FakePrograms& operator=(const FakePrograms&) = delete;

  /// A program that is the given lines of sh.
  void add(const std::string& name, const std::string& script) {
    std::ofstream(folder_ / name) << "#!/bin/sh\n" << script;
    std::filesystem::permissions(folder_ / name, std::filesystem::perms::owner_all);
  }

  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::string path_;
  std::filesystem::path folder_;
};

}  // namespace asiaq
