#include "instance/hands.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "base/error.h"
#include "base/process.h"
#include "base/text.h"

namespace asiaq::instance {

namespace fs = std::filesystem;

namespace {

class WorkingHands final : public Hands {
 public:
  void carry_out(plan::Change change) override { change.carry_out(); }
};

bool has_mode(const fs::path& file, std::optional<mode_t> mode) {
  struct stat status {};
  return !mode || (::lstat(file.c_str(), &status) == 0 && (status.st_mode & 07777U) == *mode);
}

void make_folders(const fs::path& folder) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) {
    throw Error("File", fmt::format("cannot make {}: {}", folder.string(), code.message()));
  }
}

plan::Change running(const std::vector<std::string>& arguments, std::function<void()> carry_out) {
  return {.verb = plan::Verb::update,
          .resource = {.kind = "host", .name = shell_quoted(arguments), .id = {}},
          .details = {},
          .carry_out = std::move(carry_out),
          .after = {}};
}

}  // namespace

std::unique_ptr<Hands> working_hands() { return std::make_unique<WorkingHands>(); }

void write_file(Hands& hands, const fs::path& file, std::string_view content,
                const FileAttributes& attributes) {
  const auto before = read_file(file);
  if (before == content && has_mode(file, attributes.mode)) return;
  hands.carry_out({.verb = before ? plan::Verb::update : plan::Verb::create,
                   .resource = {.kind = "file", .name = file.string(), .id = {}},
                   .details = {},
                   .carry_out =
                       [file, content = std::string(content), attributes] {
                         make_folders(file.parent_path());
                         write_atomically(file, content, attributes);
                       },
                   .after = {}});
}

void make_private_folder(Hands& hands, const fs::path& folder) {
  constexpr mode_t mode = 0700;
  if (has_mode(folder, mode)) return;
  hands.carry_out({.verb = plan::Verb::create,
                   .resource = {.kind = "folder", .name = folder.string(), .id = {}},
                   .details = {},
                   .carry_out =
                       [folder] {
                         make_folders(folder);
                         if (::chmod(folder.c_str(), mode) != 0) {
                           throw Error("File", fmt::format("cannot close {} to others: {}",
                                                           folder.string(), std::strerror(errno)));
                         }
                       },
                   .after = {}});
}

void remove_file(Hands& hands, const fs::path& file) {
  if (!fs::exists(fs::symlink_status(file))) return;
  hands.carry_out({.verb = plan::Verb::remove,
                   .resource = {.kind = "file", .name = file.string(), .id = {}},
                   .details = {},
                   .carry_out =
                       [file] {
                         std::error_code ignored;
                         fs::remove(file, ignored);
                       },
                   .after = {}});
}

void run_program(Hands& hands, const std::vector<std::string>& arguments,
                 const std::string& input) {
  hands.carry_out(running(arguments, [arguments, input] {
    const ProcessResult result = run_process({.arguments = arguments, .standard_input = input});
    if (result.status != 0) {
      throw Error("Command", fmt::format("{} ended with status {}: {}", shell_quoted(arguments),
                                         result.status, trimmed(result.output)));
    }
  }));
}

void try_program(Hands& hands, const std::vector<std::string>& arguments) {
  hands.carry_out(running(arguments, [arguments] { run_process({.arguments = arguments}); }));
}

}  // namespace asiaq::instance
