#include "aws/http/body.h"

#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace asiaq::aws::http {
namespace {

Error unreadable(const std::filesystem::path& path) {
  return Error("File", "cannot read " + path.string() + ": " + std::strerror(errno));
}

}  // namespace

FileSource::FileSource(std::filesystem::path path)
    : path_(std::move(path)), file_(std::fopen(path_.c_str(), "rbe")) {
  if (!file_) throw unreadable(path_);
  std::error_code failure;
  size_ = std::filesystem::file_size(path_, failure);
  if (failure) throw Error("File", "cannot read " + path_.string() + ": " + failure.message());
}

void FileSource::rewind() {
  if (std::fseek(file_.get(), 0, SEEK_SET) != 0) throw unreadable(path_);
}

std::size_t FileSource::read(char* bytes, std::size_t most) {
  const std::size_t count = std::fread(bytes, 1, most, file_.get());
  if (count == 0 && std::ferror(file_.get()) != 0) throw unreadable(path_);
  return count;
}

}  // namespace asiaq::aws::http
