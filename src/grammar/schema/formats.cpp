#include "grammar/schema/formats.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace cria::grammar {
namespace {

// Years 0001 to 9999; 29 February in leap years only.
#define DATE                                                                            \
  "(?:(?:000[1-9]|00[1-9]\\d|0[1-9]\\d\\d|[1-9]\\d{3})-"                                \
  "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|" \
  "02-(?:0[1-9]|1\\d|2[0-8]))|"                                                         \
  "(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)"
// Without leap seconds.
#define TIME \
  "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)"
#define HOST "[A-Za-z0-9](?:-?[A-Za-z0-9]){0,24}(?:\\.[A-Za-z0-9](?:-?[A-Za-z0-9]){0,24}){0,4}"
#define BYTE "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)"
#define IPV4 BYTE "(?:\\." BYTE "){3}"
#define H16 "[0-9A-Fa-f]{1,4}"
#define IPV6                                                                                      \
  "(?:" H16 ":){7}" H16 "|(?:" H16 ":){1,7}:|(?:" H16 ":){1,6}:" H16 "|(?:" H16 ":){1,5}(?::" H16 \
  "){1,2}|(?:" H16 ":){1,4}(?::" H16 "){1,3}|(?:" H16 ":){1,3}(?::" H16 "){1,4}|(?:" H16          \
  ":){1,2}(?::" H16 "){1,5}|" H16 ":(?::" H16 "){1,6}|:(?::" H16 "){1,7}|::"
#define LOCAL "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
#define PCHAR "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"

#define URI                                                                                  \
  "[A-Za-z][A-Za-z0-9+.-]*:(?://(?:" HOST "|\\[::1\\])(?::\\d{1,5})?(?:/" PCHAR "*)*|" PCHAR \
  "+(?:/" PCHAR "*)*)(?:\\?(?:" PCHAR "|[/?])*)?(?:#(?:" PCHAR "|[/?])*)?"
#define EMAIL LOCAL "{1,32}(?:\\." LOCAL "{1,15}){0,2}@" HOST
#define ANY "[^]*"
// Of at most 37 and 63 characters, where texts must not be long.
#define SHORT_HOST "[A-Za-z0-9](?:-?[A-Za-z0-9]){0,9}(?:\\.[A-Za-z]{2,8}){1,2}"
#define SHORT_EMAIL LOCAL "{1,16}(?:\\." LOCAL "{1,8})?@" SHORT_HOST

struct Format {
  const char* name;
  const char* pattern;
};

constexpr std::array kFormats{
    Format{"date", DATE},
    Format{"time", TIME},
    Format{"date-time", DATE "T" TIME},
    Format{"duration",
           "P(?:\\d{1,9}W|(?:\\d{1,9}Y(?:\\d{1,9}M(?:\\d{1,9}D)?)?|\\d{1,9}M(?:\\d{1,9}D)?|"
           "\\d{1,9}D)(?:T(?:\\d{1,9}H(?:\\d{1,9}M(?:\\d{1,9}S)?)?|\\d{1,9}M(?:\\d{1,9}S)?|"
           "\\d{1,9}S))?|T(?:\\d{1,9}H(?:\\d{1,9}M(?:\\d{1,9}S)?)?|\\d{1,9}M(?:\\d{1,9}S)?|"
           "\\d{1,9}S))"},
    Format{"uuid", "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"},
    Format{"hostname", HOST},
    Format{"idn-hostname", HOST},
    Format{"email", EMAIL},
    Format{"idn-email", EMAIL},
    Format{"ipv4", IPV4},
    Format{"cidrv4", IPV4 "/(?:3[0-2]|[12]?\\d)"},
    Format{"ipv4interface", IPV4 "/(?:3[0-2]|[12]?\\d)"},
    Format{"ipv6", IPV6},
    Format{"cidrv6", "(?:" IPV6 ")/(?:12[0-8]|1[01]\\d|[1-9]?\\d)"},
    Format{"ipv6interface", "(?:" IPV6 ")/(?:12[0-8]|1[01]\\d|[1-9]?\\d)"},
    Format{"uri", URI},
    Format{"uri-reference", URI},
    Format{"iri", URI},
    Format{"iri-reference", URI},
    Format{"json-pointer", "(?:/(?:[^/~]|~[01])*)*"},
    Format{"relative-json-pointer", "(?:0|[1-9]\\d{0,8})(?:#|(?:/(?:[^/~]|~[01])*)*)"},
    // Those of pydantic and zod.
    Format{"base64", "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"},
    Format{"base64url", "(?:[A-Za-z0-9_-]{4})*"},
    Format{"jwt", "[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+"},
    Format{"e164", "\\+[1-9]\\d{6,14}"},
    Format{"nanoid", "[A-Za-z0-9_-]{21}"},
    Format{"cuid", "c[0-9a-z]{24}"},
    Format{"cuid2", "[a-z][0-9a-z]{23}"},
    Format{"ulid", "[0-7][0-9A-HJKMNP-TV-Z]{25}"},
    Format{"hex", "[0-9A-Fa-f]*"},
    // What zod means by these stands in a pattern beside them.
    Format{"starts_with", ANY},
    Format{"ends_with", ANY},
    Format{"includes", ANY},
    Format{"password", ANY},
    Format{"binary", ANY},
    Format{"path", ANY},
    Format{"file-path", ANY},
    Format{"directory-path", ANY},
};

constexpr std::array kNumberFormats{
    NumberFormat{"float", false, 0, 0},
    NumberFormat{"double", false, 0, 0},
    NumberFormat{"int8", true, -128, 127},
    NumberFormat{"uint8", true, 0, 255},
    NumberFormat{"int16", true, -32'768, 32'767},
    NumberFormat{"uint16", true, 0, 65'535},
    NumberFormat{"int32", true, -2'147'483'648, 2'147'483'647},
    NumberFormat{"uint32", true, 0, 4'294'967'295},
    // Up to kMostDigits digits.
    NumberFormat{"int64", true, -9'999'999'999'999'999, 9'999'999'999'999'999},
    NumberFormat{"uint64", true, 0, 9'999'999'999'999'999},
};

}  // namespace

const char* format_pattern(std::string_view name) {
  for (const Format& format : kFormats) {
    if (name == format.name) return format.pattern;
  }
  return nullptr;
}

std::optional<std::string> format_pattern_within(std::string_view name, uint32_t most) {
  constexpr uint32_t kShort = 64, kRestOfUri = 58, kMostPart = 10'000;
  if (most < kShort) return std::nullopt;
  if (name == "hostname" || name == "idn-hostname") return SHORT_HOST;
  if (name == "email" || name == "idn-email") return SHORT_EMAIL;
  const char* known = format_pattern(name);
  if (!known || std::string_view(known) != URI) return std::nullopt;
  // Each character of the path and of the query may be three.
  const std::string times = concat("{0,", std::min((most - kRestOfUri) / 6, kMostPart), "}");
  return concat("[A-Za-z][A-Za-z0-9+.-]{0,9}://" SHORT_HOST "(?::\\d{1,5})?(?:/(?:/|" PCHAR ")",
                times, ")?(?:\\?(?:[/?]|" PCHAR ")", times, ")?");
}

const NumberFormat* number_format(std::string_view name) {
  const auto* found = std::ranges::find(kNumberFormats, name, &NumberFormat::name);
  return found == kNumberFormats.end() ? nullptr : &*found;
}

std::string known_formats() {
  std::string names;
  for (const Format& format : kFormats) {
    if (!names.empty()) names += ", ";
    names += format.name;
  }
  return names;
}

#undef DATE
#undef TIME
#undef HOST
#undef BYTE
#undef IPV4
#undef H16
#undef LOCAL
#undef PCHAR
#undef IPV6
#undef URI
#undef EMAIL
#undef ANY
#undef SHORT_HOST
#undef SHORT_EMAIL

}  // namespace cria::grammar
