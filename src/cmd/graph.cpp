#include "cmd/graph.h"

#include "cmd/graph_dot.h"
#include "cmd/graph_sections.h"
#include "cmd/graph_text.h"
#include "cmd/open_model.h"
#include "cmd/output.h"
#include "model/blueprint.h"

namespace cria::cmd {

int graph(const GraphOptions& options) {
  const model::LoadedModel loaded = load_model(options.model);
  const model::Blueprint blueprint(*loaded.model, options.tokens);
  std::vector<GraphSection> sections =
      sections_of(options.encoder ? blueprint.encoder() : blueprint.pass());
  if (options.layer) sections = {block_of(sections, *options.layer)};
  print(options.format == "dot" ? graph_dot(sections) : graph_text(sections));
  return 0;
}

}  // namespace cria::cmd
