#include "remote/private_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "base/error.h"

namespace asiaq::remote {

namespace {

std::filesystem::path parent_folder() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && *runtime == '/' && access(runtime, W_OK | X_OK) == 0) return runtime;
  std::error_code error;
  const std::filesystem::path temporary = std::filesystem::temp_directory_path(error);
  return error ? std::filesystem::path("/tmp") : temporary;
}

}  // namespace

PrivateFolder::PrivateFolder() {
  std::string name = (parent_folder() / "asiaq-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw Error("Command",
                fmt::format("no private folder can be made as {}: {}", name, std::strerror(errno)));
  }
  path_ = name;
}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path PrivateFolder::write(const std::string& name,
                                           std::string_view content) const {
  std::filesystem::path file = path_ / name;
  const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  std::size_t written = 0;
  while (descriptor >= 0 && written < content.size()) {
    const ssize_t count = ::write(descriptor, content.data() + written, content.size() - written);
    if (count < 0 && errno != EINTR) break;
    if (count > 0) written += static_cast<std::size_t>(count);
  }
  const int reason = errno;
  if (descriptor >= 0) close(descriptor);
  if (descriptor < 0 || written < content.size()) {
    throw Error("Command",
                fmt::format("cannot write {}: {}", file.string(), std::strerror(reason)));
  }
  return file;
}

}  // namespace asiaq::remote
