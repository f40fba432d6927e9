#include "access/credentials_store.h"
#include "base/atomic_file.h"
#include "base/log.h"
#include "cli/carry_out.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/secret_input.h"
#include "config/credential_buckets.h"

namespace asiaq::cli {
namespace {

struct StoreOptions {
  std::optional<std::string> bucket;
  bool silent = false;
};
struct List : StoreOptions {
  std::string prefix;
};
struct OneKey : StoreOptions {
  std::string key;
};
struct Set : OneKey {
  std::optional<std::string> value;
  bool password = false;
};
struct SetFile : OneKey {
  std::string filename;
};

template <class T>
std::vector<OptionItem<T>> with_store(std::vector<OptionItem<T>> own) {
  own.push_back(option("--bucket", &T::bucket,
                       {.value = "BUCKET",
                        .help = "use this bucket instead of the environment's first one",
                        .place = Place::before_command,
                        .excludes = {"--env"}}));
  own.push_back(option("--silent", &T::silent,
                       {.help = "log nothing but errors",
                        .origin = Origin::added,
                        .place = Place::before_command,
                        .excludes = {"--debug"}}));
  return own;
}

template <class T>
Binding<OneKey> key_option(T OneKey::*member) {
  return option("--key", member,
                {.value = "KEY", .help = "name of the credential", .need = Need::mandatory});
}

access::CredentialsStore open_store(Context& context, const StoreOptions& options) {
  if (options.silent) log::configure(log::Level::error);
  return access::CredentialsStore::open(
      context.session(),
      access::candidate_buckets(
          context.session(), context.config(),
          {.bucket = options.bucket, .environment = context.settings().environment}));
}

std::string value_of(const Set& options) {
  if (options.password) return ask_secret("Password: ");
  if (options.value == "-") return read_standard_input();
  log::warning(
      "the value was given as an argument, which others on this machine can see: "
      "`--value -` reads it from standard input");
  return options.value.value_or("");
}

// Plans here have one change at most: its own error says more than a summary.
void show_or_do(Context& context, const plan::Plan& plan) {
  if (context.dry_run()) return carry_out(context, plan);
  for (const plan::Change& change : plan.changes()) change.carry_out();
}

void list(Context& context, const List& options) {
  const auto store = open_store(context, options);
  const std::vector<Column<std::string>> columns{
      {.key = "key", .text = [](const std::string& key) { return key; }},
      {.key = "bucket",
       .text = [&](const std::string&) { return store.bucket(); },
       .shown = Shown::in_json_only}};
  context.print_table(columns, store.keys(options.prefix));
}

void get(Context& context, const OneKey& options) {
  context.print(open_store(context, options).get(options.key));
}

void set(Context& context, const Set& options) {
  if (options.silent) log::configure(log::Level::error);
  if (!config::is_injectable_key(options.key)) {
    log::warning("no placeholder {{s3cred://…}} can name the key {}", options.key);
  }
  const std::string value = value_of(options);
  const auto store = open_store(context, options);
  show_or_do(context, access::plan_put(store, options.key, value));
}

void remove(Context& context, const OneKey& options) {
  const auto store = open_store(context, options);
  show_or_do(context, access::plan_removal(store, options.key));
}

void set_file(Context& context, const SetFile& options) {
  open_store(context, options).download(options.key, options.filename);
}

}  // namespace

Tool creds_tool() {
  return {
      .dialect = Dialect::sub_command,
      .environment = EnvironmentOption::before_command,
      .commands = {
          Record<List>{.word = "list",
                       .summary = "List the keys",
                       .options = with_store<List>(
                           {option("--prefix", &List::prefix,
                                   {.value = "PREFIX", .help = "only keys that begin with this"})}),
                       .effect = Effect::lists,
                       .run = list},
          Record<OneKey>{.word = "get",
                         .summary = "Print a value and a newline",
                         .options = with_store<OneKey>({key_option(&OneKey::key)}),
                         .effect = Effect::reads,
                         .run = get},
          Record<Set>{
              .word = "set",
              .summary = "Store a value",
              .details = "Prefer `--value -`: arguments can be seen by others on the machine.",
              .options = with_store<Set>(
                  {key_option(&OneKey::key),
                   exactly_one(
                       option("--value", &Set::value,
                              {.value = "VALUE",
                               .help = "the value; - takes all of standard input, byte for byte"}),
                       option("--password", &Set::password,
                              {.help = "ask for the value without showing it"}))}),
              .effect = Effect::changes,
              .run = set},
          Record<OneKey>{.word = "delete",
                         .summary = "Delete a value",
                         .options = with_store<OneKey>({key_option(&OneKey::key)}),
                         .effect = Effect::changes,
                         .run = remove},
          Record<SetFile>{.word = "setfile",
                          .summary = "Download a value into a file that only its owner can read",
                          .options = with_store<SetFile>(
                              {key_option(&OneKey::key), option("--filename", &SetFile::filename,
                                                                {.value = "FILE",
                                                                 .help = "where to write it",
                                                                 .need = Need::mandatory})}),
                          .effect = Effect::reads,
                          .run = set_file},
      }};
}

}  // namespace asiaq::cli
