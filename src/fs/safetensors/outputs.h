#pragma once
// What is asked of tensors before any is written.

#include <span>
#include <string>

#include "fs/safetensors/write.h"

namespace cria::safetensors {

// InvalidArgument when one has an unknown type, a shape that does not fit its data, or a name that
// is taken or not UTF-8; `path` is for messages.
void check_outputs(const std::string& path, std::span<const Output> tensors);

}  // namespace cria::safetensors
