#pragma once
// Answers of a server.

#include "client/client.h"
#include "cmd/answerer.h"

namespace cria::cmd {

struct RemoteOptions {
  std::string keep_alive{};  // how long the model stays loaded; "": as the server says
  bool load = false;         // at once, and not with the first answer
};

class RemoteAnswerer : public Answerer {
 public:
  // What the server says to a model that it does not have is told with what to do. Cancelled: it
  // was stopped while the model was loaded.
  RemoteAnswerer(client::Client client, const std::string& model, const Wishes& wishes,
                 const RemoteOptions& options, const std::stop_token& stop);

  bool chats() const override;  // not a model without a template
  bool sees() const override { return can("vision"); }
  std::vector<Said> own_messages() const override;
  Answered answer(std::span<const Said> said, const Receive& receive,
                  const std::stop_token& stop) override;
  std::string show(Topic topic) const override;
  void save(const std::string& name, std::span<const Said> said) override;
  std::string list_models() override;

  // "completion", "vision", "thinking", "embedding", ...
  bool can(std::string_view capability) const;
  // Of a text, by a model that makes vectors: JSON numbers. `truncate`: the end of a text that is
  // too long is left out. 0 dimensions: all.
  client::Json vector(const std::string& text, bool truncate, int64_t dimensions);

 private:
  void adopt(const Wishes& wishes) override;
  client::Json request_of(std::span<const Said> said) const;
  std::string notice_of(const client::Json& done) const;
  void add_keep_alive(client::Json& request) const;

  client::Client client_;
  RemoteOptions options_;
  client::Json about_;   // /api/show
  client::Json format_;  // null: any
};

}  // namespace cria::cmd
