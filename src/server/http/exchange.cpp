#include "server/http/exchange.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace cria::server {
namespace {

constexpr size_t kMostWaiting = size_t{256} << 10;  // bytes on their way, in either direction
constexpr size_t kBlock = size_t{32} << 10;

}  // namespace

Exchange::Exchange(MHD_Connection* connection, Request request, bool streams_body)
    : streams_body_(streams_body), request_(std::move(request)), connection_(connection) {
  if (streams_body_) request_.stream = this;
}

// Nobody else may resume it before it is paused, and so both are done with the mutex held.
void Exchange::pause() {
  is_paused_ = true;
  MHD_suspend_connection(connection_);
}

void Exchange::resume() {
  if (!is_paused_ || !connection_) return;
  is_paused_ = false;
  MHD_resume_connection(connection_);
}

void Exchange::send(Response response) {
  const std::lock_guard lock(mutex_);
  CRIA_CHECK(!has_head_);
  response_ = std::move(response);
  has_head_ = is_whole_ = has_ended_ = true;
  resume();
}

void Exchange::begin(Response head) {
  const std::lock_guard lock(mutex_);
  CRIA_CHECK(!has_head_);
  outgoing_ = std::move(head.body);
  response_ = std::move(head);
  has_head_ = true;
  resume();
}

bool Exchange::write(std::string_view bytes) {
  std::unique_lock lock(mutex_);
  CRIA_CHECK(has_head_ && !has_ended_);
  changed_.wait(lock, [&] { return outgoing_.size() < kMostWaiting || is_gone_; });
  if (is_gone_) return false;
  outgoing_ += bytes;
  resume();
  return true;
}

void Exchange::end() {
  const std::lock_guard lock(mutex_);
  has_ended_ = true;
  resume();
}

void Exchange::give_up() noexcept {
  const std::lock_guard lock(mutex_);
  if (!has_head_) {
    response_ = {.status = MHD_HTTP_INTERNAL_SERVER_ERROR, .body = {}, .type = {}};
    has_head_ = is_whole_ = has_ended_ = true;
  } else if (!has_ended_) {
    is_gone_ = true;
  }
  changed_.notify_all();
  resume();
}

bool Exchange::has_begun() const {
  const std::lock_guard lock(mutex_);
  return has_head_;
}

void Exchange::when_gone(std::function<void()> call) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_gone_) {
      when_gone_ = std::move(call);
      return;
    }
  }
  if (call) call();
}

size_t Exchange::read(std::span<char> out) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !incoming_.empty() || has_body_ || is_gone_; });
  if (incoming_.empty() && !has_body_) {
    fail(Error::Code::kCancelled, "the client went away before the end of the body");
  }
  const size_t count = std::min(out.size(), incoming_.size());
  std::memcpy(out.data(), incoming_.data(), count);
  incoming_.erase(0, count);
  resume();
  return count;
}

bool Exchange::take(std::string_view bytes, size_t most, size_t& taken) {
  const std::lock_guard lock(mutex_);
  taken = bytes.size();
  received_ += taken;
  // An answer that is there needs no more of the body, but comes after its end.
  if (has_head_) return streams_body_ || received_ / 2 <= most;
  if (!streams_body_) {
    if (request_.body.size() + taken > most) {
      request_.body = {};
      return false;
    }
    request_.body += bytes;
    return true;
  }
  taken = std::min(taken, kMostWaiting - std::min(kMostWaiting, incoming_.size()));
  received_ -= bytes.size() - taken;
  incoming_ += bytes.substr(0, taken);
  if (taken < bytes.size()) pause();
  changed_.notify_all();
  return true;
}

bool Exchange::body_ends() {
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
  return !std::exchange(has_body_, true);
}

MHD_Response* Exchange::make_response() {
  MHD_Response* response =
      is_whole_
          ? MHD_create_response_from_buffer(response_.body.size(), response_.body.data(),
                                            MHD_RESPMEM_MUST_COPY)
          : MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, kBlock, on_read, this, nullptr);
  if (!response) return nullptr;
  if (!response_.type.empty()) {
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, response_.type.c_str());
  }
  for (const Field& field : response_.headers) {
    MHD_add_response_header(response, field.name.c_str(), field.value.c_str());
  }
  return response;
}

MHD_Result Exchange::answer() {
  const std::lock_guard lock(mutex_);
  if (!has_head_) {
    pause();
    return MHD_YES;
  }
  MHD_Response* response = make_response();
  if (!response) return MHD_NO;
  const MHD_Result queued =
      MHD_queue_response(connection_, static_cast<unsigned>(response_.status), response);
  MHD_destroy_response(response);
  return queued;
}

ssize_t Exchange::on_read(void* self, uint64_t, char* to, size_t most) {
  return static_cast<Exchange*>(self)->next(to, most);
}

ssize_t Exchange::next(char* to, size_t most) {
  const std::lock_guard lock(mutex_);
  if (outgoing_.empty()) {
    if (has_ended_) return MHD_CONTENT_READER_END_OF_STREAM;
    if (is_gone_) return MHD_CONTENT_READER_END_WITH_ERROR;
    pause();
    return 0;
  }
  const size_t count = std::min(most, outgoing_.size());
  std::memcpy(to, outgoing_.data(), count);
  outgoing_.erase(0, count);
  changed_.notify_all();
  return static_cast<ssize_t>(count);
}

void Exchange::finish() {
  {
    const std::lock_guard lock(mutex_);
    connection_ = nullptr;
  }
  hang_up();
}

void Exchange::hang_up() {
  std::function<void()> call;
  {
    const std::lock_guard lock(mutex_);
    if (!has_ended_) call = std::move(when_gone_);
    when_gone_ = nullptr;
    is_gone_ = true;
    changed_.notify_all();
    // A stream ends there; what has no head yet is still answered.
    if (has_head_) resume();
  }
  if (call) call();
}

bool Exchange::is_in_time(Clock::time_point now, std::chrono::seconds grace,
                          size_t bytes_per_second) const {
  const std::lock_guard lock(mutex_);
  if (has_body_ || is_paused_) return true;
  return now - since_ <= grace + std::chrono::seconds(received_ / bytes_per_second);
}

}  // namespace cria::server
