#pragma once
// What chat completions, completions and responses have in common: how answers are made.

#include <initializer_list>
#include <memory>
#include <string_view>

#include "server/fields.h"
#include "server/requests/requests.h"
#include "server/requests/warnings.h"

namespace cria::server::openai {

// The model, temperature and top_p (1 each if they are not given), penalties, seed, stop,
// logit_bias, and of the native API options, keep_alive, truncate and shift. InvalidArgument beyond
// OpenAI's ranges.
void read_sampling(const Fields& fields, GenerationRequest& request);
// n; at most 128.
void read_choices(const Fields& fields, GenerationRequest& request);
// So many tokens at most: the first of the fields that is there.
void read_limit(const Fields& fields, std::initializer_list<std::string_view> names,
                GenerationRequest& request);

// think, reasoning_effort, reasoning.effort, chat_template_kwargs.enable_thinking: one at most, or
// such that agree.
void read_thinking(const Fields& fields, GenerationRequest& request);

// {type: "json_schema", schema} and others, whose schema may stand within "json_schema".
std::shared_ptr<const grammar::Grammar> read_response_format(const Fields& format,
                                                             Warnings& warnings);

}  // namespace cria::server::openai
