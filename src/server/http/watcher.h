#pragma once
// Watches connections beside the library that serves them: it does not see that a client goes away
// while it waits for an answer, nor that one is endlessly slow.

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "base/files.h"
#include "server/http/exchange.h"

namespace cria::server {

struct Patience {
  std::chrono::seconds head, body;  // until a request's head is there, and before its rate counts
  size_t body_rate;                 // bytes a second
};

class Watcher {
 public:
  explicit Watcher(const Patience& patience);
  ~Watcher();

  void opened(int socket);
  void closed(int socket);
  void begins(int socket, const std::shared_ptr<Exchange>& exchange);
  void ends(int socket);  // and another request may follow
  void hang_up_all();

 private:
  struct Connection {
    Clock::time_point since = Clock::now();   // no request
    std::shared_ptr<Exchange> exchange = {};  // null between requests
    uint32_t request = 0;                     // which one of all
  };

  void run();
  void cut_the_slow(Clock::time_point now);

  const Patience patience_;
  FileDescriptor hang_ups_, stop_;  // an epoll and an eventfd
  std::mutex mutex_;
  std::map<int, Connection> connections_;  // by socket
  uint32_t requests_ = 0;                  // that there have been
  std::thread thread_;
};

}  // namespace cria::server
