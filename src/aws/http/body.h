#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "aws/http/message.h"

/// Bodies that pass through piece by piece and are never held as a whole. Not thread-safe: one of
/// them serves one request at a time.
namespace asiaq::aws::http {

/// What is sent. Read several times: for its checksum, for sending, for sending again.
class Source {
 public:
  virtual ~Source() = default;
  /// Bytes in all.
  virtual std::uint64_t size() const = 0;
  /// Back to the first byte.
  virtual void rewind() = 0;
  /// The next bytes, `most` at the most; 0 only behind the last one.
  virtual std::size_t read(char* bytes, std::size_t most) = 0;
};

/// Where the body of a good answer goes. Bodies of errors never get here.
class Sink {
 public:
  virtual ~Sink() = default;
  /// A body begins. Whatever came before belongs to an attempt that failed: it is void.
  virtual void begin(const Headers& headers) = 0;
  virtual void write(std::string_view piece) = 0;
};

/// A file to send. Throws Error of kind "File".
class FileSource final : public Source {
 public:
  explicit FileSource(std::filesystem::path path);
  std::uint64_t size() const override { return size_; }
  void rewind() override;
  std::size_t read(char* bytes, std::size_t most) override;

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Closer> file_;
  std::uint64_t size_ = 0;
};

/// Calls `take(std::string_view)` with every piece of the source, from its beginning.
template <class Take>
void for_each_piece(Source& source, Take&& take) {
  constexpr std::size_t kPiece = std::size_t{256} * 1024;
  const auto buffer = std::make_unique<char[]>(kPiece);
  source.rewind();
  while (const std::size_t count = source.read(buffer.get(), kPiece)) {
    take(std::string_view(buffer.get(), count));
  }
}

}  // namespace asiaq::aws::http
