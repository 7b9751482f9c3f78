#include "cmd/arguments.h"

#include <algorithm>

#include "base/error.h"
#include "cmd/argument_parts.h"
#include "cmd/bench.h"
#include "cmd/compare.h"
#include "cmd/convert.h"
#include "cmd/embed.h"
#include "cmd/logits.h"
#include "cmd/rerank.h"
#include "cmd/tokenize.h"
#include "quantize/presets.h"

namespace cria::cmd {
namespace {

void declare_tokenize(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "tokenize", "Prints the token ids of a text.", tokenize);
  model(command, options->model);
  command
      ->add_option_function<std::string>(
          "TEXT", [o = options](const std::string& value) { o->text = unprotect(value); },
          "The text; - or none: standard input, to the byte")
      ->type_name("");
  command->add_flag("--bos", options->bos, "Begin with the BOS token");
  command->add_flag("--special", options->special, "Recognise special tokens in the text");
  command->add_flag("--pieces", options->pieces, "One line per token: the id, a tab, the text");
  explain(command, "Works for every file with a known vocabulary, whatever the model.",
          "  cria tokenize model.gguf \"Hello world\"\n"
          "  cria tokenize model.gguf --pieces - < text.txt");
}

void declare_detokenize(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "detokenize", "Prints the text of token ids, to the byte.", detokenize);
  model(command, options->model);
  texts(command, "IDS", options->ids,
        "Ids parted by spaces, commas or newlines; - or none: standard input")
      ->type_name("");
  command->add_flag("--special", options->special, "Show control tokens too");
  explain(command, "Adds a newline only at a terminal.",
          "  cria detokenize model.gguf 19556 905\n"
          "  cria tokenize model.gguf \"Hello\" | cria detokenize model.gguf");
}

void declare_logits(CLI::App& app, Action& action) {
  const auto [command, options] = declare(
      app, action, "logits", "Writes the logits of every token of a sequence to a file.", logits);
  model(command, options->model);
  text(command, "--ids", options->ids, "Token ids: 1,2,3, or - for standard input, or @FILE")
      ->required()
      ->type_name("IDS");
  text(command, "-o,--output", options->output, "The .safetensors file to write")
      ->required()
      ->type_name("FILE");
  command->add_flag("--trace", options->trace, "Also write every named result: hidden.0, ...");
  command->add_option("--chunk", options->chunk, "The most tokens of a pass")
      ->check(range(int64_t{1}, kMostTokens))
      ->type_name("N")
      ->capture_default_str();
  backend(command, options->compute);
  threads(command, options->compute.threads);
  cache_type(command, options->compute);
  adapters(command, options->compute);
  explain(command, "cria compare reads the file.",
          "  cria logits model.gguf --ids 1,403,407 -o logits.safetensors\n"
          "  cria tokenize model.gguf --bos \"Hello\" | cria logits model.gguf --ids - \\\n"
          "      --backend reference --trace -o expected.safetensors");
}

// What embed and rerank share.
template <class Options>
void reading(CLI::App* command, Options& to) {
  text(command, "--file", to.file, "Read them from a file, one a line")->type_name("FILE");
  command
      ->add_option("--num-ctx", to.context,
                   "The most tokens of a text; default: as many as the model was made for, at most "
                   "8192")
      ->check(range(int64_t{1}, kMostTokens))
      ->type_name("N");
  command->add_flag("--no-truncate", to.whole,
                    "Fail when a text is too long, instead of leaving its end out");
  command->add_flag("--json", to.json, "Print JSON");
  backend(command, to.compute);
  threads(command, to.compute.threads);
  cache_type(command, to.compute);
  adapters(command, to.compute);
}

void declare_embed(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "embed", "Prints the embeddings of texts: a vector for each.", embed);
  model(command, options->model);
  texts(command, "TEXT", options->texts, "The texts; - or none: lines of standard input")
      ->type_name("");
  command
      ->add_option("--pooling", options->pooling,
                   "What of a text's tokens makes its vector: mean, cls (the first) or last; "
                   "default: what the model was made with")
      ->check(CLI::IsMember({"mean", "cls", "last"}))
      ->type_name("NAME");
  command->add_flag("--raw", options->raw, "Leave vectors at the length that they have");
  reading(command, *options);
  explain(
      command,
      "Prints a line of numbers for each text, in their order. Vectors have length 1, unless the "
      "model\nwas made without that. Texts are read many at a time.",
      "  cria embed all-minilm.gguf \"The sky is blue\" \"Der Himmel ist blau\"\n"
      "  cria embed all-minilm.gguf --json < lines.txt\n"
      "  cria embed qwen3.gguf --pooling last --file lines.txt");
}

void declare_rerank(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "rerank", "Scores how well documents answer a query.", rerank);
  model(command, options->model);
  text(command, "QUERY", options->query, "What is asked")->required()->type_name("");
  texts(command, "DOCUMENT", options->documents,
        "The documents; - or none: lines of standard input")
      ->type_name("");
  command->add_option("--top", options->top, "Print only the best so many")
      ->check(range(int64_t{1}, kMostTokens))
      ->type_name("N");
  reading(command, *options);
  explain(
      command,
      "Needs a cross-encoder. Prints the documents with their scores, the best first. INDEX is "
      "a\ndocument's place among those given, from 0 on. Scores are as the model gives them, and "
      "have no bounds.",
      "  cria rerank ms-marco.gguf \"How tall is Everest?\" \"It is 8849 m high.\" \"It is "
      "cold.\"\n"
      "  cria rerank ms-marco.gguf \"How tall is Everest?\" --top 3 --json < lines.txt");
}

void declare_compare(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "compare",
              "Compares what a model computes with what another engine did.", compare);
  model(command, options->model);
  text(command, "EXPECTED", options->expected,
       "A .safetensors file with input_ids, hidden.0 to hidden.N, logits, embedding.mean, .cls and "
       ".last, layers by their names in the model (blk.0.attn_output), greedy.prompt and "
       "greedy.tokens, or some of them")
      ->required()
      ->type_name("");
  command->add_option("--max-nmse", options->max_nmse, "The largest error of a tensor that agrees")
      ->type_name("X")
      ->check(range(0.0, 1e300))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON");
  backend(command, options->compute);
  threads(command, options->compute.threads);
  cache_type(command, options->compute);
  adapters(command, options->compute);
  explain(command,
          "Hidden states, logits or scores, embeddings and greedy tokens are compared. The exit "
          "status is 0 only if all "
          "that\n"
          "the file holds was compared and agrees. The defaults are for accuracy: --backend cpu "
          "--kv f32.",
          "  cria compare model.gguf expected.safetensors\n"
          "  cria compare model.gguf expected.safetensors --backend reference --max-nmse 1e-9");
}

void declare_convert(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "convert",
              "Makes a .gguf file of a Hugging Face checkpoint, or of a PEFT adapter.", convert);
  text(command, "DIR", options->folder,
       "The checkpoint's folder: config.json, model*.safetensors or pytorch_model*.bin, and its "
       "tokenizer; or an adapter's: adapter_config.json and adapter_model.safetensors or .bin")
      ->required()
      ->type_name("");
  text(command, "-o,--output", options->output, "The .gguf file to write")
      ->required()
      ->type_name("FILE");
  std::vector<std::string> types{"auto"};
  for (const quantize::Preset& preset : quantize::presets()) types.emplace_back(preset.name);
  command
      ->add_option("--type", options->type,
                   "Type of the matrices: auto: as they are stored; f32, f16, bf16, or one that "
                   "quantize makes, such as q8_0 or q4_k_m")
      ->check(CLI::IsMember(types, CLI::ignore_case))
      ->transform(CLI::detail::to_lower)
      ->type_name("TYPE")
      ->capture_default_str();
  text(command, "--layers", options->layers,
       "Also write which layers are which modules of the checkpoint, for scripts/reference.py")
      ->type_name("FILE");
  text(command, "--pre", options->pre,
       "GGUF's name of the pre-tokenizer, when it is not recognised")
      ->type_name("NAME");
  text(command, "--base", options->base,
       "Of an adapter: the folder of its model, when adapter_config.json does not name one that is "
       "here; config.json is enough")
      ->type_name("DIR");
  command
      ->add_option("--split-size", options->part_bytes,
                   "Write files with at most so many bytes of tensors each: 500M, 4G")
      ->transform(CLI::AsSizeValue(false))
      ->type_name("SIZE");
  command->add_flag("--force", options->force, "Replace the output if it is there");
  explain(command,
          "The finished file is checked as if it were loaded before it gets its name. On any error "
          "none is left.",
          "  cria convert Qwen2.5-0.5B-Instruct -o qwen2.5-0.5b.gguf\n"
          "  cria convert Llama-3.2-1B -o llama.gguf --type f16\n"
          "  cria convert Llama-3.2-1B -o llama-q4.gguf --type q4_k_m\n"
          "  cria convert Llama-3.1-70B -o llama.gguf --split-size 10G\n"
          "  cria convert checkpoint -o model.gguf --pre llama-bpe\n"
          "  cria convert adapter -o adapter.gguf --base Llama-3.2-1B");
}

void declare_bench(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "bench", "Measures tokens per second, with random tokens.", bench);
  model(command, options->model);
  numbers(command, "--prefill", options->prefill, 0, kMostTokens, "Tokens of a prompt; 0: none")
      ->capture_default_str();
  numbers(command, "--decode", options->decode, 0, kMostTokens,
          "Tokens generated one after the other; 0: none")
      ->capture_default_str();
  numbers(command, "--depth", options->depth, 0, kMostTokens, "Tokens in the cache before")
      ->capture_default_str();
  numbers(command, "--batch", options->batch, 1, 4096,
          "Sequences that decode at once; the rate is that of all together")
      ->capture_default_str();
  numbers(command, "--threads", options->threads, 1, kMostThreads,
          "Threads; default: as many as there are cores");
  command->add_option("--repeat", options->repeat, "Repetitions, after one that does not count")
      ->check(range(1, 1000000))
      ->type_name("N")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON");
  backend(command, options->compute);
  cache_type(command, options->compute);
  explain(command, "Lists give every combination.",
          "  cria bench model.gguf\n"
          "  cria bench model.gguf --prefill 128,512 --decode 64 --threads 1,2,4\n"
          "  cria bench model.gguf --prefill 0 --depth 0,1024 --batch 1,8 --json");
}

}  // namespace

void declare_commands(CLI::App& app, Action& action) {
  declare_run_command(app, action);
  declare_serve(app, action);
  declare_server_commands(app, action);
  declare_store_commands(app, action);
  declare_description_commands(app, action);
  declare_tokenize(app, action);
  declare_detokenize(app, action);
  declare_embed(app, action);
  declare_rerank(app, action);
  declare_logits(app, action);
  declare_compare(app, action);
  declare_convert(app, action);
  declare_quality_commands(app, action);
  declare_bench(app, action);
}

}  // namespace cria::cmd
