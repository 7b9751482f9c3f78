#pragma once
// `cria create` where a server has a store of its own.

#include <string>

#include "client/client.h"
#include "cmd/create.h"
#include "modelfile/modelfile.h"

namespace cria::cmd {

// Sends the files that the recipe names, as far as the server does not have them, and has it make
// the model. Relative paths begin in `folder`.
void create_at_server(client::Client& server, const modelfile::Modelfile& recipe,
                      const std::string& folder, const CreateOptions& options);

}  // namespace cria::cmd
