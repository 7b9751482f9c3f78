#pragma once
// From what a request says to tokens that a model reads.

#include <memory>
#include <string>
#include <vector>

#include "model/vision.h"
#include "server/inference/models.h"
#include "server/requests/requests.h"

namespace cria::server {

struct ReadyPrompt {
  std::vector<tokenizer::Id> ids = {};
  std::vector<std::shared_ptr<const model::Picture>> pictures = {};
  std::string text = {};  // as the template made it
};

// A prompt for each that is to be answered, of at most `context` tokens. What is too long is cut,
// and that is told in `request.warnings`: the oldest messages go first, of a single text the
// middle. InvalidArgument: it is too long and may not be cut, a picture is none, the template
// refuses it; "x" does not support chat, tools, thinking, insert or vision.
std::vector<ReadyPrompt> make_prompts(const LoadedText& loaded, int64_t context,
                                      GenerationRequest& request);

// Whether there is anything to answer; if not, the model is only to be loaded, or unloaded.
bool asks_for_nothing(const GenerationRequest& request);

}  // namespace cria::server
