#pragma once
// What stands beside a vocabulary: special tokens, their ids, whether texts begin and end with
// them, and the chat template.

#include "convert/conversion.h"
#include "convert/folder.h"
#include "convert/vocabulary.h"

namespace cria::convert {

// Adds the tokens of tokenizer_config.json (added_tokens_decoder) and added_tokens.json to a
// vocabulary from tokenizer.model or vocab.json, which know only those they were trained with.
void add_later_tokens(const Folder& folder, Vocabulary& vocabulary);

// Makes those that are the BOS, EOS, unknown or padding token, or have another role, special, where
// the vocabulary does not tell: GPT-2's <|endoftext|> when no file names any.
void mark_named_tokens(const Folder& folder, const Config& tokenizer, Vocabulary& vocabulary);

// Lets tokenizer_config.json decide about BOS, EOS and a leading space, where its class does so.
void set_flags(const Config& tokenizer, Vocabulary& vocabulary);

// Writes the ids of BOS, EOS, padding and unknown token. Corrupt: an id beyond the vocabulary.
void write_special_ids(Conversion& conversion, const Folder& folder, const Config& tokenizer,
                       const Vocabulary& vocabulary);

// Writes chat_template.jinja and additional_chat_templates, or what tokenizer_config.json or
// chat_template.json have instead.
void write_chat_template(Conversion& conversion, const Folder& folder, const Config& tokenizer);

}  // namespace cria::convert
