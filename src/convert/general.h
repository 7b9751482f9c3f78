#pragma once
// What files of models and of adapters say of themselves.

#include "convert/conversion.h"
#include "convert/convert.h"
#include "convert/folder.h"

namespace cria::convert {

// Name, size and types.
void write_general(gguf::Writer& file, const Conversion& conversion, const Folder& folder);

// Notices the fields of a configuration that nobody asked for.
void tell_unread(const Config& config, const Options& options);

}  // namespace cria::convert
