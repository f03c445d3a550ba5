// The product of a row with a matrix in blocks of 4 bits, as an own kernel
// would compute it with AVX-512 VNNI: 16 rows at a time, 32 columns of each
// with a scale. Prints the shortest time in milliseconds. Arguments: rows,
// columns, rounds.

#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TILE = 16, BLOCK = 32, BLOCK_BYTES = TILE * BLOCK / 2 };

static double milliseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec * 1e-6;
}

static __m512i four_columns(const int8_t* row) {
  int32_t bytes;
  memcpy(&bytes, row, sizeof(bytes));
  return _mm512_set1_epi32(bytes);
}

// The row has a high and a low part, as in our products of integers.
static void multiply(const int8_t* high, const int8_t* low,
                     const uint8_t* matrix, const uint16_t* scales, int rows,
                     int columns, float* result) {
  const __m512i mask = _mm512_set1_epi8(15);
  for (int row = 0; row < rows; row += TILE) {
    __m512 total = _mm512_setzero_ps();
    for (int column = 0; column < columns; column += BLOCK) {
      __m512i highs = _mm512_setzero_si512();
      __m512i lows = _mm512_setzero_si512();
      for (int at = column; at < column + BLOCK / 2; at += 4) {
        const __m512i bytes = _mm512_loadu_si512(matrix);
        const __m512i left = _mm512_and_si512(bytes, mask);
        const __m512i right =
            _mm512_and_si512(_mm512_srli_epi16(bytes, 4), mask);
        const int other = at + BLOCK / 2;
        highs = _mm512_dpbusd_epi32(highs, left, four_columns(high + at));
        highs = _mm512_dpbusd_epi32(highs, right, four_columns(high + other));
        lows = _mm512_dpbusd_epi32(lows, left, four_columns(low + at));
        lows = _mm512_dpbusd_epi32(lows, right, four_columns(low + other));
        matrix += sizeof(bytes);
      }
      const __m512i sums = _mm512_add_epi32(_mm512_slli_epi32(highs, 7), lows);
      const __m512 scale =
          _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i*)scales));
      total = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums), scale, total);
      scales += TILE;
    }
    _mm512_storeu_ps(result + row, total);
  }
}

int main(int count, char** arguments) {
  if (count != 4) return 2;
  const int rows = atoi(arguments[1]), columns = atoi(arguments[2]);
  const size_t elements = (size_t)rows * columns;
  int8_t* parts = malloc(2 * columns);
  uint8_t* matrix = malloc(elements / 2);
  uint16_t* scales = malloc(elements / BLOCK * sizeof(uint16_t));
  float* result = malloc(rows * sizeof(float));
  memset(parts, 1, 2 * columns);
  memset(matrix, 0x35, elements / 2);
  memset(scales, 0x3c, elements / BLOCK * sizeof(uint16_t));
  double best = 1e9;
  for (int round = 0; round < atoi(arguments[3]); ++round) {
    const double start = milliseconds();
    multiply(parts, parts + columns, matrix, scales, rows, columns, result);
    const double time = milliseconds() - start;
    if (time < best) best = time;
  }
  printf("%f\n", best);
  return 0;
}
