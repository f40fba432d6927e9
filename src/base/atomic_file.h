// Files that are replaced as a whole, so that nobody ever reads half of one.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace asiaq {

/// Owner and mode of a file to be written. What is unset comes from the file that is replaced;
/// without one, the file belongs to this process's user and has mode 0644.
struct FileAttributes {
  std::optional<mode_t> mode{};  ///< Permission and set-id bits.
  std::optional<uid_t> owner{};
  std::optional<gid_t> group{};
};

/// A new file beside `target`, to take its place once it is complete. Unless it did, it is removed
/// with this object. Its content is never readable by more people than the result. All throw Error
/// of kind "File".
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view content);
  /// Forgets what was written so far.
  void clear();
  /// Takes the place of the target, keeping its SELinux label.
  void place(const FileAttributes& attributes);

 private:
  std::filesystem::path target_;
  std::string name_;
  int descriptor_ = -1;
  bool placed_ = false;
};

/// Writes a new file beside `path` and renames it, keeping the SELinux label of the old one. The
/// content is never readable by more people than the result. Throws Error of kind "File".
void write_atomically(const std::filesystem::path& path, std::string_view content,
                      const FileAttributes& attributes = {});

/// The whole file; nothing if it does not exist. Throws Error of kind "File".
std::optional<std::string> read_file(const std::filesystem::path& path);

/// The first line without blanks around it; nothing if the file does not exist.
std::optional<std::string> first_line(const std::filesystem::path& path);

}  // namespace asiaq
