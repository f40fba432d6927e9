#include "aws/config/shared_files.h"

#include <sstream>

#include "base/atomic_file.h"
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

// "profile 'my own'" is the profile "my own": the AWS CLI writes names with blanks so.
std::string without_quotes(std::string title) {
  const std::size_t blank = title.find(' ');
  if (blank == std::string::npos || blank + 2 >= title.size()) return title;
  const char quote = title[blank + 1];
  if ((quote != '"' && quote != '\'') || title.back() != quote) return title;
  return title.substr(0, blank + 1) + title.substr(blank + 2, title.size() - blank - 3);
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
  Place here() const { return {file_.path.string(), number_}; }

  [[noreturn]] void fail(const std::string& what) const { throw error_at(here(), what); }

  void open(std::string_view core) {
    const std::size_t end = core.find(']');
    if (end == std::string_view::npos) fail("a section without a closing bracket");
    const std::string name = without_quotes(join(words(core.substr(1, end - 1)), " "));
    const auto [place, is_new] = file_.sections.try_emplace(name);
    section_ = &place->second;
    if (!is_new) {
      log::warning("{}: section [{}] comes twice, first in line {}", here().text(), name,
                   section_->place.line);
    }
    section_->place = here();
    key_.clear();
  }

  void set(const std::string& key, std::string value) {
    const auto first = section_->settings.find(key);
    if (first != section_->settings.end()) {
      log::warning("{}: {} comes twice, first in line {}", here().text(), key,
                   first->second.place.line);
    }
    section_->settings[key] = {std::move(value), here()};
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
      section_->settings[key_].value += "\n" + std::string(core);
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

CredentialsError error_at(const Place& place, const std::string& what) {
  return CredentialsError(place.text() + ": " + what);
}

const Setting* Section::find(const std::string& name) const {
  const auto found = settings.find(name);
  return found == settings.end() || found->second.value.empty() ? nullptr : &found->second;
}

std::string Section::get(const std::string& name) const {
  const Setting* found = find(name);
  return found == nullptr ? "" : found->value;
}

const Place& Section::place_of(const std::string& name) const {
  const Setting* found = find(name);
  return found == nullptr ? place : found->place;
}

void Section::override_with(const Section& other) {
  place = other.place;
  for (const auto& [name, setting] : other.settings) settings[name] = setting;
}

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
  try {
    if (const auto text = read_file(path)) loaded.file = parse_ini(path, *text);
  } catch (const Error& error) {
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
  const auto take = [&](const IniFile& file, const std::string& title) {
    const auto section = file.sections.find(title);
    if (section == file.sections.end()) return;
    if (!found) found.emplace();
    found->override_with(section->second);
  };
  const IniFile& config = usable(config_);
  // "[profile default]" is written by some, "[default]" is the rule and wins.
  take(config, "profile " + name);
  if (name == "default") take(config, name);
  take(usable(credentials_), name);
  return found;
}

std::vector<std::string> SharedFiles::profiles() const {
  static constexpr std::string_view kWord = "profile ";
  std::vector<std::string> names;
  for (const auto& [title, section] : config_.file.sections) {
    if (title.starts_with(kWord)) names.push_back(title.substr(kWord.size()));
  }
  for (const auto& [title, section] : credentials_.file.sections) names.push_back(title);
  return names;
}

CredentialsError SharedFiles::no_profile(const std::string& name) const {
  CredentialsError error("there is no profile " + name + " in " + config_.file.path.string() +
                         " or " + credentials_.file.path.string());
  if (config_.file.sections.contains(name)) {
    error.set_hint("the title of a profile in the first one is [profile " + name + "]");
  } else if (const auto meant = nearest(name, profiles())) {
    error.set_hint("did you mean " + *meant + "?");
  } else {
    error.set_hint("AWS_PROFILE names the profile in use");
  }
  return error;
}

std::optional<Section> SharedFiles::section(const std::string& name) const {
  const IniFile& config = usable(config_);
  const auto found = config.sections.find(name);
  return found == config.sections.end() ? std::nullopt : std::optional(found->second);
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
