// A scratch folder for tests that write files.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace asiaq::instance {

class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "asiaq-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
    path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Writes a file below the folder, making the folders on its way.
  std::filesystem::path write(const std::filesystem::path& name, const std::string& content,
                              mode_t mode = 0644) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    ::chmod(file.c_str(), mode);
    return file;
  }

  std::string read(const std::filesystem::path& name) const {
    std::ifstream stream(path_ / name, std::ios::binary);
    if (!stream) return "(no file " + name.string() + ")";
    std::ostringstream content;
    content << stream.rdbuf();
    return content.str();
  }

  bool has(const std::filesystem::path& name) const {
    return std::filesystem::exists(std::filesystem::symlink_status(path_ / name));
  }

  mode_t mode(const std::filesystem::path& name) const {
    struct stat status {};
    return ::stat((path_ / name).c_str(), &status) == 0 ? status.st_mode & 07777U : 0U;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace asiaq::instance
