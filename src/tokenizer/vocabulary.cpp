// Reads a vocabulary from the tokenizer.ggml.* keys of a GGUF file.

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>

#include "base/base64.h"
#include "base/log.h"
#include "tokenizer/byte_tokens.h"
#include "tokenizer/charsmap.h"
#include "tokenizer/pre_tokenizer.h"
#include "tokenizer/tokenizer.h"
#include "tokenizer/vocabulary_check.h"

namespace cria::tokenizer {
namespace {

// Reads one file, remembering what is wrong with it.
class Reader {
 public:
  explicit Reader(const gguf::File& file) : file_(file) {}

  std::optional<int64_t> integer(const std::string& key) {
    return read([&] { return file_.integer(key); });
  }
  std::optional<bool> boolean(const std::string& key) {
    return read([&] { return file_.boolean(key); });
  }
  std::string text(const std::string& key) {
    return std::string(read([&] { return file_.text(key); }).value_or(""));
  }
  std::vector<std::string> texts(const std::string& key) {
    const std::vector<std::string>* found = read([&] { return file_.texts(key); });
    return found ? *found : std::vector<std::string>{};
  }
  std::optional<std::vector<int64_t>> integers(const std::string& key) {
    return read([&] { return file_.integers(key); });
  }
  std::optional<std::vector<double>> reals(const std::string& key) {
    return read([&] { return file_.reals(key); });
  }

  bool has(const std::string& key) const { return file_.metadata().count(key) > 0; }
  bool is_texts(const std::string& key) const {
    const auto found = file_.metadata().find(key);
    return found != file_.metadata().end() &&
           std::holds_alternative<std::vector<std::string>>(found->second);
  }
  Problems& problems() { return problems_; }

 private:
  // Keeps the complaint of a look-up for the report, less the path that the report opens with.
  template <class Get>
  auto read(const Get& get) -> decltype(get()) {
    try {
      return get();
    } catch (const Error& error) {
      std::string what = error.what();
      const std::string path = file_.path() + ": ";
      if (what.starts_with(path)) what.erase(0, path.size());
      problems_.add(what);
      return {};
    }
  }

  const gguf::File& file_;
  Problems problems_;
};

// An id under any of its keys; -1 when the file has none.
Id read_id(Reader& reader, std::initializer_list<const char*> names, size_t tokens) {
  for (const char* name : names) {
    const std::string key = std::string("tokenizer.ggml.") + name;
    const std::optional<int64_t> value = reader.integer(key);
    // Converters write "none" as -1, in 32 bits.
    if (!value || *value == -1 || *value == std::numeric_limits<uint32_t>::max()) continue;
    if (*value >= 0 && *value < static_cast<int64_t>(tokens)) return static_cast<Id>(*value);
    reader.problems().add(key, " is ", *value, ", expected an id below ", tokens);
  }
  return -1;
}

std::vector<TokenType> read_types(Reader& reader) {
  std::vector<TokenType> types;
  const std::string key = "tokenizer.ggml.token_type";
  for (const int64_t number : reader.integers(key).value_or(std::vector<int64_t>{})) {
    const bool is_known = number >= static_cast<int64_t>(TokenType::kNormal) &&
                          number <= static_cast<int64_t>(TokenType::kByte);
    if (!is_known) {
      reader.problems().add(key, " of token ", types.size(), " is ", number, ", expected 1 to 6");
    }
    types.push_back(is_known ? static_cast<TokenType>(number) : TokenType::kNormal);
  }
  return types;
}

// Old files do not tell types: the special ids and the form of byte tokens do.
std::vector<TokenType> guess_types(const Vocabulary& vocabulary) {
  std::vector<TokenType> types(vocabulary.tokens.size(), TokenType::kNormal);
  if (vocabulary.model == "llama" || vocabulary.model == "t5") {
    for (size_t i = 0; i < types.size(); ++i) {
      if (byte_of_token(vocabulary.tokens[i]) >= 0) types[i] = TokenType::kByte;
    }
  }
  for (const Id id : {vocabulary.bos, vocabulary.eos, vocabulary.padding}) {
    if (id >= 0) types[static_cast<size_t>(id)] = TokenType::kControl;
  }
  if (vocabulary.unknown >= 0) {
    types[static_cast<size_t>(vocabulary.unknown)] = TokenType::kUnknown;
  }
  return types;
}

// Control tokens by which models end their turn, whether or not the file names them.
constexpr std::array<std::string_view, 16> kEndMarkers = {
    "<|im_end|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end|>",
    "<|return|>",
    "<|call|>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "<end_of_turn>",
    "<end_of_utterance>",
    "<EOT>",
    "<|fim_pad|>",
    "<fim_pad>",
    "[EOT]",
    "</s>",
    "<\xef\xbd\x9c"
    "end\xe2\x96\x81of\xe2\x96\x81sentence\xef\xbd\x9c>"};

std::vector<Id> marked_ends(const Vocabulary& vocabulary) {
  std::vector<Id> ids;
  const auto find = [&](std::string_view marker) {
    const auto found = std::find(vocabulary.tokens.begin(), vocabulary.tokens.end(), marker);
    const auto index = static_cast<size_t>(found - vocabulary.tokens.begin());
    const bool is_control =
        index < vocabulary.types.size() && vocabulary.types[index] == TokenType::kControl;
    return is_control ? static_cast<Id>(index) : Id{-1};
  };
  // In the harmony format "<|end|>" only ends one of several messages of a turn.
  const bool is_harmony = find("<|return|>") >= 0 && find("<|call|>") >= 0;
  for (const std::string_view marker : kEndMarkers) {
    if (marker == "<|end|>" && is_harmony) continue;
    if (const Id id = find(marker); id >= 0) ids.push_back(id);
  }
  return ids;
}

void read_ids(Reader& reader, Vocabulary& vocabulary) {
  const size_t tokens = vocabulary.tokens.size();
  vocabulary.bos = read_id(reader, {"bos_token_id", "bos_id"}, tokens);
  vocabulary.eos = read_id(reader, {"eos_token_id", "eos_id"}, tokens);
  if (vocabulary.model == "bert") {  // its names for what a text begins and ends with
    const Id cls = read_id(reader, {"cls_token_id"}, tokens);
    // The misspelt key is that of the format.
    const Id separator = read_id(reader, {"seperator_token_id", "separator_token_id"}, tokens);
    if (cls >= 0) vocabulary.bos = cls;
    if (separator >= 0) vocabulary.eos = separator;
  }
  vocabulary.unknown = read_id(reader, {"unknown_token_id"}, tokens);
  vocabulary.padding = read_id(reader, {"padding_token_id"}, tokens);
}

void read_ends(Reader& reader, Vocabulary& vocabulary) {
  const size_t tokens = vocabulary.tokens.size();
  std::vector<Id> ends = marked_ends(vocabulary);
  ends.push_back(vocabulary.eos);
  ends.push_back(read_id(reader, {"eot_token_id"}, tokens));
  ends.push_back(read_id(reader, {"eom_token_id"}, tokens));
  const std::string key = "tokenizer.ggml.eos_token_ids";
  for (const int64_t id : reader.integers(key).value_or(std::vector<int64_t>{})) {
    if (id >= 0 && id < static_cast<int64_t>(tokens)) {
      ends.push_back(static_cast<Id>(id));
    } else {
      reader.problems().add(key, " holds ", id, ", expected ids below ", tokens);
    }
  }
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  ends.erase(std::remove(ends.begin(), ends.end(), -1), ends.end());
  vocabulary.end_of_generation = std::move(ends);
}

void read_flags(Reader& reader, Vocabulary& vocabulary) {
  const bool is_sentencepiece = vocabulary.model == "llama";
  const Family* family = vocabulary.model == "gpt2" ? find_family(vocabulary.pre) : nullptr;
  const bool is_bert = vocabulary.model == "bert";
  const bool is_unigram = vocabulary.model == "t5";
  vocabulary.add_bos = reader.boolean("tokenizer.ggml.add_bos_token")
                           .value_or(is_sentencepiece || is_bert || (family && family->adds_bos));
  vocabulary.add_eos =
      reader.boolean("tokenizer.ggml.add_eos_token").value_or(is_bert || is_unigram);
  vocabulary.folds_case =
      reader.boolean("tokenizer.ggml.normalizer.lowercase").value_or(true) && is_bert;
  // Byte-level vocabularies have the key too, but it is SentencePiece's.
  vocabulary.add_space_prefix =
      reader.boolean("tokenizer.ggml.add_space_prefix").value_or(is_sentencepiece) &&
      (is_sentencepiece || is_unigram);
  vocabulary.remove_extra_whitespaces =
      reader.boolean("tokenizer.ggml.remove_extra_whitespaces").value_or(false) && is_unigram;
}

// Some files have it in base64, each character a text.
bool read_charsmap_of_texts(Reader& reader, const std::string& key, Vocabulary& vocabulary) {
  if (!reader.is_texts(key)) return false;
  std::string text;
  for (const std::string& part : reader.texts(key)) text += part;
  if (auto bytes = decode_base64(text)) {
    vocabulary.precompiled_charsmap = *std::move(bytes);
  } else {
    reader.problems().add(key, " holds texts that are no base64");
  }
  return true;
}

void read_charsmap(Reader& reader, Vocabulary& vocabulary) {
  const std::string key = "tokenizer.ggml.precompiled_charsmap";
  const bool is_read = read_charsmap_of_texts(reader, key, vocabulary);
  const auto bytes = is_read ? std::nullopt : reader.integers(key);
  for (const int64_t byte : bytes.value_or(std::vector<int64_t>{})) {
    if (byte < -128 || byte > 255) {
      return reader.problems().add(key, " holds ", byte, ", expected bytes");
    }
    vocabulary.precompiled_charsmap += static_cast<char>(byte);
  }
  try {
    const Charsmap checked(vocabulary.precompiled_charsmap);
  } catch (const Error& error) {
    reader.problems().add(error.what());
  }
}

// Files of gpt-oss, Llama 3 and LFM2 exist that say nothing, or what is said of most models: they
// are known by a token that they have at this place.
std::string read_pre(Reader& reader, const std::vector<std::string>& tokens) {
  struct Known {
    size_t id;
    std::string_view token, pre;
  };
  constexpr std::array<Known, 3> kKnown = {{{200002, "<|return|>", "gpt-4o"},
                                            {128009, "<|eot_id|>", "llama-bpe"},
                                            {8, "<|tool_list_start|>", "lfm2"}}};
  std::string pre = reader.text("tokenizer.ggml.pre");
  if (!pre.empty() && pre != "default" && pre != "gpt-2") return pre;
  for (const Known& known : kKnown) {
    if (known.id < tokens.size() && tokens[known.id] == known.token) return std::string(known.pre);
  }
  return pre;
}

// Some files list tokens that a model has no embeddings of, such as one that stands for a picture.
class Cut {
 public:
  Cut(size_t listed, std::optional<int64_t> rows)
      : listed_(listed), kept_(std::min(listed, static_cast<size_t>(rows.value_or(INT64_MAX)))) {}

  // Of a list with an entry for each token, those of tokens that have an embedding.
  template <class T>
  void operator()(std::vector<T>& list) const {
    if (list.size() == listed_) list.resize(kept_);
  }

 private:
  size_t listed_, kept_;
};

}  // namespace

Vocabulary Vocabulary::from(const gguf::File& file) {
  Reader reader(file);
  if (!reader.has("tokenizer.ggml.model") && !reader.has("tokenizer.ggml.tokens")) {
    fail(Error::Code::kNotFound, file.path(), ": has no vocabulary (tokenizer.ggml.tokens)");
  }
  Vocabulary vocabulary;
  vocabulary.model = reader.text("tokenizer.ggml.model");
  vocabulary.tokens = reader.texts("tokenizer.ggml.tokens");
  const Cut cut(vocabulary.tokens.size(), file.rows("token_embd.weight"));
  cut(vocabulary.tokens);
  vocabulary.pre = read_pre(reader, vocabulary.tokens);
  vocabulary.merges = reader.texts("tokenizer.ggml.merges");
  const std::vector<double> scores =
      reader.reals("tokenizer.ggml.scores").value_or(std::vector<double>{});
  vocabulary.scores.assign(scores.begin(), scores.end());
  cut(vocabulary.scores);
  read_ids(reader, vocabulary);
  vocabulary.types =
      reader.has("tokenizer.ggml.token_type") ? read_types(reader) : guess_types(vocabulary);
  cut(vocabulary.types);
  read_ends(reader, vocabulary);
  read_flags(reader, vocabulary);
  if (vocabulary.model == "t5") read_charsmap(reader, vocabulary);
  if (!reader.has("tokenizer.ggml.model")) reader.problems().add("tokenizer.ggml.model is missing");
  if (vocabulary.model == "gpt2" && vocabulary.pre.empty()) {
    log::debug(file.path(), ": no tokenizer.ggml.pre, taking GPT-2's pre-tokenizer");
  }
  check(vocabulary, reader.problems());
  reader.problems().report(file.path());
  return vocabulary;
}

}  // namespace cria::tokenizer
