#pragma once
// Runs a vocabulary on its way to a file.

#include <memory>
#include <string>

#include "convert/vocabulary.h"
#include "fs/gguf/gguf.h"
#include "tests/support/temporary_folder.h"
#include "tokenizer/tokenizer.h"

namespace cria::convert::test {

// As whoever reads the file will have it.
inline std::unique_ptr<tokenizer::Tokenizer> written(const Vocabulary& vocabulary) {
  const cria::test::TemporaryFolder folder;
  gguf::Writer writer;
  writer.metadata("general.architecture", std::string("none"));
  vocabulary.write(writer);
  if (const auto unknown = vocabulary.unknown()) {
    writer.metadata("tokenizer.ggml.unknown_token_id", static_cast<uint32_t>(*unknown));
  }
  writer.write(folder.file("vocabulary.gguf"));
  const auto file = gguf::File::open(folder.file("vocabulary.gguf"));
  return tokenizer::make_tokenizer(tokenizer::Vocabulary::from(*file));
}

}  // namespace cria::convert::test
