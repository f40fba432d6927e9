#include "base/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace asiaq {

namespace {

constexpr const char* label_name = "security.selinux";

Error failure(std::string_view doing, const std::filesystem::path& path) {
  return Error("File", fmt::format("cannot {} {}: {}", doing, path.string(), std::strerror(errno)));
}

void keep_label(const std::filesystem::path& from, int to) {
  std::array<char, 1024> label{};
  const ssize_t size = ::lgetxattr(from.c_str(), label_name, label.data(), label.size());
  if (size > 0) {
    // Where labels are not supported there is none to lose.
    (void)::fsetxattr(to, label_name, label.data(), static_cast<std::size_t>(size), 0);
  }
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path target)
    : target_(std::move(target)),
      name_((target_.parent_path() / ("." + target_.filename().string() + ".XXXXXX")).string()) {
  descriptor_ = ::mkostemp(name_.data(), O_CLOEXEC);
  if (descriptor_ < 0) throw failure("write beside", target_);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!placed_) ::unlink(name_.c_str());
}

void AtomicFile::write(std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = ::write(descriptor_, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw failure("write", name_);
    content.remove_prefix(static_cast<std::size_t>(count));
  }
}

void AtomicFile::clear() {
  if (::ftruncate(descriptor_, 0) != 0 || ::lseek(descriptor_, 0, SEEK_SET) != 0) {
    throw failure("write", name_);
  }
}

void AtomicFile::place(const FileAttributes& attributes) {
  struct stat old {};
  const bool exists = ::lstat(target_.c_str(), &old) == 0 && S_ISREG(old.st_mode);
  const uid_t owner = attributes.owner.value_or(exists ? old.st_uid : ::geteuid());
  const gid_t group = attributes.group.value_or(exists ? old.st_gid : ::getegid());
  struct stat made {};
  if (::fstat(descriptor_, &made) != 0) throw failure("look at", target_);
  if ((made.st_uid != owner || made.st_gid != group) && ::fchown(descriptor_, owner, group) != 0) {
    throw failure("set the owner of", target_);
  }
  const mode_t mode = attributes.mode.value_or(exists ? old.st_mode & 07777U : 0644U);
  if (::fchmod(descriptor_, mode) != 0) throw failure("set the mode of", target_);
  if (exists) keep_label(target_, descriptor_);
  if (::close(std::exchange(descriptor_, -1)) != 0) throw failure("write", name_);
  if (::rename(name_.c_str(), target_.c_str()) != 0) throw failure("replace", target_);
  placed_ = true;
}

void write_atomically(const std::filesystem::path& path, std::string_view content,
                      const FileAttributes& attributes) {
  AtomicFile file(path);
  file.write(content);
  file.place(attributes);
}

std::optional<std::string> read_file(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw failure("read", path);
  }
  std::string content;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const Error error = failure("read", path);
      ::close(descriptor);
      throw error;
    }
    if (count == 0) break;
    content.append(buffer.data(), static_cast<std::size_t>(count));
  }
  ::close(descriptor);
  return content;
}

std::optional<std::string> first_line(const std::filesystem::path& path) {
  const auto content = read_file(path);
  if (!content) return std::nullopt;
  return std::string(trimmed(std::string_view(*content).substr(0, content->find('\n'))));
}

}  // namespace asiaq
