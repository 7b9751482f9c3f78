#include "cmd/tokenize.h"

#include "base/error.h"
#include "base/log.h"
#include "cmd/format.h"
#include "cmd/input.h"
#include "cmd/open_model.h"
#include "cmd/output.h"
#include "cmd/stopwatch.h"
#include "tokenizer/tokenizer.h"

namespace cria::cmd {
namespace {

std::unique_ptr<tokenizer::Tokenizer> open_tokenizer(const std::string& model) {
  const Stopwatch watch;
  const auto file = gguf::File::open(model_path(model));
  auto made = tokenizer_of(*file);
  log::debug("tokenizer of ", file->path(), ": ", made->vocabulary().model, " ",
             made->vocabulary().pre, ", ", made->vocabulary().tokens.size(), " tokens, in ",
             duration_text(watch.seconds()));
  return made;
}

std::string piped(const char* what) {
  if (input_is_terminal()) {
    fail(Error::Code::kInvalidArgument, "no ", what,
         ": give it as an argument, pipe it into standard input, or use - to type it");
  }
  return read_standard_input();
}

}  // namespace

int tokenize(const TokenizeOptions& options) {
  const auto tokenizer = open_tokenizer(options.model);
  const std::string text = !options.text          ? piped("text")
                           : *options.text == "-" ? read_standard_input()
                                                  : *options.text;
  std::vector<tokenizer::Id> ids = tokenizer->encode(text, options.special);
  if (options.bos) {
    const tokenizer::Id bos = tokenizer->vocabulary().bos;
    if (bos < 0) fail(Error::Code::kInvalidArgument, "--bos: the vocabulary has no such token");
    ids.insert(ids.begin(), bos);
  }
  std::string out;
  for (const tokenizer::Id id : ids) {
    if (options.pieces) {
      out += concat(id, "\t", escape(tokenizer->piece(id, true)), "\n");
    } else {
      append_item(out, " ", std::to_string(id));
    }
  }
  print(options.pieces ? out : out + "\n");
  return 0;
}

int detokenize(const DetokenizeOptions& options) {
  const auto tokenizer = open_tokenizer(options.model);
  const bool from_input = options.ids.size() == 1 && options.ids[0] == "-";
  std::string list;
  if (options.ids.empty()) list = piped("ids");
  if (from_input) list = read_standard_input();
  if (!from_input) {
    for (const std::string& ids : options.ids) list += ids + " ";
  }
  print(tokenizer->decode(parse_ids(list), options.special));
  if (output_is_terminal()) print("\n");
  return 0;
}

}  // namespace cria::cmd
