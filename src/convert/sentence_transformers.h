#pragma once
// What sentence-transformers keeps beside a checkpoint: how the hidden states of a text become its
// embedding.

#include "convert/conversion.h"
#include "convert/folder.h"

namespace cria::convert {

// Writes pooling_type and normalize_embeddings from modules.json, if there is one. Unsupported:
// modules or kinds of pooling that GGUF cannot say, by name.
void write_pooling(Conversion& conversion, const Folder& folder);

}  // namespace cria::convert
