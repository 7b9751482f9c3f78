#pragma once
// Byte-level BPE of folders without tokenizer.json: tokens in vocab.json and merges in merges.txt,
// as GPT-2 began it.

#include <string>

#include "convert/config.h"
#include "convert/folder.h"
#include "convert/vocabulary.h"

namespace cria::convert {

bool has_merges_txt(const Folder& folder);

// `pre` names the pre-tokenizer when it is not empty. Else the class does, which `tokenizer`
// (tokenizer_config.json) or, in old folders, the model's type tells: nothing in these files says
// how texts are split. Unsupported: an unknown class.
Vocabulary read_merges_txt(const Folder& folder, const Config& tokenizer,
                           const std::string& model_type, int64_t rows, const std::string& pre);

}  // namespace cria::convert
