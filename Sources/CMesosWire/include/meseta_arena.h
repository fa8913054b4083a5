// A bump arena for protobuf-c: allocation moves a pointer, nothing is freed alone, reset takes all back.
//
// It is written in C because libprotobuf-c calls it once for every string and message of an input, where a
// callback into Swift costs more than malloc.

#ifndef MESETA_ARENA_H
#define MESETA_ARENA_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "meseta_text.h"

// Every allocation is rounded up to this.
#define MESETA_ARENA_ALIGNMENT ((size_t)8)

struct meseta_arena_chunk;

typedef struct meseta_arena {
  // To be handed to protobuf-c. Its free does nothing.
  ProtobufCAllocator allocator;
  // What of the current chunk is free. Allocations are made at its start, packed messages at its end.
  uint8_t *_Nullable next;
  uint8_t *_Nullable end;
  struct meseta_arena_chunk *_Nullable chunks;
  // Bytes handed out or charged since the last reset, never more than `bound`.
  size_t used;
  size_t bound;
} meseta_arena;

// An empty arena that hands out at most `bound` bytes between resets; null if memory is short.
meseta_arena *_Nullable meseta_arena_create(size_t bound);

// Takes everything back. Pointers into the arena dangle afterwards. A chunk of up to 1 MiB is kept for the
// next round, so that one large message does not pin its memory.
void meseta_arena_reset(meseta_arena *_Nonnull arena);

void meseta_arena_destroy(meseta_arena *_Nullable arena);

// Begins a new chunk of at least `size` bytes, whatever the bound; false if memory is short. What was handed out
// stays where it is.
bool meseta_arena_new_chunk(meseta_arena *_Nonnull arena, size_t size);

// What `meseta_arena_alloc` does when the current chunk is full. `size` is rounded and within the bound.
void *_Nullable meseta_arena_alloc_slow(meseta_arena *_Nonnull arena, size_t size);

// `size` bytes, uninitialised and aligned; null if that would pass the bound or memory is short.
static inline void *_Nullable meseta_arena_alloc(meseta_arena *_Nonnull arena, size_t size) {
  if (size > arena->bound - arena->used) return NULL;
  size = size == 0 ? MESETA_ARENA_ALIGNMENT
                   : (size + MESETA_ARENA_ALIGNMENT - 1) & ~(MESETA_ARENA_ALIGNMENT - 1);
  if (size > arena->bound - arena->used) return NULL;
  if (size > (size_t)(arena->end - arena->next)) return meseta_arena_alloc_slow(arena, size);
  void *result = arena->next;
  arena->next += size;
  arena->used += size;
  return result;
}

// Counts bytes against the bound that are not handed out; false if that would pass it.
static inline bool meseta_arena_charge(meseta_arena *_Nonnull arena, size_t size) {
  if (size > arena->bound - arena->used) return false;
  arena->used += size;
  return true;
}

// A new message of this kind, every field at its default; null if the arena is full.
static inline ProtobufCMessage *_Nullable meseta_arena_new_message(
    meseta_arena *_Nonnull arena, const ProtobufCMessageDescriptor *_Nonnull descriptor) {
  ProtobufCMessage *message = meseta_arena_alloc(arena, descriptor->sizeof_message);
  if (message != NULL) descriptor->message_init(message);
  return message;
}

// A copy of a text that is valid UTF-8, with a NUL behind it; null if the text holds a NUL or the arena is full.
static inline char *_Nullable meseta_arena_text(
    meseta_arena *_Nonnull arena, const uint8_t *_Nullable bytes, size_t length) {
  char *text = meseta_arena_alloc(arena, length + 1);
  if (text == NULL || meseta_copy_plain_text(text, bytes, length)) return text;
  return memchr(text, 0, length) == NULL ? text : NULL;
}

#endif
