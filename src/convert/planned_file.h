#pragma once
// What a file that is yet to be written will hold, as if it had been read: everything but the data.

#include <memory>

#include "fs/gguf/gguf.h"
#include "fs/gguf/write.h"

namespace cria::convert {

std::unique_ptr<gguf::File> planned_file(const gguf::Writer& writer, const std::string& path);

}  // namespace cria::convert
