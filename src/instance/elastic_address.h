// The public address of a hostclass: one host holds it, another takes it over when that one is
// gone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "instance/this_host.h"

namespace asiaq::instance {

/// The first IPv4 address in the text: user data may hold the word None, or nothing.
std::optional<std::string> first_address(std::string_view text);

/// Who holds an address.
struct AddressHolder {
  std::string instance_id;  ///< Empty: nobody.
  std::string state;        ///< Of that instance; empty if it is gone.
};

enum class AddressDecision { already_mine, take, leave };

/// An address is taken from nobody that runs.
AddressDecision decide(const AddressHolder& holder, const std::string& instance_id);

/// Takes the address of option `eip` if nobody runs who holds it. Nothing to do, and no call, for a
/// host without one; none under test. Throws Error if the account has no such address.
void take_elastic_address(ThisHost& host);

/// Gives the address back if it is still this host's.
void release_elastic_address(ThisHost& host);

}  // namespace asiaq::instance
