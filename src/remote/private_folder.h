// A folder that only this account can read and that goes away with the object: for keys, known
// host keys and ssh settings of one command.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace asiaq::remote {

/// Owns a fresh folder (mode 0700) below $XDG_RUNTIME_DIR (memory, where there is one) or the
/// temporary folder; removed with everything in it on destruction, so also when Interrupted is
/// thrown. Not copyable.
class PrivateFolder {
 public:
  /// Throws Error of kind "Command" if the folder cannot be made.
  PrivateFolder();
  ~PrivateFolder();
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Writes a file of mode 0600 and returns its path. `name` has no folder part.
  std::filesystem::path write(const std::string& name, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

}  // namespace asiaq::remote
