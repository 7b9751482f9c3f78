#include "convert/tokenizer_config.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/quote.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

// A token is a text, or an object with its text.
std::string content_of(const Json& token) {
  if (token.is_string()) return token.get<std::string>();
  if (!token.is_object()) return "";
  const auto content = token.find("content");
  return content != token.end() && content->is_string() ? content->get<std::string>() : "";
}

std::string read_text(const std::string& path) {
  constexpr size_t kMostBytes = size_t{4} << 20;
  const MappedFile file(path);
  if (file.bytes().size() > kMostBytes) {
    fail(Code::kInvalidArgument, path, ": has ", file.bytes().size(), " bytes, expected at most ",
         kMostBytes);
  }
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

void add_decoder_tokens(const std::string& path, Vocabulary& vocabulary) {
  const Json json = read_json(path);
  const auto decoder = json.find("added_tokens_decoder");
  if (decoder == json.end() || !decoder->is_object()) return;
  for (const auto& [key, token] : decoder->items()) {
    int64_t id = -1;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
    if (error != std::errc() || end != key.data() + key.size() || !token.is_object()) {
      fail(Code::kCorrupt, path, ": added_tokens_decoder has ", quote(key), ", expected ids");
    }
    const auto special = token.find("special");
    const bool is_special = special != token.end() && special->is_boolean() && special->get<bool>();
    vocabulary.add_special(id, content_of(token),
                           is_special ? TokenType::kControl : TokenType::kUserDefined, path);
  }
}

// Older folders: texts and ids, without saying which are special.
void add_plain_tokens(const std::string& path, Vocabulary& vocabulary) {
  const Json json = read_json(path);
  for (const auto& [text, id] : json.items()) {
    if (!id.is_number_integer()) {
      fail(Code::kCorrupt, path, ": token ", quote(text), " is ", describe(id),
           ", expected its id");
    }
    if (vocabulary.find(text) == id.get<int64_t>()) continue;
    const bool looks_special = text.starts_with('<') && text.ends_with('>');
    vocabulary.add_special(id.get<int64_t>(), text,
                           looks_special ? TokenType::kControl : TokenType::kUserDefined, path);
  }
}

// What tokenizer_config.json, else special_tokens_map.json, has of a role; null: nothing.
Json named(const Folder& folder, const Json& tokenizer, const std::string& key) {
  const auto has_text = [](const Json& token) {
    return token.is_array() || !content_of(token).empty();
  };
  if (const auto token = tokenizer.find(key); token != tokenizer.end() && has_text(*token)) {
    return *token;
  }
  if (!folder.has("special_tokens_map.json")) return nullptr;
  const Json map = read_json(folder.file("special_tokens_map.json"));
  const auto token = map.find(key);
  return token != map.end() && has_text(*token) ? *token : Json();
}

std::optional<int64_t> named_id(const Folder& folder, const Json& tokenizer, const std::string& key,
                                const Vocabulary& vocabulary) {
  const std::string text = content_of(named(folder, tokenizer, key));
  return text.empty() ? std::nullopt : vocabulary.find(text);
}

// The ids that a config names: one, or several.
void append_ids(const Config& config, const std::string& key, int64_t rows,
                std::vector<int64_t>& ids) {
  for (const int64_t id : config.integers(key)) {
    if (id == -1) continue;  // none
    if (id < 0 || id >= rows) {
      config.corrupt(key, "is ", id, ", expected ids below vocab_size, which is ", rows);
    }
    ids.push_back(id);
  }
}

// A file per template beside the default one, whose names are theirs.
void write_named_templates(Conversion& conversion, const Folder& folder, const std::string& key) {
  const std::string below = "additional_chat_templates";
  const std::string_view suffix = ".jinja";
  if (!folder.has(below)) return;
  for (const std::string& name : Folder(folder.path() + "/" + below).list("", suffix)) {
    conversion.file().metadata(key + "." + name.substr(0, name.size() - suffix.size()),
                               read_text(folder.file(below + "/" + name)));
  }
}

}  // namespace

void add_later_tokens(const Folder& folder, Vocabulary& vocabulary) {
  if (folder.has("tokenizer_config.json")) {
    add_decoder_tokens(folder.file("tokenizer_config.json"), vocabulary);
  }
  if (folder.has("added_tokens.json")) {
    add_plain_tokens(folder.file("added_tokens.json"), vocabulary);
  }
}

void mark_named_tokens(const Folder& folder, const Config& tokenizer, Vocabulary& vocabulary) {
  std::vector<std::string> texts;
  for (const char* role : {"bos_token", "eos_token", "unk_token", "pad_token", "sep_token",
                           "cls_token", "mask_token"}) {
    const std::string text = content_of(named(folder, tokenizer.json(), role));
    if (!text.empty()) texts.push_back(text);
  }
  if (texts.empty()) texts.push_back("<|endoftext|>");
  const Json others = named(folder, tokenizer.json(), "additional_special_tokens");
  for (const Json& other : others.is_array() ? others : Json::array()) {
    texts.push_back(content_of(other));
  }
  for (const std::string& text : texts) {
    if (const auto id = vocabulary.find(text)) {
      vocabulary.add_special(*id, text, TokenType::kControl, vocabulary.file());
    }
  }
}

void set_flags(const Config& tokenizer, Vocabulary& vocabulary) {
  // These classes build what is put around a text from the flags; others have it in tokenizer.json.
  const std::string name = tokenizer.text("tokenizer_class", "");
  const bool decides = vocabulary.obeys_flags || name.starts_with("Llama") ||
                       name.starts_with("CodeLlama") || name.starts_with("Gemma") ||
                       name.starts_with("Cohere");
  if (!decides) return;
  if (vocabulary.obeys_flags && tokenizer.has("add_prefix_space")) {
    vocabulary.add_space_prefix = tokenizer.flag("add_prefix_space", true);
  }
  if (tokenizer.has("add_bos_token")) vocabulary.add_bos = tokenizer.flag("add_bos_token", true);
  if (tokenizer.has("add_eos_token")) vocabulary.add_eos = tokenizer.flag("add_eos_token", false);
}

void write_special_ids(Conversion& conversion, const Folder& folder, const Config& tokenizer,
                       const Vocabulary& vocabulary) {
  std::optional<Config> generation;
  if (folder.has("generation_config.json")) {
    generation.emplace(read_config(folder.file("generation_config.json")));
  }
  struct Row {
    const char *token, *id, *key;
    const char* usual = "";  // its text when no file names it
  };
  std::vector<Row> rows = {{"bos_token", "bos_token_id", "bos_token_id"},
                           {"eos_token", "eos_token_id", "eos_token_id"},
                           {"unk_token", "unk_token_id", "unknown_token_id"},
                           {"pad_token", "pad_token_id", "padding_token_id"}};
  if (vocabulary.model == "bert") {
    // What a text begins and ends with has two names. The misspelt key is that of the format.
    rows = {{"cls_token", "cls_token_id", "cls_token_id", "[CLS]"},
            {"cls_token", "cls_token_id", "bos_token_id", "[CLS]"},
            {"sep_token", "sep_token_id", "seperator_token_id", "[SEP]"},
            {"sep_token", "sep_token_id", "eos_token_id", "[SEP]"},
            {"unk_token", "unk_token_id", "unknown_token_id", "[UNK]"},
            {"pad_token", "pad_token_id", "padding_token_id", "[PAD]"},
            {"mask_token", "mask_token_id", "mask_token_id", "[MASK]"}};
  }
  for (const Row& row : rows) {
    std::vector<int64_t> ids;
    auto named = named_id(folder, tokenizer.json(), row.token, vocabulary);
    if (!named && *row.usual) named = vocabulary.find(row.usual);
    if (named) ids.push_back(*named);
    append_ids(conversion.whole_config(), row.id, vocabulary.rows(), ids);
    if (generation) append_ids(*generation, row.id, vocabulary.rows(), ids);
    if (ids.empty() && vocabulary.unknown() && std::string_view(row.token) == "unk_token") {
      ids.push_back(*vocabulary.unknown());
    }
    if (ids.empty()) continue;
    const std::string key = std::string("tokenizer.ggml.") + row.key;
    conversion.file().metadata(key, static_cast<uint32_t>(ids.front()));
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    if (std::string_view(row.token) == "eos_token" && ids.size() > 1) {
      conversion.file().metadata("tokenizer.ggml.eos_token_ids",
                                 std::vector<int32_t>(ids.begin(), ids.end()));
    }
  }
}

void write_chat_template(Conversion& conversion, const Folder& folder, const Config& tokenizer) {
  const std::string key = "tokenizer.chat_template";
  if (folder.has("chat_template.jinja")) {
    conversion.file().metadata(key, read_text(folder.file("chat_template.jinja")));
    write_named_templates(conversion, folder, key);
    return;
  }
  Json found;
  if (const auto inside = tokenizer.json().find("chat_template");
      inside != tokenizer.json().end()) {
    found = *inside;
  } else if (folder.has("chat_template.json")) {
    found = read_json(folder.file("chat_template.json")).value("chat_template", Json());
  }
  if (found.is_string()) conversion.file().metadata(key, found.get<std::string>());
  if (!found.is_array()) return;
  // Several, by name: the default one has no suffix.
  for (const Json& one : found) {
    if (!one.is_object() || !one.contains("name") || !one.contains("template") ||
        !one["name"].is_string() || !one["template"].is_string()) {
      fail(Code::kCorrupt, tokenizer.name(), ": chat_template has ", describe(one),
           ", expected objects with name and template");
    }
    const auto name = one["name"].get<std::string>();
    conversion.file().metadata(name == "default" ? key : key + "." + name,
                               one["template"].get<std::string>());
  }
}

}  // namespace cria::convert
