#include "cmd/op_options_text.h"

#include <vector>

#include "base/error.h"
#include "cmd/format.h"
#include "cmd/metadata_text.h"

namespace cria::cmd {
namespace {

using namespace ml;

std::string list(std::initializer_list<std::string> items) {
  std::string text;
  for (const std::string& item : items) {
    if (!item.empty()) append_item(text, ", ", item);
  }
  return text;
}

// "name value", unless the value is the one that does nothing.
template <class T>
std::string unless(T nothing, const char* name, T value) {
  return value == nothing ? "" : concat(name, ' ', value);
}

std::string pair(const std::array<int64_t, 2>& values) { return shape_text(values); }

std::string text(std::monostate) { return {}; }
std::string text(const AffineOptions& o) {
  return list({unless(1.f, "scale", o.scale), unless(0.f, "offset", o.offset)});
}
std::string text(const NormOptions& o) { return concat("eps ", o.eps); }
std::string text(const PermuteOptions& o, int rank) {
  return concat("axes ", shape_text(std::vector<int64_t>(o.axes.begin(), o.axes.begin() + rank)));
}
std::string text(const SliceOptions& o) {
  return list({concat("axis ", o.axis), concat(o.begin, " to ", o.end),
               unless(int64_t{1}, "step", o.step)});
}
std::string text(const ClampOptions& o) { return concat(o.low, " to ", o.high); }
std::string text(const AxisOptions& o) {
  return list({concat("axis ", o.axis), unless(int64_t{0}, "size", o.size)});
}
std::string text(const PadOptions& o) {
  return concat("axis ", o.axis, ", before ", o.before, ", after ", o.after);
}
std::string text(const TopKOptions& o) { return concat("k ", o.k, o.smallest ? ", smallest" : ""); }
std::string text(const ConvOptions& o) {
  return list({concat("stride ", pair(o.stride)), concat("dilation ", pair(o.dilation)),
               unless(int64_t{1}, "groups", o.groups)});
}
std::string text(const TriOptions& o) {
  return concat(o.lower ? "lower" : "upper", o.diagonal ? "" : ", without diagonal");
}
std::string text(Activation activation) {
  constexpr std::array<const char*, kActivations> kNames{"silu", "gelu", "gelu_erf", "quick_gelu",
                                                         "relu"};
  return kNames.at(static_cast<size_t>(activation));
}
std::string text(const SwigluOptions& o) { return concat("alpha ", o.alpha, ", limit ", o.limit); }
std::string text(RopePairs pairs) {
  return pairs == RopePairs::kHalves ? "pairs of halves" : "adjacent pairs";
}
std::string text(const RopeOptions& o) {
  const YarnOptions& yarn = o.yarn;
  return list({concat("dims ", o.dims), concat("base ", o.base), unless(1.f, "scale", o.scale),
               text(o.pairs), unless(int64_t{0}, "yarn from", yarn.original_context),
               unless(1.f, "magnitude", yarn.magnitude)});
}
std::string text(const AttentionOptions& o) {
  return list({concat("scale ", o.scale), unless(int64_t{0}, "window", o.window),
               unless(0.f, "softcap", o.softcap)});
}

}  // namespace

std::string options_text(const ml::Node& node) {
  const auto described = [&](const auto& held) {
    if constexpr (requires { text(held, 0); }) {
      return text(held, node.shape.rank());
    } else {
      return text(held);
    }
  };
  return std::visit(described, node.options);
}

}  // namespace cria::cmd
