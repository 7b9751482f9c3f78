#include "server/http/watcher.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <vector>

namespace cria::server {
namespace {

constexpr int kTick = 500;  // milliseconds

// Events tell which request a socket was watched for: it may have got another one meanwhile.
void add_to(int epoll, int fd, uint32_t events, uint32_t request) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = uint64_t{request} << 32 | static_cast<uint32_t>(fd);
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

}  // namespace

Watcher::Watcher(const Patience& patience)
    : patience_(patience),
      hang_ups_(::epoll_create1(EPOLL_CLOEXEC), "epoll"),
      stop_(::eventfd(0, EFD_CLOEXEC), "eventfd") {
  add_to(hang_ups_.get(), stop_.get(), EPOLLIN, 0);
  thread_ = std::thread([this] { run(); });
}

Watcher::~Watcher() {
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
}

void Watcher::opened(int socket) {
  const std::lock_guard lock(mutex_);
  connections_[socket] = {};
}

void Watcher::closed(int socket) {
  const std::lock_guard lock(mutex_);
  connections_.erase(socket);
}

void Watcher::begins(int socket, const std::shared_ptr<Exchange>& exchange) {
  const std::lock_guard lock(mutex_);
  connections_[socket].exchange = exchange;
  connections_[socket].request = ++requests_;
  add_to(hang_ups_.get(), socket, EPOLLRDHUP | EPOLLONESHOT, requests_);
}

void Watcher::ends(int socket) {
  const std::lock_guard lock(mutex_);
  ::epoll_ctl(hang_ups_.get(), EPOLL_CTL_DEL, socket, nullptr);
  const auto found = connections_.find(socket);
  if (found != connections_.end()) found->second = {};
}

void Watcher::hang_up_all() {
  std::vector<std::shared_ptr<Exchange>> exchanges;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [socket, connection] : connections_) {
      if (connection.exchange) exchanges.push_back(connection.exchange);
    }
  }
  for (const auto& exchange : exchanges) exchange->hang_up();
}

void Watcher::run() {
  constexpr int kEvents = 64;
  std::array<epoll_event, kEvents> events{};
  Clock::time_point next_look = Clock::now();
  while (true) {
    const int count = ::epoll_wait(hang_ups_.get(), events.data(), kEvents, kTick);
    for (int i = 0; i < count; ++i) {
      const uint64_t data = events.at(static_cast<size_t>(i)).data.u64;
      const auto socket = static_cast<int>(data & UINT32_MAX);
      if (socket == stop_.get()) return;
      std::shared_ptr<Exchange> exchange;
      {
        const std::lock_guard lock(mutex_);
        const auto found = connections_.find(socket);
        const bool is_it = found != connections_.end() && found->second.request == data >> 32;
        if (is_it) exchange = found->second.exchange;
      }
      if (exchange) exchange->hang_up();
    }
    if (const auto now = Clock::now(); now >= next_look) {
      cut_the_slow(now);
      next_look = now + std::chrono::milliseconds(kTick);
    }
  }
}

// Their sockets are shut down, which the library notices. None is closed while the mutex is held.
void Watcher::cut_the_slow(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  for (const auto& [socket, connection] : connections_) {
    const bool in_time = connection.exchange ? connection.exchange->is_in_time(now, patience_.body,
                                                                               patience_.body_rate)
                                             : now - connection.since <= patience_.head;
    if (!in_time) ::shutdown(socket, SHUT_RDWR);
  }
}

}  // namespace cria::server
