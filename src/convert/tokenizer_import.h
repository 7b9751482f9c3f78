#pragma once
// From the files of a tokenizer to the keys of a GGUF file.

#include <string>

#include "convert/conversion.h"
#include "convert/folder.h"

namespace cria::convert {

// tokenizer.json, unless it holds a BPE of SentencePiece's; else tokenizer.model; else
// tokenizer.json all the same; else vocab.txt. `pre` names the pre-tokenizer when it is not empty.
// NotFound, Corrupt, Unsupported.
void import_tokenizer(Conversion& conversion, const Folder& folder, const std::string& pre);

}  // namespace cria::convert
