// SHA-256 of bytes that come in pieces.

#ifndef IREE_LAUNCHER_SHA256_H_
#define IREE_LAUNCHER_SHA256_H_

#include <stddef.h>
#include <stdint.h>

typedef struct sha256_t {
  uint32_t state[8];
  uint64_t length;
  uint8_t block[64];
} sha256_t;

void sha256_begin(sha256_t* hash);
void sha256_update(sha256_t* hash, const void* bytes, size_t length);
void sha256_end(sha256_t* hash, uint8_t digest[32]);

#endif  // IREE_LAUNCHER_SHA256_H_
