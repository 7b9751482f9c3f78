#pragma once
// What an architecture's converter works with: it reads the config, takes tensors of the checkpoint
// under their names there, and gives them names in the file.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "convert/cast.h"
#include "convert/checkpoint.h"
#include "convert/config.h"
#include "convert/source.h"
#include "fs/gguf/write.h"

namespace cria::convert {

// Applied to a weight and its bias alike.
using Change = std::function<SourcePtr(const SourcePtr&)>;

class Layer;

class Conversion {
 public:
  struct Settings {
    std::optional<OutputType> type;                  // of matrices; none: as stored
    std::function<void(const std::string&)> notice;  // what a user should know
  };
  Conversion(const Config& config, const Checkpoint& checkpoint, gguf::Writer& file,
             Settings settings);

  const Config& config() const { return inner_config_ ? *inner_config_ : whole_config_; }
  // From here on config() is an object in it: what describes the part that reads text, of a model
  // that has others.
  void enter_config(std::string_view key);
  const Config& whole_config() const { return whole_config_; }
  const Checkpoint& checkpoint() const { return checkpoint_; }
  gguf::Writer& file() { return file_; }
  void notice(const std::string& text) const { settings_.notice(text); }

  // The name of the model that runs the file; before any set().
  void architecture(const std::string& name);
  // set("block_count", uint32_t{2}) writes "llama.block_count".
  void set(const std::string& key, gguf::StoredValue value);
  void set_count(const std::string& key, int64_t value);
  // That the model sees pictures, too.
  void set_sees() { sees_ = true; }
  bool sees() const { return sees_; }
  int64_t vocabulary() const;  // what was set as "vocab_size"

  // A tensor of the checkpoint; null when it is missing, which finish() reports.
  // Where its numbers share scales in blocks, these are taken as well.
  SourcePtr take(const std::string& name);
  // Bytes that are no numbers by themselves: U8.
  SourcePtr take_bytes(const std::string& name);
  bool has(const std::string& name) const { return checkpoint_.find(name) != nullptr; }
  // Any tensor whose name begins like this.
  bool has_any_of(std::string_view beginning) const;
  // Tensors that a model does not need, by how their names end, or begin.
  void ignore(std::string_view ending);
  void ignore_all_of(std::string_view beginning);

  // Vectors are written as F32, all else in the type asked for, unless it must be exact.
  enum class Precision { kAsAsked, kF32 };
  void tensor(const std::string& name, const SourcePtr& source,
              Precision precision = Precision::kAsAsked);
  // The matrix that gives logits, which may be tied to the embeddings.
  void output(bool is_tied);
  // NAME.weight from FROM.weight, and NAME.bias from FROM.bias if there shall be one.
  void linear(const std::string& name, const std::string& from, bool bias = false,
              const Change& change = {});
  // Block i: "blk.i." from "model.layers.i.".
  Layer layer(int64_t i, const std::string& from = "model.layers");

  // Corrupt when an adapter, or else the checkpoint by its own number of tensors, cannot have so
  // many: each has tensors of its own, so no file describes more work than it is large.
  void check_count(std::string_view field, int64_t count) const;

  // Corrupt: tensors that are missing, or that nobody took.
  void finish() const;
  // Names of tensors that were taken and are not there, and of those that nobody took.
  const std::vector<std::string>& missing() const { return missing_; }
  std::vector<std::string> unused() const;

  // Layers written unchanged, with the modules they come from: both compute the same.
  const std::map<std::string, std::string>& layers() const { return layers_; }

  int64_t parameters() const { return parameters_; }
  OutputType main_type() const;  // that of most numbers

 private:
  const StoredTensor* find(const std::string& name);
  SourcePtr take_scaled(const StoredTensor& numbers);
  OutputType type_of(const Source& source, Precision precision) const;
  void write(const std::string& name, const SourcePtr& source, OutputType type);
  void write_factors(const std::string& name, const SourcePtr& source);
  bool is_ignored(const std::string& name) const;

  const Config& whole_config_;
  std::unique_ptr<Config> inner_config_;
  const Checkpoint& checkpoint_;
  gguf::Writer& file_;
  Settings settings_;
  std::string architecture_;
  int64_t vocabulary_ = 0;
  bool sees_ = false;
  std::set<std::string> taken_;
  std::vector<std::string> missing_;
  std::vector<std::string> ignored_, ignored_beginnings_;
  std::map<std::string, std::string> layers_;
  std::map<OutputType, int64_t> written_;  // numbers of each type
  int64_t parameters_ = 0;
};

// A block, whose names have its prefixes.
class Layer {
 public:
  Layer(Conversion& conversion, std::string to, std::string from)
      : conversion_(conversion), to_(std::move(to)), from_(std::move(from)) {}

  SourcePtr take(const std::string& name) const { return conversion_.take(from_ + name); }
  SourcePtr take_bytes(const std::string& name) const {
    return conversion_.take_bytes(from_ + name);
  }
  bool has(const std::string& name) const { return conversion_.has(from_ + name); }
  void tensor(const std::string& name, const SourcePtr& source,
              Conversion::Precision precision = Conversion::Precision::kAsAsked) const {
    conversion_.tensor(to_ + name, source, precision);
  }
  void linear(const std::string& name, const std::string& from, bool bias = false,
              const Change& change = {}) const {
    conversion_.linear(to_ + name, from_ + from, bias, change);
  }

 private:
  Conversion& conversion_;
  std::string to_, from_;
};

}  // namespace cria::convert
