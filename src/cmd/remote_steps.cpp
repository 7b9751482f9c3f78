#include "cmd/remote_steps.h"

#include <algorithm>

#include "base/error.h"
#include "base/log.h"
#include "cmd/format.h"
#include "cmd/remote_json.h"

namespace cria::cmd {

bool RemoteSteps::take(const client::Json& line) {
  const std::string status = text_in(line, "status");
  if (status != status_) {
    log::debug("the server: ", status);
    progress_.reset();
    status_ = status;
  }
  const int64_t total = integer_in(line, "total"), done = integer_in(line, "completed");
  if (total <= 0) return true;
  if (!progress_) progress_ = std::make_unique<Progress>(escape(status));
  progress_->set(static_cast<uint64_t>(std::clamp<int64_t>(done, 0, total)),
                 static_cast<uint64_t>(total));
  return true;
}

void RemoteSteps::finish(const settings::Address& server) {
  progress_.reset();
  if (status_ == "success") return;
  fail(Error::Code::kInternal, "the server at ", server.url(), " ended without success");
}

}  // namespace cria::cmd
