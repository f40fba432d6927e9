// What commands of a host change goes through its hands, so that --dry-run changes nothing by
// construction: hands that rehearse have no way to do anything.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/atomic_file.h"
#include "plan/plan.h"

namespace asiaq::instance {

/// Does changes one after the other, or only notes them. Not thread-safe.
class Hands {
 public:
  virtual ~Hands() = default;
  /// Throws what `change.carry_out` throws.
  virtual void carry_out(plan::Change change) = 0;
  virtual bool rehearses() const { return false; }
};

/// Carries out at once.
std::unique_ptr<Hands> working_hands();

/// Note what would be done, without the means to do it; for --dry-run.
class RehearsingHands final : public Hands {
 public:
  void carry_out(plan::Change change) override {
    change.carry_out = nullptr;
    plan_.add(std::move(change));
  }
  bool rehearses() const override { return true; }
  const plan::Plan& plan() const { return plan_; }

 private:
  plan::Plan plan_;
};

/// Writes a file atomically and makes the folders above it. No change if it holds the content and
/// has the mode already.
void write_file(Hands& hands, const std::filesystem::path& file, std::string_view content,
                const FileAttributes& attributes = {});

/// Makes a folder of mode 0700. No change if it is there and has that mode.
void make_private_folder(Hands& hands, const std::filesystem::path& folder);

/// No change if there is none.
void remove_file(Hands& hands, const std::filesystem::path& file);

/// Runs a program whose work is the change; its input is never shown. Throws Error of kind
/// "Command" if it fails.
void run_program(Hands& hands, const std::vector<std::string>& arguments,
                 const std::string& input = {});

/// The same, but a failure does not matter.
void try_program(Hands& hands, const std::vector<std::string>& arguments);

}  // namespace asiaq::instance
