#pragma once
// The converters, by the name of the Hugging Face class whose checkpoints they read.

#include <map>
#include <string_view>

#include "convert/conversion.h"

namespace cria::convert {

using Converter = void (*)(Conversion& conversion);
std::map<std::string_view, Converter>& converters();

// Unsupported with the names there are.
Converter find_converter(const Config& config);

// const Registration kRegistered{"LlamaForCausalLM", convert_llama};
struct Registration {
  Registration(std::string_view class_name, Converter converter) {
    converters()[class_name] = converter;
  }
};

}  // namespace cria::convert
