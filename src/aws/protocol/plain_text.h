#pragma once

#include <string>
#include <string_view>

#include "aws/shape.h"

/// Scalars as text, in the spelling that all of AWS's protocols share.
namespace asiaq::aws::protocol {

/// The value as text; `fallback` is the time format of the place it goes to. Blobs become base64.
std::string scalar_text(const Member& member, const void* value, TimeFormat fallback);

/// Sets the scalar from text. Throws UnreadableResponse naming the member.
void set_scalar(const Member& member, void* value, std::string_view text);

std::string number_text(double number);
std::string time_text(Timestamp time, TimeFormat format);

/// The value to send: the one in the slot, or the token when the member is an unset idempotency
/// token; null: none.
const void* value_to_send(const Member& member, const void* structure, const std::string& token);

}  // namespace asiaq::aws::protocol
