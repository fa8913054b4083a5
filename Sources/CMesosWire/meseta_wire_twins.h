// Messages with the same bytes within one input, which unpacking makes only once: the offers of one event repeat
// their framework, their role and most of their resources.

#ifndef MESETA_WIRE_TWINS_H
#define MESETA_WIRE_TWINS_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <string.h>

// How many are remembered, as a power of two; of which sizes; and how long an input must be to repeat itself.
enum { twin_bits = 6, min_twin = 8, max_twin = 256, min_input = 512 };

// A complete message, how deep it is nested, what of the arena it took, and its bytes.
typedef struct {
  const ProtobufCMessageDescriptor *descriptor;
  size_t depth;
  ProtobufCMessage *message;
  size_t cost;
  const uint8_t *bytes;
  size_t size;
} meseta_twin;

// A newer message takes the place of an older with the same hash.
typedef struct {
  bool in_use;
  meseta_twin places[1 << twin_bits];
} meseta_twins;

static inline void meseta_twins_begin(meseta_twins *twins, size_t input) {
  twins->in_use = input >= min_input;
  if (twins->in_use) memset(twins->places, 0, sizeof twins->places);
}

// Where a message of these bytes may be found, and is to be remembered; null if it does not pay.
static inline meseta_twin *meseta_twin_place(meseta_twins *twins, const uint8_t *bytes, size_t size) {
  if (!twins->in_use || size < min_twin || size > max_twin) return NULL;
  const uint64_t factor = 0x9E3779B97F4A7C15u;
  uint64_t hash = size, word;
  for (size_t at = 0; at + 8 < size; at += 8) {
    memcpy(&word, bytes + at, sizeof word);
    hash = (hash ^ word) * factor;
    hash ^= hash >> 32;
  }
  memcpy(&word, bytes + size - 8, sizeof word);
  return &twins->places[(hash ^ word) * factor >> (64 - twin_bits)];
}

// Whether the twin can stand for such a message. What nests too deep here may have been admitted further out.
static inline bool meseta_twin_is(
    const meseta_twin *twin, const ProtobufCMessageDescriptor *descriptor, size_t depth,
    const uint8_t *bytes, size_t size) {
  return twin->descriptor == descriptor && twin->depth >= depth && twin->size == size
      && memcmp(twin->bytes, bytes, size) == 0;
}

#endif
