#include <float.h>
#include <string.h>

#include "internal.h"

// Decimal places that a mantissa has at most: more may not fit 64 bits.
#define MAX_DIGITS 19

// Largest power of ten that a double represents, and the largest that is
// multiplied of three.
#define EXACT_POWER 22
#define MAX_POWER (3 * EXACT_POWER)

static const double kPowers[EXACT_POWER + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

typedef struct {
  const uint8_t* at;
  const uint8_t* end;
} text_t;

static inline void skip_spaces(text_t* text) {
  while (text->at < text->end && (*text->at == ' ' || *text->at == '\n' ||
                                  *text->at == '\r' || *text->at == '\t')) {
    ++text->at;
  }
}

static inline bool take(text_t* text, uint8_t byte) {
  if (text->at == text->end || *text->at != byte) return false;
  ++text->at;
  return true;
}

static inline bool is_digit(const text_t* text) {
  return text->at < text->end && (uint8_t)(*text->at - '0') <= 9;
}

// Whether all of the 8 bytes are digits: their upper halves are those of '0',
// also after adding what carries from 9 up.
static inline bool are_digits(uint64_t bytes) {
  const uint64_t upper = UINT64_C(0xF0F0F0F0F0F0F0F0);
  const uint64_t zeros = UINT64_C(0x3030303030303030);
  return (bytes & upper) == zeros &&
         ((bytes + UINT64_C(0x0606060606060606)) & upper) == zeros;
}

// The number of 8 digits, the first in the lowest byte: sums of neighbours,
// three times.
static inline uint64_t value_of_digits(uint64_t bytes) {
  bytes -= UINT64_C(0x3030303030303030);
  bytes = (bytes * 10 + (bytes >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
  bytes = (bytes * 100 + (bytes >> 16)) & UINT64_C(0x0000FFFF0000FFFF);
  return (bytes * 10000 + (bytes >> 32)) & UINT64_C(0xFFFFFFFF);
}

// Appends digits to |mantissa|. Returns their number.
static inline iree_host_size_t take_digits(text_t* text, uint64_t* mantissa) {
  const uint8_t* start = text->at;
  uint64_t bytes;
  while (text->end - text->at >= (ptrdiff_t)sizeof(bytes)) {
    memcpy(&bytes, text->at, sizeof(bytes));
    if (!are_digits(bytes)) break;
    *mantissa = *mantissa * 100000000 + value_of_digits(bytes);
    text->at += sizeof(bytes);
  }
  for (; is_digit(text); ++text->at) {
    *mantissa = *mantissa * 10 + (uint64_t)(*text->at - '0');
  }
  return (iree_host_size_t)(text->at - start);
}

static inline bool take_exponent(text_t* text, int* out_exponent) {
  bool is_negative = take(text, '-');
  if (!is_negative) take(text, '+');
  if (!is_digit(text)) return false;
  int exponent = 0;
  for (; is_digit(text); ++text->at) {
    exponent = exponent * 10 + (*text->at - '0');
    if (exponent > MAX_POWER) return false;
  }
  *out_exponent = is_negative ? -exponent : exponent;
  return true;
}

// |mantissa| * 10^|power|, by at most three roundings.
static inline double scale(uint64_t mantissa, int power) {
  double value = (double)mantissa;
  for (; power > EXACT_POWER; power -= EXACT_POWER) {
    value *= kPowers[EXACT_POWER];
  }
  for (; power < -EXACT_POWER; power += EXACT_POWER) {
    value /= kPowers[EXACT_POWER];
  }
  return power < 0 ? value / kPowers[-power] : value * kPowers[power];
}

// Rounds as through the nearest double, if that is known. With the conversion
// of the mantissa there are four roundings, of half a unit in the last place
// each; |value| and the nearest double differ by less than 8 units.
static inline bool round_to_float(uint64_t mantissa, int power, double value,
                                  float* out_value) {
  *out_value = (float)value;
  bool is_nearest = mantissa <= (UINT64_C(1) << 53) && power <= EXACT_POWER &&
                    power >= -EXACT_POWER;
  if (is_nearest) return true;
  double margin = value * (8 * 0x1p-52);
  return (float)(value - margin) == (float)(value + margin);
}

static inline bool take_number(text_t* text, float* out_value) {
  bool is_negative = take(text, '-');
  uint64_t mantissa = 0;
  const uint8_t* start = text->at;
  iree_host_size_t digits = take_digits(text, &mantissa);
  // More digits may have overflowed, even to zero.
  if (digits == 0 || digits > MAX_DIGITS) return false;
  if (digits > 1 && *start == '0') return false;
  int power = 0;
  if (take(text, '.')) {
    // The mantissa begins after the first zeros.
    const uint8_t* fraction = text->at;
    if (mantissa == 0) {
      digits = 0;
      while (take(text, '0')) {
      }
    }
    digits += take_digits(text, &mantissa);
    if (text->at == fraction || text->at - fraction > MAX_POWER) return false;
    power = -(int)(text->at - fraction);
  }
  if (digits > MAX_DIGITS) return false;
  if (take(text, 'e') || take(text, 'E')) {
    int exponent = 0;
    if (!take_exponent(text, &exponent)) return false;
    power += exponent;
  }
  float value = 0.0f;
  if (mantissa > 0) {
    if (power > MAX_POWER || power < -MAX_POWER) return false;
    double wide = scale(mantissa, power);
    if (!round_to_float(mantissa, power, wide, &value)) return false;
    // Too large or too small to be kept.
    if (value > FLT_MAX || value == 0.0f) return false;
  }
  *out_value = is_negative ? -value : value;
  return true;
}

uint32_t iree_ffi_json_array_end(const uint8_t* json, uint32_t length) {
  const uint8_t* end = length > 0 ? memchr(json, ']', length) : NULL;
  return end ? (uint32_t)(end - json) : length;
}

uint32_t iree_ffi_json_floats(const uint8_t* json, uint32_t length,
                              float* values, uint32_t count) {
  text_t text = {json, json + length};
  for (uint32_t i = 0; i < count; ++i) {
    skip_spaces(&text);
    if (i > 0) {
      if (!take(&text, ',')) return 0;
      skip_spaces(&text);
    }
    if (!take_number(&text, &values[i])) return 0;
  }
  skip_spaces(&text);
  return text.at == text.end;
}
