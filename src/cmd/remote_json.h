#pragma once
// Requests and answers of a server: what they hold, and what is expected of it.

#include <string>
#include <vector>

#include "client/client.h"
#include "cmd/list.h"
#include "modelfile/parameters.h"

namespace cria::cmd {

// A field of an object; what is not there, or of another kind, is "", 0 or false.
std::string text_in(const client::Json& object, const char* name);
int64_t integer_in(const client::Json& object, const char* name);
bool flag_in(const client::Json& object, const char* name);

client::Json parameters_json(const modelfile::Parameters& parameters);

// What --format says, for a request: null, "json", or a schema. InvalidArgument: it is no JSON.
// Unsupported: requests cannot say it.
client::Json format_json(const std::string& format);

// Of /api/tags.
std::vector<ListedModel> listed_models(const client::Json& answer);

}  // namespace cria::cmd
