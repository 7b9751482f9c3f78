#pragma once
// Names of the instructions of Python's pickle machine, for messages.

#include <cstdint>
#include <string>

namespace cria::pytorch {

std::string opcode_name(uint8_t code);  // "INST"; "0xff" when there is none

}  // namespace cria::pytorch
