#pragma once
// Messages made of blocks: text, pictures, thoughts, calls of tools and what they gave.

#include <vector>

#include "server/fields.h"
#include "server/requests/requests.h"
#include "server/requests/warnings.h"

namespace cria::server::anthropic {

// "system", a text or blocks of text, as the first turn.
void read_system(const Fields& request, std::vector<Turn>& turns, Warnings& warnings);

// Adds a message: a turn, and one before or behind it for each result of a tool. InvalidArgument:
// an unknown role, a block of another type, a picture that would have to be fetched.
void read_message(const Fields& message, std::vector<Turn>& turns, Warnings& warnings);

}  // namespace cria::server::anthropic
