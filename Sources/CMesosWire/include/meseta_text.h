// What a proto string may hold: UTF-8 without a NUL.

#ifndef MESETA_TEXT_H
#define MESETA_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// The position of the first byte that is not UTF-8 or is a NUL; `length` if there is none.
size_t meseta_find_bad_text(const uint8_t *_Nullable bytes, size_t length);

// Bit 7 of some byte is set if one of the eight is a NUL or not ASCII.
static inline uint64_t meseta_not_plain(uint64_t word) {
  return (word | (word - 0x0101010101010101u)) & 0x8080808080808080u;
}

static inline uint64_t meseta_copy_eight(char *_Nonnull to, const uint8_t *_Nonnull from) {
  uint64_t word;
  memcpy(&word, from, sizeof word);
  memcpy(to, &word, sizeof word);
  return meseta_not_plain(word);
}

// Copies the text and puts a NUL behind it: almost every text is short and plain ASCII, for which calls of
// memchr and memcpy cost more than the work. False if it is not plain.
static inline bool meseta_copy_plain_text(
    char *_Nonnull to, const uint8_t *_Nullable from, size_t length) {
  uint64_t bad = 0;
  if (length >= 8) {
    for (size_t at = 0; at + 8 <= length; at += 8) bad |= meseta_copy_eight(to + at, from + at);
    // The rest, with some of what was copied before.
    bad |= meseta_copy_eight(to + length - 8, from + length - 8);
  } else {
    for (size_t at = 0; at < length; at++) {
      bad |= from[at] == 0 || from[at] >= 0x80;
      to[at] = (char)from[at];
    }
  }
  to[length] = 0;
  return bad == 0;
}

// Writes two characters, a number in decimal digits, and a NUL: at most 23 bytes.
static inline void meseta_write_number(
    char *_Nonnull to, const char *_Nonnull two, uint64_t number) {
  size_t digits = 1;
  for (uint64_t rest = number; rest >= 10; rest /= 10) digits++;
  *to++ = two[0];
  *to++ = two[1];
  to[digits] = 0;
  for (; digits > 0; number /= 10) to[--digits] = (char)('0' + number % 10);
}

// Whether the two are the same bytes.
static inline bool meseta_same_bytes(
    const void *_Nullable left, const void *_Nullable right, size_t length) {
  return length == 0 || memcmp(left, right, length) == 0;
}

#endif
