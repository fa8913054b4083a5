// Is this text what a proto string may hold: UTF-8 without a NUL?

#include "meseta_text.h"

#include <string.h>

// The length of the well-formed sequence that starts at `at` with a byte >= 0x80, or 0 if it is none:
// no overlong forms, no surrogates, nothing past U+10FFFF.
static size_t sequence_length(const uint8_t *at, size_t left) {
  uint8_t lead = at[0];
  if (lead < 0xC2 || lead > 0xF4) return 0;
  size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (left < size) return 0;
  for (size_t i = 1; i < size; i++) {
    if ((at[i] & 0xC0) != 0x80) return 0;
  }
  if (lead == 0xE0 && at[1] < 0xA0) return 0;
  if (lead == 0xED && at[1] > 0x9F) return 0;
  if (lead == 0xF0 && at[1] < 0x90) return 0;
  if (lead == 0xF4 && at[1] > 0x8F) return 0;
  return size;
}

size_t meseta_find_bad_text(const uint8_t *bytes, size_t length) {
  const uint64_t high = 0x8080808080808080u, ones = 0x0101010101010101u;
  size_t at = 0;
  while (at < length) {
    // Eight bytes at a time while all are ASCII and none is NUL.
    while (length - at >= 8) {
      uint64_t word;
      memcpy(&word, bytes + at, 8);
      if ((word & high) != 0 || ((word - ones) & ~word & high) != 0) break;
      at += 8;
    }
    if (at == length) break;
    if (bytes[at] < 0x80) {
      if (bytes[at] == 0) return at;
      at += 1;
    } else {
      size_t size = sequence_length(bytes + at, length - at);
      if (size == 0) return at;
      at += size;
    }
  }
  return length;
}
