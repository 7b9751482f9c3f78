#include "cmd/loaded_models.h"

#include <cmath>

#include "base/error.h"
#include "base/quote.h"
#include "cmd/format.h"
#include "cmd/json.h"
#include "cmd/moment.h"
#include "cmd/output.h"
#include "cmd/program_settings.h"
#include "cmd/remote_json.h"
#include "cmd/table.h"

namespace cria::cmd {
namespace {

// How much of a model is where: "100% GPU", "48%/52% CPU/GPU".
std::string processor_text(int64_t size, int64_t on_gpu) {
  if (on_gpu == 0) return "100% CPU";
  if (on_gpu == size) return "100% GPU";
  if (on_gpu < 0 || on_gpu > size) return "unknown";
  const double part = static_cast<double>(size - on_gpu) / static_cast<double>(size);
  const auto cpu = static_cast<int>(std::lround(part * 100));
  return concat(cpu, "%/", 100 - cpu, "% CPU/GPU");
}

std::string expiry_text(const std::string& expires) {
  const auto moment = parse_moment(expires);
  if (!moment) return "unknown";
  const double seconds = -seconds_since(*moment);
  return seconds < 0 ? "Stopping..." : until_text(seconds);
}

std::string loaded_table(const client::Json& models) {
  Table table;
  table.row({"NAME", "ID", "SIZE", "PROCESSOR", "CONTEXT", "UNTIL"});
  for (const client::Json& model : models) {
    const int64_t size = integer_in(model, "size");
    table.row({escape(text_in(model, "name")), short_id(text_in(model, "digest")), size_text(size),
               processor_text(size, integer_in(model, "size_vram")),
               std::to_string(integer_in(model, "context_length")),
               expiry_text(text_in(model, "expires_at"))});
  }
  return table.text();
}

}  // namespace

int list_loaded(const PsOptions& options) {
  client::Client client = open_client();
  const client::Json answer = client.get("/api/ps");
  const auto models = answer.find("models");
  if (models == answer.end() || !models->is_array()) {
    fail(Error::Code::kCorrupt, "the server at ", client.address().url(),
         " answered without a list of models");
  }
  print(options.json ? json_text(answer) : loaded_table(*models));
  return 0;
}

int stop_model(const StopOptions& options) {
  try {
    open_client().post("/api/generate",
                       {{"model", options.model}, {"keep_alive", 0}, {"stream", false}});
  } catch (const client::ServerError& error) {
    if (error.status != 404) throw;
    fail(Error::Code::kNotFound, "couldn't find model ", quote(options.model), " to stop");
  }
  return 0;
}

}  // namespace cria::cmd
