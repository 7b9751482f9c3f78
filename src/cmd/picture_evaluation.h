#pragma once
// What a model that can see makes of a picture in a safetensors file, made ready for it there.

#include <vector>

#include "cmd/evaluation.h"
#include "fs/safetensors/safetensors.h"

namespace cria::cmd {

// Whether a tensor's name is one of what picture_results() reads.
bool is_picture(std::string_view name);

// The tokens of a text with a picture; 0: there is none.
size_t picture_tokens(const safetensors::File& file);

// "image.vision_states" and other results of the encoder, then "image.logits", of the picture and
// the ids that the file has: none when it has no picture, or the model can not see.
std::vector<Result> picture_results(const safetensors::File& file, model::Executor& executor);

}  // namespace cria::cmd
