#pragma once
// Makes of a file that is to be written one whose matrices have other types.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "fs/gguf/gguf.h"
#include "fs/gguf/write.h"
#include "quantize/importance.h"
#include "quantize/presets.h"
#include "quantize/rows.h"

namespace cria::quantize {

struct Override {
  std::string pattern;  // of whole names, with or without ".weight"; * is any text, ? a character
  ml::DType type;
};
// "PATTERN=TYPE". InvalidArgument.
Override parse_override(const std::string& text);

struct Options {
  const Preset* preset = nullptr;
  std::vector<Override> overrides{};  // the last one that fits counts
  bool pure = false;                  // the preset's type for all matrices
  bool requantize = false;            // matrices may be of blocks already
  const ImportanceMatrix* importance = nullptr;
  int threads = 0;                                        // 0: as many as this process may use
  std::function<void(const std::string& text)> notice{};  // what a user should know
};

// What became of a tensor.
struct TensorReport {
  std::string name;
  std::vector<int64_t> dims;  // outermost first
  uint32_t from = 0, to = 0;  // GGUF's ids
  int64_t bytes_before = 0, bytes_after = 0;
  bool is_changed = false;
  Loss loss{};  // once it is written, of what was changed
};

class Quantizer {
 public:
  explicit Quantizer(const Options& options);

  // A file of the same tensors and metadata, except for what describes the types. This must outlive
  // it, and whatever the source's tensors are made of too. InvalidArgument: a pattern that fits
  // nothing, an importance matrix of another model, blocks without `requantize`. Unsupported: types
  // that cannot be read.
  gguf::Writer operator()(const gguf::Writer& source);

  const std::vector<TensorReport>& report() const { return report_; }

 private:
  struct Choice;
  std::vector<Choice> choose(const gguf::Writer& source) const;
  void apply_overrides(const gguf::Writer& source, std::vector<Choice>& choices) const;
  void tell_of_fallbacks(const gguf::Writer& source, const std::vector<Choice>& choices) const;
  void check_readable(const gguf::Writer& source, const std::vector<Choice>& choices) const;
  void take_importance(const gguf::Writer& source, const std::vector<Choice>& choices);
  void write_metadata(const gguf::Writer& source, gguf::Writer& result) const;
  gguf::OutputTensor changed(const gguf::OutputTensor& source, ml::DType to, size_t index);

  const Options options_;
  ThreadPool pool_;
  std::vector<TensorReport> report_;
  std::vector<std::vector<float>> importance_;  // of each tensor; empty: none
};

// What writing a file anew takes: metadata and tensors as they are, of a split one without what
// says so. The file must outlive it.
gguf::Writer copy_of(const gguf::File& file);

}  // namespace cria::quantize
