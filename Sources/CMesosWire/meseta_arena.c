// The bump arena: a list of chunks that double in size, and a pointer into the newest.

#include "meseta_arena.h"

#include <stdlib.h>

enum { first_chunk = 32 * 1024, kept_chunk = 1024 * 1024 };

struct meseta_arena_chunk {
  struct meseta_arena_chunk *older;
  size_t size;
  // 8-aligned: the header is two words.
  uint8_t bytes[];
};

static void *arena_allocate(void *data, size_t size) { return meseta_arena_alloc(data, size); }

static void arena_free(void *data, void *pointer) {
  (void)data;
  (void)pointer;
}

meseta_arena *meseta_arena_create(size_t bound) {
  meseta_arena *arena = calloc(1, sizeof *arena);
  if (arena == NULL) return NULL;
  arena->allocator.alloc = arena_allocate;
  arena->allocator.free = arena_free;
  arena->allocator.allocator_data = arena;
  // Rounding up never carries past the bound if it is itself a multiple.
  arena->bound = bound & ~(MESETA_ARENA_ALIGNMENT - 1);
  return arena;
}

static void use_chunk(meseta_arena *arena, struct meseta_arena_chunk *chunk) {
  arena->next = chunk == NULL ? NULL : chunk->bytes;
  arena->end = chunk == NULL ? NULL : chunk->bytes + chunk->size;
}

bool meseta_arena_new_chunk(meseta_arena *arena, size_t size) {
  size_t room = arena->chunks == NULL ? first_chunk : arena->chunks->size * 2;
  if (room > arena->bound) room = arena->bound;
  if (room < size) room = size;
  struct meseta_arena_chunk *chunk = malloc(sizeof *chunk + room);
  if (chunk == NULL) return false;
  chunk->older = arena->chunks;
  chunk->size = room;
  arena->chunks = chunk;
  use_chunk(arena, chunk);
  return true;
}

void *meseta_arena_alloc_slow(meseta_arena *arena, size_t size) {
  if (!meseta_arena_new_chunk(arena, size)) return NULL;
  void *result = arena->next;
  arena->next += size;
  arena->used += size;
  return result;
}

void meseta_arena_reset(meseta_arena *arena) {
  struct meseta_arena_chunk *kept = NULL;
  for (struct meseta_arena_chunk *chunk = arena->chunks, *older; chunk != NULL; chunk = older) {
    older = chunk->older;
    // The first one small enough is the largest such: sizes double.
    if (kept == NULL && chunk->size <= kept_chunk) {
      kept = chunk;
      kept->older = NULL;
    } else {
      free(chunk);
    }
  }
  arena->chunks = kept;
  use_chunk(arena, kept);
  arena->used = 0;
}

void meseta_arena_destroy(meseta_arena *arena) {
  if (arena == NULL) return;
  for (struct meseta_arena_chunk *chunk = arena->chunks, *older; chunk != NULL; chunk = older) {
    older = chunk->older;
    free(chunk);
  }
  free(arena);
}
