// Who runs this program: for tags that name owner or baker.
#pragma once

#include <string>

namespace asiaq {

/// The first of LOGNAME, USER, LNAME and USERNAME that is not empty, else what the password
/// database says of this user id, else the user id.
std::string current_user();

}  // namespace asiaq
