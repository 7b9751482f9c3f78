#pragma once
// Answers requests that were let in: by their routes, with what every answer says, and with errors
// in the dialect that was asked in.

#include "server/gate.h"
#include "server/metrics.h"

namespace cria::server {

class Handler {
 public:
  Handler(const Router& router, const Gate& gate, Metrics& metrics)
      : router_(router), gate_(gate), metrics_(metrics) {}

  void answer(Request& request, Responder& responder) const;

 private:
  const Router& router_;
  const Gate& gate_;
  Metrics& metrics_;
};

}  // namespace cria::server
