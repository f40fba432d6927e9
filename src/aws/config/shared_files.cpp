#include "aws/config/shared_files.h"

#include <fstream>
#include <sstream>

#include "aws/error.h"
#include "base/log.h"
#include "base/text.h"

namespace asiaq::aws::config {
namespace {

std::string without_comment(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool mark = text[i] == '#' || text[i] == ';';
    if (mark && (text[i - 1] == ' ' || text[i - 1] == '\t'))
      return std::string(trimmed(text.substr(0, i)));
  }
  return std::string(trimmed(text));
}

std::filesystem::path path_of(const Environment& environment, const char* variable,
                              const char* usual) {
  const auto named = environment.get(variable);
  if (!named) return environment.home / ".aws" / usual;
  if (*named == "~" || named->starts_with("~/"))
    return environment.home / named->substr(std::min<std::size_t>(2, named->size()));
  return *named;
}

class Parser {
 public:
  explicit Parser(std::filesystem::path path) { file_.path = std::move(path); }

  void line(const std::string& text, int number) {
    number_ = number;
    const std::string_view core = trimmed(text);
    if (core.empty() || core.front() == '#' || core.front() == ';') return;
    const bool indented = text.front() == ' ' || text.front() == '\t';
    if (core.front() == '[' && !indented) {
      open(core);
    } else if (section_ == nullptr) {
      fail("a setting before the first section");
    } else if (indented && !key_.empty()) {
      nested(core);
    } else {
      setting(core);
    }
  }

  IniFile take() { return std::move(file_); }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw CredentialsError(file_.path.string() + ", line " + std::to_string(number_) + ": " + what);
  }

  void open(std::string_view core) {
    const std::size_t end = core.find(']');
    if (end == std::string_view::npos) fail("a section without a closing bracket");
    const std::string name = join(words(core.substr(1, end - 1)), " ");
    const auto [place, is_new] = file_.sections.try_emplace(name);
    if (!is_new) log::warning("{}: section [{}] comes twice", file_.path.string(), name);
    section_ = &place->second;
    key_.clear();
  }

  void set(const std::string& key, std::string value) {
    const auto [place, is_new] = section_->insert_or_assign(key, std::move(value));
    if (!is_new) log::warning("{}, line {}: {} comes twice", file_.path.string(), number_, key);
  }

  void setting(std::string_view core) {
    const std::size_t equals = core.find('=');
    if (equals == std::string_view::npos) fail("neither a section nor name = value");
    key_ = lower_case(trimmed(core.substr(0, equals)));
    if (key_.empty()) fail("a value without a name");
    set(key_, without_comment(core.substr(equals + 1)));
  }

  void nested(std::string_view core) {
    const std::size_t equals = core.find('=');
    if (equals == std::string_view::npos) {
      (*section_)[key_] += "\n" + std::string(core);
      return;
    }
    set(key_ + "." + lower_case(trimmed(core.substr(0, equals))),
        without_comment(core.substr(equals + 1)));
  }

  IniFile file_;
  Section* section_ = nullptr;
  std::string key_;
  int number_ = 0;
};

}  // namespace

IniFile parse_ini(const std::filesystem::path& path, const std::string& text) {
  Parser parser(path);
  std::istringstream stream(text);
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) parser.line(line, number);
  }
  return parser.take();
}

SharedFiles::Loaded SharedFiles::load(const std::filesystem::path& path) {
  Loaded loaded;
  loaded.file.path = path;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return loaded;
  std::ifstream stream(path);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) {
    loaded.problem = path.string() + " cannot be read";
    return loaded;
  }
  try {
    loaded.file = parse_ini(path, text.str());
  } catch (const CredentialsError& error) {
    loaded.problem = error.reason();
  }
  return loaded;
}

SharedFiles::SharedFiles(const Environment& environment)
    : config_(load(path_of(environment, "AWS_CONFIG_FILE", "config"))),
      credentials_(load(path_of(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials"))) {}

const IniFile& SharedFiles::usable(const Loaded& loaded) {
  if (loaded.problem) throw CredentialsError(*loaded.problem);
  return loaded.file;
}

std::optional<Section> SharedFiles::profile(const std::string& name) const {
  std::optional<Section> found;
  const IniFile& config = usable(config_);
  // "[profile default]" is written by some, "[default]" is the rule and wins.
  for (const std::string& title : {"profile " + name, name == "default" ? name : std::string()}) {
    if (title.empty()) continue;
    if (const auto section = config.sections.find(title); section != config.sections.end()) {
      if (!found) found.emplace();
      for (const auto& [key, value] : section->second) (*found)[key] = value;
    }
  }
  const IniFile& credentials = usable(credentials_);
  if (const auto section = credentials.sections.find(name); section != credentials.sections.end()) {
    if (!found) found.emplace();
    for (const auto& [key, value] : section->second) (*found)[key] = value;
  }
  return found;
}

std::optional<Section> SharedFiles::section(const std::string& name) const {
  const IniFile& config = usable(config_);
  const auto found = config.sections.find(name);
  return found == config.sections.end() ? std::nullopt : std::optional(found->second);
}

std::string SharedFiles::names() const {
  return config_.file.path.string() + " and " + credentials_.file.path.string();
}

ProfileChoice choose_profile(const Environment& environment,
                             const std::optional<std::string>& chosen) {
  if (chosen && !chosen->empty()) return {*chosen, true};
  for (const char* name : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}) {
    if (const auto value = environment.get(name)) return {*value, true};
  }
  return {};
}

}  // namespace asiaq::aws::config
