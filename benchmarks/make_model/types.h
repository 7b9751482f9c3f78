#pragma once
// Which type each weight of a file gets.

#include <string>
#include <string_view>

#include "ml/dtype.h"
#include "ml/shape.h"

namespace cria::benchmarks {

// A type of ml/dtypes.def for all matrices ("q8_0"), or a mixture by the rules of llama.cpp's
// files: "q4_k_m" and kin have better types where errors cost most.
class FileType {
 public:
  // InvalidArgument with the names there are.
  explicit FileType(std::string_view name);

  // Of a weight in block `block` of `blocks` (-1: in none). Vectors are F32, and rows that are no
  // whole number of the type's blocks get a type of about as many bits with smaller ones.
  ml::DType of(const std::string& weight, const ml::Shape& shape, int64_t block,
               int64_t blocks) const;

 private:
  ml::DType base_, better_;
};

}  // namespace cria::benchmarks
