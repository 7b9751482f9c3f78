// Whole files of models that cannot be: hyper-parameters and tensors that contradict each other are
// refused when the model is loaded or planned, by messages that name file, place and value.
#include "model/loading.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <map>
#include <optional>

#include "model/executor.h"
#include "tests/support/expect_error.h"
#include "tests/support/gguf_builder.h"

namespace cria::model {
namespace {

using Code = Error::Code;
using test::expect_error;
using test::GgufBuilder;

constexpr uint64_t kVocabulary = 6, kWidth = 8, kHidden = 12, kBlocks = 2;

// A llama, whose parts a test may change before it is written.
struct LlamaFile {
  LlamaFile() {
    set("general.architecture", "llama");
    set("llama.vocab_size", uint32_t{kVocabulary});
    set("llama.embedding_length", uint32_t{kWidth});
    set("llama.feed_forward_length", uint32_t{kHidden});
    set("llama.block_count", uint32_t{kBlocks});
    set("llama.attention.head_count", uint32_t{2});
    set("llama.attention.head_count_kv", uint32_t{1});
    set("llama.attention.layer_norm_rms_epsilon", 1e-5f);
    shapes["token_embd.weight"] = {kVocabulary, kWidth};
    shapes["output_norm.weight"] = {kWidth};
    for (uint64_t i = 0; i < kBlocks; ++i) {
      const std::string block = concat("blk.", i, '.');
      for (const char* norm : {"attn_norm", "ffn_norm"})
        shapes[block + norm + ".weight"] = {kWidth};
      shapes[block + "attn_q.weight"] = shapes[block + "attn_output.weight"] = {kWidth, kWidth};
      shapes[block + "attn_k.weight"] = shapes[block + "attn_v.weight"] = {kWidth / 2, kWidth};
      shapes[block + "ffn_gate.weight"] = shapes[block + "ffn_up.weight"] = {kHidden, kWidth};
      shapes[block + "ffn_down.weight"] = {kWidth, kHidden};
    }
  }

  template <class T>
  LlamaFile& set(const std::string& key, const T& value) {
    keys[key] = [key, value](GgufBuilder& file) { file.metadata(key, value); };
    return *this;
  }
  LlamaFile& drop(const std::string& name) {
    keys.erase(name);
    shapes.erase(name);
    return *this;
  }
  LlamaFile& shape(const std::string& name, std::vector<uint64_t> dims) {
    shapes[name] = std::move(dims);
    return *this;
  }
  LlamaFile& type(const std::string& name, uint32_t id) {
    types[name] = id;
    return *this;
  }

  std::vector<std::byte> bytes() const {
    GgufBuilder file;
    for (const auto& [key, write] : keys) write(file);
    for (const auto& [name, dims] : shapes) {
      size_t elements = 1;
      for (const uint64_t dim : dims) elements *= dim;
      const auto found = types.find(name);
      // No type takes more than eight bytes for an element.
      const std::vector<std::byte> data(elements * 8);
      file.tensor(name, found == types.end() ? 0 : found->second, dims, data);
    }
    return file.bytes();
  }

  std::map<std::string, std::function<void(GgufBuilder&)>> keys;
  std::map<std::string, std::vector<uint64_t>> shapes;
  std::map<std::string, uint32_t> types;
};

// Loads and plans it, as a program does.
void open(const LlamaFile& file) {
  const std::vector<std::byte> bytes = file.bytes();
  const LoadedModel loaded = load(gguf::File::parse(bytes, "x.gguf"));
  ExecutorOptions options;
  options.backend = "reference";
  options.cache.tokens = options.cache.context = 32;
  options.max_tokens = 4;
  const Executor executor(*loaded.model, loaded.weight_list(), options);
}

struct Case {
  const char* name;
  std::function<void(LlamaFile&)> change;
  std::optional<Code> code;  // none: the graph refuses it, with whatever code it has for that
  std::vector<std::string_view> says;
};

template <class T>
Case with(const char* name, const std::string& key, const T& value, std::optional<Code> code,
          std::vector<std::string_view> says) {
  return {name, [key, value](LlamaFile& file) { file.set(key, value); }, code, std::move(says)};
}

void expect_refused(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    LlamaFile file;
    one.change(file);
    try {
      open(file);
      ADD_FAILURE() << "no error";
    } catch (const Error& error) {
      const std::string what = error.what();
      EXPECT_EQ(error.code(), one.code.value_or(error.code())) << what;
      for (const std::string_view part : one.says) EXPECT_NE(what.find(part), what.npos) << what;
    }
  }
}

TEST(Loading, AcceptsTheFileThatTheOthersAreMadeOf) {
  EXPECT_NO_THROW(open(LlamaFile()));
  EXPECT_NO_THROW(open(LlamaFile()
                           .drop("llama.attention.head_count_kv")
                           .shape("blk.0.attn_k.weight", {kWidth, kWidth})
                           .shape("blk.0.attn_v.weight", {kWidth, kWidth})
                           .shape("blk.1.attn_k.weight", {kWidth, kWidth})
                           .shape("blk.1.attn_v.weight", {kWidth, kWidth})));
  EXPECT_NO_THROW(open(LlamaFile().shape("output.weight", {kVocabulary, kWidth})));
}

TEST(Loading, SizesArePositiveAndNotTooLarge) {
  for (const std::string key :
       {"vocab_size", "embedding_length", "feed_forward_length", "block_count",
        "attention.head_count", "attention.head_count_kv", "rope.dimension_count"}) {
    const std::string full = "llama." + key;
    for (const int64_t value : {int64_t{0}, int64_t{-1}, int64_t{1} << 31, int64_t{1} << 62}) {
      const std::string says = concat(full, " is ", value, ", expected 1 to ");
      expect_error([&] { open(LlamaFile().set(full, value)); }, Code::kCorrupt, {"x.gguf: ", says});
    }
    const std::string huge = full + " is integer 18446744073709551615";
    expect_error([&] { open(LlamaFile().set(full, ~uint64_t{0})); }, Code::kCorrupt, {huge});
    expect_error([&] { open(LlamaFile().set(full, "2")); }, Code::kCorrupt,
                 {"x.gguf: ", full + " is text \"2\", expected an integer"});
    expect_error([&] { open(LlamaFile().set(full, 2.5f)); }, Code::kCorrupt, {"real 2.5"});
  }
}

TEST(Loading, SizesFitEachOther) {
  const char* const heads = "llama.attention.head_count";
  const char* const kv_heads = "llama.attention.head_count_kv";
  expect_refused({
      with("more blocks than tensors", "llama.block_count", uint32_t{1000}, Code::kCorrupt,
           {"x.gguf: ", "block_count is 1000"}),
      with("one block too many", "llama.block_count", uint32_t{3}, Code::kCorrupt,
           {"missing  blk.2.attn_q.weight [8, 8]"}),
      with("one block too few", "llama.block_count", uint32_t{1}, Code::kCorrupt,
           {"unused   blk.1.attn_q.weight"}),
      with("more heads than width", heads, uint32_t{16}, Code::kCorrupt, {"x.gguf: "}),
      with("heads that do not part the width", heads, uint32_t{3}, Code::kCorrupt, {"x.gguf: "}),
      with("heads of an odd size", heads, uint32_t{8}, Code::kCorrupt, {"x.gguf: "}),
      with("more kv heads than heads", kv_heads, uint32_t{4}, Code::kCorrupt, {"x.gguf: "}),
      with("more rotated than a head has", "llama.rope.dimension_count", uint32_t{16}, std::nullopt,
           {"rope", "16"}),
      with("an odd number rotated", "llama.rope.dimension_count", uint32_t{3}, std::nullopt,
           {"rope"}),
      with("another width", "llama.embedding_length", uint32_t{16}, Code::kCorrupt,
           {"token_embd.weight is [6, 8], expected [6, 16]"}),
      with("another vocabulary", "llama.vocab_size", uint32_t{7}, Code::kCorrupt,
           {"token_embd.weight is [6, 8], expected [7, 8]"}),
  });
}

TEST(Loading, RealsAreFiniteAndInRange) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const char* const eps = "llama.attention.layer_norm_rms_epsilon";
  const char* const base = "llama.rope.freq_base";
  expect_refused({
      with("eps not a number", eps, kNan, Code::kCorrupt, {"x.gguf: ", eps, "finite"}),
      with("eps infinite", eps, kInfinity, Code::kCorrupt, {eps, "finite"}),
      with("eps text", eps, "small", Code::kCorrupt, {eps, "text \"small\", expected a number"}),
      with("base zero", base, 0.f, Code::kCorrupt, {base, "is 0, expected above zero"}),
      with("base negative", base, -1.f, Code::kCorrupt, {base, "expected above zero"}),
      with("base beyond floats", base, 1e300, Code::kCorrupt, {base, "finite"}),
  });
}

TEST(Loading, KeysThatItNeedsAreThere) {
  for (const char* key :
       {"llama.embedding_length", "llama.feed_forward_length", "llama.attention.head_count",
        "llama.vocab_size", "llama.attention.layer_norm_rms_epsilon"}) {
    expect_error([&] { open(LlamaFile().drop(key)); }, Code::kNotFound,
                 {"x.gguf: ", key, "is absent"});
  }
  expect_error([] { open(LlamaFile().drop("general.architecture")); }, Code::kCorrupt,
               {"x.gguf: ", "general.architecture"});
}

TEST(Loading, ArchitecturesAreKnown) {
  for (const std::string name : {"perceptron", "", "Llama", "llama "}) {
    expect_error([&] { open(LlamaFile().set("general.architecture", name)); }, Code::kUnsupported,
                 {"x.gguf: ", name, "llama"});
  }
  expect_error([] { open(LlamaFile().set("general.architecture", uint32_t{7})); }, Code::kCorrupt,
               {"x.gguf: ", "integer 7, expected a text"});
}

TEST(Loading, TensorsAreThoseOfTheArchitecture) {
  const auto change = [](auto function) { return function; };
  expect_refused({
      {"missing",
       change([](LlamaFile& f) { f.drop("output_norm.weight"); }),
       Code::kCorrupt,
       {"x.gguf: ", "missing  output_norm.weight [8]"}},
      {"unused",
       change([](LlamaFile& f) { f.shape("blk.0.unheard_of.weight", {2}); }),
       Code::kCorrupt,
       {"unused   blk.0.unheard_of.weight"}},
      {"of a block beyond",
       change([](LlamaFile& f) { f.shape("blk.7.ffn_norm.weight", {kWidth}); }),
       Code::kCorrupt,
       {"unused   blk.7.ffn_norm.weight"}},
      {"transposed",
       change([](LlamaFile& f) {
         f.shape("blk.0.ffn_up.weight", {kWidth, kHidden});
       }),
       Code::kCorrupt,
       {"blk.0.ffn_up.weight is [8, 12], expected [12, 8]"}},
      {"of another rank",
       change([](LlamaFile& f) {
         f.shape("output_norm.weight", {kWidth, 1});
       }),
       Code::kCorrupt,
       {"output_norm.weight is [8, 1], expected [8]"}},
      {"a scalar",
       change([](LlamaFile& f) { f.shape("output_norm.weight", {}); }),
       Code::kCorrupt,
       {"output_norm.weight is [], expected [8]"}},
      {"integers",
       change([](LlamaFile& f) { f.type("blk.0.attn_q.weight", 26); }),
       Code::kUnsupported,
       {"x.gguf: ", "blk.0.attn_q.weight"}},
      {"a norm of integers",
       change([](LlamaFile& f) { f.type("output_norm.weight", 24); }),
       Code::kUnsupported,
       {"output_norm.weight"}},
  });
}

TEST(Loading, AllMisfitsAreReportedAtOnce) {
  expect_refused(
      {{"three",
        [](LlamaFile& file) {
          file.drop("output_norm.weight")
              .shape("blk.0.attn_q.weight", {2, 2})
              .shape("surplus", {1});
        },
        Code::kCorrupt,
        {"missing  output_norm.weight", "blk.0.attn_q.weight is [2, 2]", "unused   surplus"}}});
}

TEST(Loading, AFileWithoutTensorsIsNoModel) {
  LlamaFile file;
  file.shapes.clear();
  expect_error([&] { open(file); }, Code::kCorrupt, {"x.gguf: has no tensors"});
}

}  // namespace
}  // namespace cria::model
