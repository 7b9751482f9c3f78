#pragma once
// The whole server: what it is set to, its models, its routes, and the address that it listens at.

#include <memory>
#include <string>

#include "settings/settings.h"

namespace cria::server {

class App {
 public:
  // Listens at once. Errors are those of what settings name: addresses, files of keys and
  // certificates.
  explicit App(const settings::Settings& settings);
  // Takes no more requests, lets those go that are answered, and unloads all models.
  ~App();

  std::string address() const;  // "http://127.0.0.1:11434"

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cria::server
