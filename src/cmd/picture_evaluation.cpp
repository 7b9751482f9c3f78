#include "cmd/picture_evaluation.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/error.h"
#include "serving/pictures.h"

namespace cria::cmd {
namespace {

constexpr std::string_view kPixels = "image.pixel_values", kShape = "image.aspect_ratio_ids",
                           kTiles = "image.num_tiles", kIds = "image.input_ids";

model::Picture picture_in(const safetensors::File& file) {
  const std::vector<int32_t> shape = file.ints(kShape), tiles = file.ints(kTiles);
  if (shape.size() != 1 || tiles.size() != 1) {
    fail(Error::Code::kUnsupported, file.path(), ": has ", tiles.size(), " pictures, expected 1");
  }
  return {.pixels = file.floats(kPixels), .tiles = tiles[0], .shape = shape[0]};
}

Result copy_of(const model::NamedResult& named) {
  const auto dims = named.shape.dims();
  return {named.name, {dims.begin(), dims.end()}, {named.values.begin(), named.values.end()}};
}

// What the picture beside the file becomes; without one, what the file has.
Result own_pixels(const safetensors::File& file, const model::VisionSpec& spec,
                  const model::Picture& given) {
  const std::filesystem::path beside =
      std::filesystem::path(file.path()).parent_path() / "image.png";
  Result result{std::string(kPixels), {spec.tiles, 3, spec.size, spec.size}, given.pixels};
  if (!std::filesystem::exists(beside)) return result;
  const model::Picture own = serving::picture_of(image::read(beside.string()), spec);
  if (own.tiles != given.tiles || own.shape != given.shape) {
    fail(Error::Code::kCorrupt, beside.string(), ": becomes ", own.tiles, " tiles of shape ",
         own.shape, ", but ", file.path(), " has ", given.tiles, " of shape ", given.shape);
  }
  result.values = own.pixels;
  return result;
}

}  // namespace

bool is_picture(std::string_view name) {
  return std::ranges::count(std::array{kShape, kTiles, kIds}, name) > 0;
}

size_t picture_tokens(const safetensors::File& file) {
  return file.find(kIds) ? file.ints(kIds).size() : 0;
}

std::vector<Result> picture_results(const safetensors::File& file, model::Executor& executor) {
  if (!executor.vision() || !file.find(kPixels)) return {};
  const model::Picture picture = picture_in(file);
  const std::vector<int32_t> ids = file.ints(kIds);
  const auto token = std::ranges::find(ids, executor.vision()->vision_spec().token);
  if (token == ids.end()) {
    fail(Error::Code::kCorrupt, file.path(), ": ", kIds, " has no token ",
         executor.vision()->vision_spec().token, ", which stands for a picture");
  }
  const model::PlacedPicture placed{&picture, token - ids.begin()};
  SequenceRunner runner(executor);
  runner.encode({&placed, 1});
  std::vector<Result> results{own_pixels(file, executor.vision()->vision_spec(), picture)};
  for (const model::NamedResult& named : executor.trace()) results.push_back(copy_of(named));
  Result logits{"image.logits", {0, 0}, {}};
  const auto most = static_cast<size_t>(executor.options().max_tokens);
  for (size_t first = 0; first < ids.size(); first += most) {
    const auto tokens = std::span(ids).subspan(first, std::min(most, ids.size() - first));
    const auto rows = runner.pass(tokens, SequenceRunner::Rows::kAll);
    logits.values.insert(logits.values.end(), rows.begin(), rows.end());
    logits.shape = {logits.shape[0] + std::ssize(tokens), std::ssize(rows) / std::ssize(tokens)};
  }
  results.push_back(std::move(logits));
  return results;
}

}  // namespace cria::cmd
