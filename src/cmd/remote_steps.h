#pragma once
// The steps of what a server does for long, as its answer tells them.

#include <memory>
#include <string>

#include "client/client.h"
#include "cmd/progress.h"

namespace cria::cmd {

// Shows a bar for a step whose size is known.
class RemoteSteps {
 public:
  // Of {"status": "...", "total": N, "completed": N}; always true.
  bool take(const client::Json& line);
  // Internal: it ended without success.
  void finish(const settings::Address& server);

 private:
  std::string status_;
  std::unique_ptr<Progress> progress_;
};

}  // namespace cria::cmd
