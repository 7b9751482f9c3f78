#include "convert/tokenizer_import.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/mapped_file.h"
#include "convert/merges_txt.h"
#include "convert/sentencepiece_model.h"
#include "convert/tokenizer_config.h"
#include "convert/tokenizer_json.h"
#include "convert/wordpiece.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

Vocabulary read_model(const Folder& folder, int64_t rows) {
  const std::string path = folder.file("tokenizer.model");
  const MappedFile file(path);
  const std::span<const std::byte> bytes = file.bytes();
  Vocabulary vocabulary =
      read_sentencepiece({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path, rows);
  add_later_tokens(folder, vocabulary);
  // Llama's classes put BOS in front, T5's EOS behind.
  vocabulary.add_bos = vocabulary.model == "llama";
  vocabulary.add_eos = !*vocabulary.add_bos;
  vocabulary.obeys_flags = true;
  return vocabulary;
}

Vocabulary read_vocabulary(const Folder& folder, const Config& tokenizer,
                           const std::string& model_type, int64_t rows, const std::string& pre) {
  const bool has_model = folder.has("tokenizer.model");
  if (folder.has("tokenizer.json")) {
    const std::string path = folder.file("tokenizer.json");
    const Json json = read_json(path);
    if (!has_model || has_own_vocabulary(json)) return read_tokenizer_json(json, path, rows, pre);
  }
  if (has_model) return read_model(folder, rows);
  if (has_merges_txt(folder)) return read_merges_txt(folder, tokenizer, model_type, rows, pre);
  if (folder.has("vocab.txt")) return read_vocab_txt(folder, tokenizer, rows);
  fail(Code::kNotFound, folder.path(),
       ": has no tokenizer, expected tokenizer.json, tokenizer.model, vocab.json with merges.txt, "
       "or "
       "vocab.txt");
}

}  // namespace

void import_tokenizer(Conversion& conversion, const Folder& folder, const std::string& pre) {
  const std::string name = "tokenizer_config.json";
  const Config tokenizer = folder.has(name)
                               ? Config(read_json(folder.file(name)), folder.file(name))
                               : Config(Json::object(), folder.path() + "/" + name);
  const std::string model_type = conversion.whole_config().text("model_type", "");
  Vocabulary vocabulary =
      read_vocabulary(folder, tokenizer, model_type, conversion.vocabulary(), pre);
  for (const std::string& text : vocabulary.notices) conversion.notice(text);
  set_flags(tokenizer, vocabulary);
  vocabulary.write(conversion.file());
  write_special_ids(conversion, folder, tokenizer, vocabulary);
  write_chat_template(conversion, folder, tokenizer);
}

}  // namespace cria::convert
