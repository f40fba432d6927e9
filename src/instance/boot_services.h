// What a host does when it boots, one function a unit (disco-*.service). All may be repeated.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "instance/boot_state.h"
#include "instance/credential_injection.h"
#include "instance/this_host.h"

namespace asiaq::instance {

/// Asks for user data until the metadata service answers, at most a minute, and keeps a copy.
void fetch_user_data(ThisHost& host);

/// Gives the running system and /etc/hostname the host's name.
void name_host(ThisHost& host);

enum class Presence { present, absent };

/// Writes Asiaq's block of /etc/hosts; absent: with the host's own name only, which sudo and others
/// look up until the end.
void update_hosts_file(ThisHost& host, Presence presence);

/// Sets the host's tags in one call.
void tag_host(ThisHost& host);

/// Fills credentials into files from the buckets of the user data. What is missing is logged; the
/// host boots on.
InjectionResult update_credentials(ThisHost& host);

/// Objects of the buckets in order: the first that has the key. A bucket that is not there, does
/// not have it or does not let this host see it is passed over.
FetchCredential from_buckets(aws::Session& session, std::vector<std::string> buckets);

/// Runs the host's smoke test once.
SmokeTestResult test_host(ThisHost& host);

/// Reports boot until the host is tested; takes everything back before it goes down.
void report_boot(ThisHost& host);
void report_shutdown(ThisHost& host);

/// Private addresses of the running hosts of a hostclass in this host's VPC that have passed their
/// smoke test, sorted. One call.
std::vector<std::string> tested_hosts(ThisHost& host, const std::string& hostclass);

/// Whether the host is under test and must leave addresses and discovery alone: what
/// set_testing_mode() said last, else the tag is_testing (one call), else the user data.
bool is_testing(ThisHost& host);

}  // namespace asiaq::instance
