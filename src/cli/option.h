// Options of a command, bound to the members of the plain struct that the command gets.
//
//   option("--name", &Create::name, {.value = "NAME", .help = "...", .need = Need::mandatory})
//
// The member's type says what the option is: bool a flag; std::string text; int, long long a whole
// number; double a number; std::optional of these the same without a default; std::vector of
// strings an option that may be given several times. A member of a base class will do.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace asiaq::cli {

enum class ValueKind { flag, text, integer, number };
enum class Need { optional, mandatory };

/// Whether the tools of the same name had the option. Abbreviations mean one of theirs if they can,
/// so that new options never change what an old command line says.
enum class Origin { original, added };

/// Where the original tool wanted the option. It may stand anywhere; abbreviations look here first.
enum class Place { after_command, before_command };

/// What parser, help and completion need to know of an option beyond its name and type.
struct OptionDetails {
  std::string value = {};  ///< Stands for the value in help; made from the name if empty.
  std::string help = {};
  Need need = Need::optional;
  Origin origin = Origin::original;
  Place place = Place::after_command;
  std::vector<std::string> aliases = {};   ///< Other names, `-u` forms included.
  std::vector<std::string> choices = {};   ///< The only values allowed; any if empty.
  std::vector<std::string> excludes = {};  ///< Names of options it cannot stand together with.
};

/// Options that belong to no command's struct but to the run as a whole.
enum class Setting {
  debug,
  stats,
  truncate,
  environment,
  dry_run,
  detailed_exit_code,
  yes,
  output,
  timeout
};

/// One option or (with a name that does not begin with `-`) one word of the command line.
struct OptionRecord {
  std::string name;
  ValueKind kind = ValueKind::text;
  bool is_repeatable = false;
  OptionDetails details;
  std::string default_text = {};  ///< For help; empty if there is none worth saying.
  std::optional<Setting> setting = {};

  bool is_positional() const { return name.empty() || name.front() != '-'; }
  std::string placeholder() const;  ///< What stands for its value in help.
};

/// How many of the options of a group must be given.
enum class GroupRule { exactly_one, at_most_one };

struct OptionGroup {
  GroupRule rule = GroupRule::exactly_one;
  std::vector<std::size_t> options;  ///< Indexes into the command's options.
};

namespace detail {

/// Converts the text of a value; throws UsageError naming the option.
void convert(const std::string& name, const std::string& text, std::string& result);
void convert(const std::string& name, const std::string& text, int& result);
void convert(const std::string& name, const std::string& text, long long& result);
void convert(const std::string& name, const std::string& text, double& result);

std::string show(const std::string& value);
std::string show(long long value);
std::string show(double value);

template <class M>
struct Traits;
template <>
struct Traits<bool> {
  static constexpr ValueKind kind = ValueKind::flag;
};
template <>
struct Traits<std::string> {
  static constexpr ValueKind kind = ValueKind::text;
};
template <>
struct Traits<int> {
  static constexpr ValueKind kind = ValueKind::integer;
};
template <>
struct Traits<long long> {
  static constexpr ValueKind kind = ValueKind::integer;
};
template <>
struct Traits<double> {
  static constexpr ValueKind kind = ValueKind::number;
};
template <class V>
struct Traits<std::optional<V>> : Traits<V> {};
template <class V>
struct Traits<std::vector<V>> : Traits<V> {};

template <class M>
struct IsVector : std::false_type {};
template <class V>
struct IsVector<std::vector<V>> : std::true_type {};

template <class M>
void store(const std::string&, const std::string&, M& member) requires std::is_same_v<M, bool> {
  member = true;
}

template <class M>
void store(const std::string& name, const std::string& text,
           M& member) requires(!std::is_same_v<M, bool>) {
  convert(name, text, member);
}

template <class V>
void store(const std::string& name, const std::string& text, std::optional<V>& member) {
  V value{};
  store(name, text, value);
  member = std::move(value);
}

template <class V>
void store(const std::string& name, const std::string& text, std::vector<V>& member) {
  V value{};
  convert(name, text, value);
  member.push_back(std::move(value));
}

template <class M>
std::string default_text(const M& member) {
  if constexpr (std::is_same_v<M, std::string> || std::is_same_v<M, double>) {
    return show(member);
  } else if constexpr (std::is_same_v<M, int> || std::is_same_v<M, long long>) {
    return show(static_cast<long long>(member));
  } else {
    return {};
  }
}

}  // namespace detail

/// An option and what stores its value in a T.
template <class T>
struct Binding {
  OptionRecord record;
  std::function<void(T&, const std::string&)> store;
  std::function<std::string(const T&)> default_text;
};

/// An option (`--name`) or, for a name without dashes, a word of the command line in this place.
template <class T, class M>
Binding<T> option(const std::string& name, M T::*member, const OptionDetails& details = {}) {
  Binding<T> binding;
  binding.record = {.name = name,
                    .kind = detail::Traits<M>::kind,
                    .is_repeatable = detail::IsVector<M>::value,
                    .details = details};
  binding.store = [name, member](T& target, const std::string& text) {
    detail::store(name, text, target.*member);
  };
  binding.default_text = [member](const T& defaults) {
    return detail::default_text(defaults.*member);
  };
  return binding;
}

/// A mandatory word of the command line (or any number of them, for a vector).
template <class T, class M>
Binding<T> positional(const std::string& name, M T::*member, OptionDetails details = {}) {
  details.need = detail::IsVector<M>::value ? details.need : Need::mandatory;
  return option(name, member, details);
}

template <class... Ts>
struct BindingGroup {
  GroupRule rule;
  std::tuple<Binding<Ts>...> bindings;
};

/// Exactly one of these options must be given.
template <class... Ts>
BindingGroup<Ts...> exactly_one(Binding<Ts>... bindings) {
  return {GroupRule::exactly_one, {std::move(bindings)...}};
}

/// At most one of these options may be given.
template <class... Ts>
BindingGroup<Ts...> at_most_one(Binding<Ts>... bindings) {
  return {GroupRule::at_most_one, {std::move(bindings)...}};
}

/// An option or a group of options, as they stand in a command's record.
template <class T>
struct OptionItem {
  std::vector<Binding<T>> bindings;
  std::optional<GroupRule> rule;

  template <class Base>
  requires std::is_base_of_v<Base, T> OptionItem(
      Binding<Base> binding) {  // NOLINT: made implicitly from each element of a list
    add(std::move(binding));
  }

  template <class... Bases>
  requires(std::is_base_of_v<Bases, T>&&...) OptionItem(BindingGroup<Bases...> group)
      : rule(group.rule) {  // NOLINT: see above
    std::apply([this](auto&... each) { (this->add(std::move(each)), ...); }, group.bindings);
  }

 private:
  template <class Base>
  void add(Binding<Base> binding) {
    bindings.push_back(
        {std::move(binding.record), std::move(binding.store), std::move(binding.default_text)});
  }
};

}  // namespace asiaq::cli
