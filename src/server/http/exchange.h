#pragma once
// One request and its answer, between the thread that serves connections and the one that answers.

#include <microhttpd.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "server/http/http.h"

namespace cria::server {

using Clock = std::chrono::steady_clock;

class Exchange final : public Responder, public Body {
 public:
  Exchange(MHD_Connection* connection, Request request, bool streams_body);

  // For the thread that answers.
  Request& request() { return request_; }
  void send(Response response) override;
  void begin(Response head) override;
  bool write(std::string_view bytes) override;
  void end() override;
  bool has_begun() const override;
  void when_gone(std::function<void()> call) override;
  size_t read(std::span<char> out) override;
  // Answers with status 500 and nothing else, or breaks off what has begun. Takes no memory.
  void give_up() noexcept;

  // For the thread that serves connections.
  bool streams_body() const { return streams_body_; }
  // Takes what there is room for, and pauses the connection when there is none. False: too much;
  // once that was answered the rest is read past, but no endless one.
  bool take(std::string_view bytes, size_t most, size_t& taken);
  bool body_ends();  // true the first time
  // Queues the answer if it is there, else pauses the connection until it is.
  MHD_Result answer();
  void finish();  // the connection is no more

  // For the thread that watches: the client has gone away.
  void hang_up();
  // Whether the body came in as fast as it must have by now.
  bool is_in_time(Clock::time_point now, std::chrono::seconds grace, size_t bytes_per_second) const;

 private:
  static ssize_t on_read(void* self, uint64_t position, char* to, size_t most);
  ssize_t next(char* to, size_t most);
  MHD_Response* make_response();
  void pause();  // both with the mutex held
  void resume();

  const bool streams_body_;
  const Clock::time_point since_ = Clock::now();
  Request request_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  MHD_Connection* connection_;  // null once it is no more
  bool is_paused_ = false, is_gone_ = false;
  std::function<void()> when_gone_;
  std::string incoming_;  // of a streamed body, what is not read yet
  size_t received_ = 0;
  bool has_body_ = false;  // all of it
  Response response_;
  bool has_head_ = false, is_whole_ = false, has_ended_ = false;
  std::string outgoing_;  // what is not sent yet
};

}  // namespace cria::server
