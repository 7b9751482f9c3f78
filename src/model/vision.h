#pragma once
// What a model implements besides that can see: an encoder of pictures, to whose results layers of
// kind kEncoder attend.

#include <array>
#include <cstdint>
#include <vector>

#include "kvcache/layer.h"
#include "ml/tensor.h"

namespace cria::model {

// A picture cut into tiles, as the model was taught to see it.
struct Picture {
  std::vector<float> pixels;  // [tiles, 3, size, size], with the tiles that are not used
  int64_t tiles = 0;          // that are used, the first ones
  int64_t shape = 0;          // how they lie: the model's number for it
};

// A picture in the graph of the encoder's pass, which is another one for each number of tiles used.
struct PictureInputs {
  ml::Tensor pixels;  // [tiles, 3, size, size]
  ml::Tensor shape;   // i32 [1]
  int64_t tiles = 0;  // used
  // Where the encoder's layers, one after another, keep keys and values of its own rows.
  kvcache::Layer history;
};

// What samples of 8 bits become: (sample * rescale - mean) / deviation, for red, green and blue.
struct PixelOptions {
  double rescale = 1 / 255.0;
  std::array<float, 3> mean{}, deviation{};
  bool bicubic = false;  // how pictures are resized, else bilinear
};

struct VisionSpec {
  int32_t token = 0;                          // the id that stands for a picture
  int64_t tiles = 0, size = 0, shapes = 0;    // the most tiles, pixels of their sides, shapes
  int64_t rows = 0, heads = 0, head_dim = 0;  // of the encoder's attention
  int64_t encoded = 0;                        // rows that are written for layers to attend to
  PixelOptions pixels;
};

class Vision {
 public:
  virtual ~Vision() = default;
  virtual VisionSpec vision_spec() const = 0;
  // How many of the rows written are no filling, when so many tiles are used.
  virtual int64_t seen(int64_t tiles) const = 0;
  // The last row that each row of the encoder's own attention sees.
  virtual std::vector<int32_t> last_rows(int64_t tiles) const = 0;
  // Builds the graph of the encoder, and appends its results to the layers that attend to them.
  virtual void encode(PictureInputs picture, kvcache::View& cache) const = 0;
};

}  // namespace cria::model
