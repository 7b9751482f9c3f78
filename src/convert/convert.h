#pragma once
// From the folder of a Hugging Face checkpoint, or of a PEFT adapter, to a GGUF file.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "convert/cast.h"
#include "fs/gguf/gguf.h"
#include "fs/gguf/write.h"

namespace cria::convert {

struct Options {
  std::optional<OutputType> type{};  // of matrices; none: as they are stored
  std::string pre{};                 // name of the pre-tokenizer; empty: recognised
  std::string base{};                // folder of an adapter's model; empty: what it names itself
  // Told which layers of the file are modules of the checkpoint as they were, by their names.
  std::function<void(const std::map<std::string, std::string>& layers)> layers{};
  uint64_t part_bytes = 0;  // of tensors in each file of several; 0: one file
  // Told each file that will be written, before any is.
  std::function<void(const std::string& path)> output{};
  // Makes another file of the one that was planned, such as one of smaller types.
  std::function<gguf::Writer(const gguf::Writer& planned)> transform{};
  // Told how many bytes of tensors are written and will be; false cancels.
  std::function<bool(uint64_t done, uint64_t total)> progress{};
  // Called before anything is written, with all but the tensors' data, and again with the finished
  // file before it gets its name; throws when it is not as it should be.
  std::function<void(std::unique_ptr<gguf::File> file)> check{};
  // The same for an adapter, with the metadata of the model that it is for.
  std::function<void(const gguf::File& model, std::unique_ptr<gguf::File> adapter)> check_adapter{};
  std::function<void(const std::string& text)> notice{};  // what a user should know
};

// On any error no file is left, and one that was there stays. NotFound, Corrupt, Unsupported,
// InvalidArgument, Cancelled, and errors of the disk.
void convert(const std::string& folder, const std::string& output, const Options& options);

}  // namespace cria::convert
