// llguidance, by its C interface.
#include <llguidance.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "base/error.h"
#include "grammar/token_set.h"
#include "side.h"

namespace cria::grammar {
namespace {

using Handle = std::unique_ptr<LlgMatcher, decltype(&llg_free_matcher)>;

LlgTokenizer* make_tokenizer(const Tokens& tokens) {
  std::vector<uint32_t> lengths;
  std::string bytes;
  for (size_t id = 0; id < tokens.bytes.size(); ++id) {
    // A control token is marked by a byte that no text has.
    const std::string& text = tokens.bytes[id];
    const std::string own = text.empty() ? "\xff" + tokens.names[id] : text;
    lengths.push_back(static_cast<uint32_t>(own.size()));
    bytes += own;
  }
  const std::vector<uint32_t> ends(tokens.ends.begin(), tokens.ends.end());
  LlgTokenizerInitV2 init{};
  init.struct_size = sizeof init;
  init.vocab_size = static_cast<uint32_t>(tokens.bytes.size());
  init.tok_eos = ends.at(0);
  init.token_lens = lengths.data();
  init.token_bytes = reinterpret_cast<const uint8_t*>(bytes.data());
  init.use_approximate_greedy_tokenize_fn = true;
  init.tok_eos_extra = ends.data() + 1;
  init.tok_eos_extra_count = static_cast<uint32_t>(ends.size() - 1);
  std::array<char, 1000> error{};
  LlgTokenizer* made = llg_new_tokenizer_v2(&init, error.data(), error.size());
  if (!made) fail(Error::Code::kInternal, "llguidance: ", error.data());
  return made;
}

[[noreturn]] void give_up(LlgMatcher* matcher) {
  const char* error = llg_matcher_get_error(matcher);
  fail(Error::Code::kUnsupported, "llguidance: ", error ? error : "no reason given");
}

class Theirs final : public Walker {
 public:
  Theirs(LlgMatcher* matcher, const Tokens& tokens)
      : handle_(matcher, llg_free_matcher), tokens_(tokens) {
    if (llg_matcher_get_error(matcher)) give_up(matcher);
  }

  std::unique_ptr<Walker> copy() const override {
    return std::make_unique<Theirs>(llg_clone_matcher(handle_.get()), tokens_);
  }
  std::vector<uint64_t> mask() override {
    std::vector<uint64_t> mask((tokens_.bytes.size() + 63) / 64);
    if (llg_matcher_is_stopped(handle_.get())) {  // nothing can come any more
      for (const int32_t end : tokens_.ends) set_bit(mask, end);
      return mask;
    }
    const size_t bytes = llg_matcher_get_mask_byte_size(handle_.get());
    if (llg_matcher_compute_mask(handle_.get()) != 0) give_up(handle_.get());
    std::memcpy(mask.data(), llg_matcher_get_mask(handle_.get()),
                std::min(bytes, mask.size() * sizeof(uint64_t)));
    return mask;
  }
  void accept(int32_t token) override {
    if (llg_matcher_consume_token(handle_.get(), static_cast<uint32_t>(token)) != 0) {
      give_up(handle_.get());
    }
    if (llg_matcher_is_error(handle_.get())) give_up(handle_.get());
  }

 private:
  Handle handle_;
  const Tokens& tokens_;
};

}  // namespace

std::unique_ptr<Walker> their_walker(const Tokens& tokens, const std::string& kind,
                                     const std::string& text) {
  static LlgTokenizer* const tokenizer = make_tokenizer(tokens);
  LlgConstraintInit init{};
  llg_constraint_init_set_defaults(&init, tokenizer);
  init.log_stderr_level = 0;
  return std::make_unique<Theirs>(llg_new_matcher(&init, kind.c_str(), text.c_str()), tokens);
}

}  // namespace cria::grammar
