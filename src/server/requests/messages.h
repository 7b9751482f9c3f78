#pragma once
// Conversations as the native API has them.

#include <string_view>
#include <vector>

#include "server/fields.h"
#include "server/requests/requests.h"
#include "server/requests/warnings.h"

namespace cria::server {

// All errors are InvalidArgument with the place of the field. What nobody knows is in `warnings`.
// The list "messages"; roles become lower case.
std::vector<Turn> read_messages(const Fields& fields, Warnings& warnings);
// The list "tools", as it is; null when it is not there, or empty.
chat::Data read_tools(const Fields& fields, Warnings& warnings);
// Files in Base64, a text or several.
std::vector<std::string> read_images(const Fields& fields, std::string_view name);

}  // namespace cria::server
