// Declares the commands that make models smaller, and tell what that costs.

#include "base/error.h"
#include "cmd/argument_parts.h"
#include "cmd/imatrix.h"
#include "cmd/perplexity.h"
#include "cmd/quantize.h"
#include "quantize/presets.h"

namespace cria::cmd {
namespace {

void declare_text(CLI::App* command, ChunkOptions& to) {
  text(command, "-f,--file", to.text, "The text, as a file, or - for standard input")
      ->type_name("FILE");
  command->add_option("--context", to.context, "Tokens of a chunk")
      ->check(range(int64_t{2}, kMostTokens))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--chunks", to.chunks, "Read only so many chunks; 0: all")
      ->check(range(int64_t{0}, kMostTokens))
      ->type_name("N")
      ->capture_default_str();
}

void declare_compute(CLI::App* command, serving::ComputeOptions& to) {
  backend(command, to);
  threads(command, to.threads);
  cache_type(command, to);
}

std::string list_of_types() {
  std::string list;
  for (const quantize::Preset& preset : quantize::presets()) {
    list += concat("  ", preset.name, std::string(8 - preset.name.size(), ' '), preset.description,
                   "\n");
  }
  return list;
}

void declare_quantize(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "quantize", "Writes a model with smaller types of numbers.", quantize);
  text(command, "IN", options->input, kModelHelp)->required()->type_name("");
  text(command, "OUT", options->output, "The .gguf file to write")->required()->type_name("");
  text(command, "TYPE", options->type, "What to make of it, of the list below")
      ->required()
      ->type_name("");
  texts(command, "--tensor", options->overrides,
        "Another type for the matrices whose names fit; may be repeated, the last that fits counts")
      ->allow_extra_args(false)
      ->type_name("PATTERN=TYPE");
  text(command, "--imatrix", options->imatrix, "Spare what an importance matrix says matters most")
      ->type_name("FILE");
  command->add_flag("--pure", options->pure, "One type for all matrices, no mix");
  command->add_flag("--requantize", options->requantize,
                    "Also from what is quantized already, though that loses more");
  command
      ->add_option("--split-size", options->part_bytes,
                   "Write files with at most so many bytes of tensors each: 500M, 4G")
      ->transform(CLI::AsSizeValue(false))
      ->type_name("SIZE");
  command->add_flag("--force", options->force, "Replace OUT if it is there");
  command->add_flag("--dry-run", options->dry_run, "Only tell types and sizes");
  command->add_flag("--verbose", options->verbose, "Tell the type and the error of every tensor");
  threads(command, options->threads);
  explain(
      command,
      concat("TYPE, the most exact first, with the bits of a weight:\n", list_of_types(),
             "\nPATTERN is the whole name of a tensor, with or without .weight; * stands for any "
             "text,\n? for any character. Its TYPE is that of a tensor, such as q6_k."),
      "  cria quantize model-f16.gguf model.gguf Q4_K_M\n"
      "  cria quantize model-f16.gguf model.gguf Q4_K_M --imatrix model.imatrix\n"
      "  cria quantize model-f16.gguf model.gguf Q3_K_M --tensor output=q6_k --tensor "
      "'*.attn_v=q8_0'\n"
      "  cria quantize model-f16.gguf model.gguf IQ4_XS --dry-run --verbose");
}

void declare_imatrix(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "imatrix", "Collects an importance matrix for quantize.", imatrix);
  model(command, options->model);
  declare_text(command, options->text);
  command->get_option("--file")->required();
  text(command, "-o,--output", options->output, "The file to write")->required()->type_name("FILE");
  declare_compute(command, options->compute);
  explain(command,
          "It tells how large what each column of a matrix is multiplied with is, on a text that "
          "should be\nlike what the model will be used for: some hundred thousand tokens do. The "
          "file is that of llama.cpp.",
          "  cria imatrix model-f16.gguf -f text.txt -o model.imatrix\n"
          "  cria imatrix model-f16.gguf -f text.txt -o model.imatrix --chunks 100");
}

void declare_perplexity(CLI::App& app, Action& action) {
  const auto [command, options] = declare(
      app, action, "perplexity",
      "Measures how well a model predicts a text, and how far it is from another one.", perplexity);
  model(command, options->model);
  declare_text(command, options->text);
  auto* base = text(command, "--base", options->base,
                    "Compare with the predictions in a file; its text needs no -f")
                   ->type_name("FILE");
  text(command, "--base-model", options->base_model, "Compare with another model")
      ->type_name("MODEL")
      ->excludes(base);
  text(command, "--save-logits", options->save_logits,
       "Write the predictions to a file, for --base: two bytes for each token of the vocabulary "
       "and each token predicted")
      ->type_name("FILE");
  command->add_flag("--json", options->json, "Print JSON");
  declare_compute(command, options->compute);
  adapters(command, options->compute);
  explain(command,
          "Chunks are read one by one, and the second half of each is predicted: the figures are "
          "those of\nllama.cpp, whose files of predictions are read and written too.",
          "  cria perplexity model.gguf -f text.txt\n"
          "  cria perplexity model-q4.gguf -f text.txt --base-model model-f16.gguf\n"
          "  cria perplexity model-f16.gguf -f text.txt --save-logits f16.logits\n"
          "  cria perplexity model-q4.gguf --base f16.logits");
}

}  // namespace

void declare_quality_commands(CLI::App& app, Action& action) {
  declare_quantize(app, action);
  declare_imatrix(app, action);
  declare_perplexity(app, action);
}

}  // namespace cria::cmd
