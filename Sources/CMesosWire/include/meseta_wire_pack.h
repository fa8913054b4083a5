// Packing: from a C message to bytes in one pass.
//
// The bytes are those of protobuf_c_message_pack. But libprotobuf-c works out the size of a message before it
// packs it, and again for each message around it. Here the bytes are written from the end to the start, so that
// the size of what a length stands before is known when the length is written.

#ifndef MESETA_WIRE_PACK_H
#define MESETA_WIRE_PACK_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

#include "meseta_arena.h"

// The message's bytes, which live in the arena but do not count against its bound; null if memory is short.
const uint8_t *_Nullable meseta_wire_pack(
    const ProtobufCMessage *_Nonnull message, meseta_arena *_Nonnull arena, size_t *_Nonnull length);

#endif
