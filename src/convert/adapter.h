#pragma once
// From the folder of a PEFT adapter to a GGUF file, as llama.cpp keeps adapters.

#include <string>

#include "convert/convert.h"
#include "convert/folder.h"

namespace cria::convert {

bool is_adapter(const Folder& folder);

// Errors are as of convert().
void convert_adapter(const Folder& folder, const std::string& output, const Options& options);

}  // namespace cria::convert
