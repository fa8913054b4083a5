// One pass over untrusted bytes that makes a C message of them.
//
// The message is what protobuf_c_message_unpack would make. But libprotobuf-c recurses without limit, checks no
// UTF-8, cuts strings at a NUL, gives no reason for a failure, allocates as much as the input asks for, and goes
// over every message twice. Here each byte is checked, with a stack of fixed size, as it is taken over.

#ifndef MESETA_WIRE_UNPACK_H
#define MESETA_WIRE_UNPACK_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

#include "meseta_arena.h"

// The deepest nesting of messages below the outermost that any limit can allow.
#define MESETA_UNPACK_MAX_DEPTH 64

typedef enum {
  MESETA_UNPACK_OK = 0,
  // The input ends, or its message ends, within a tag, a number or a length.
  MESETA_UNPACK_TRUNCATED,
  // A varint of more than ten bytes, or a tag or length of more than five.
  MESETA_UNPACK_VARINT_TOO_LONG,
  // Field number 0.
  MESETA_UNPACK_BAD_FIELD_NUMBER,
  // A length that reaches beyond the enclosing message.
  MESETA_UNPACK_LENGTH_TOO_LONG,
  // A known field whose wire type does not go with its type, or wire type 6 or 7.
  MESETA_UNPACK_WRONG_WIRE_TYPE,
  // A group (wire type 3 or 4), which proto2 deprecated and no Mesos message uses.
  MESETA_UNPACK_GROUP,
  // A packed repeated field whose bytes are not a whole number of elements.
  MESETA_UNPACK_BAD_PACKED,
  MESETA_UNPACK_NOT_UTF8,
  MESETA_UNPACK_NUL_IN_STRING,
  // A required enum field with a number that the enum does not have.
  MESETA_UNPACK_UNKNOWN_ENUM_VALUE,
  MESETA_UNPACK_MISSING_REQUIRED,
  // A message field that is not repeated occurs twice. Protobuf would merge the two; no encoder writes that,
  // and merging costs memory that grows with the square of the input.
  MESETA_UNPACK_DUPLICATE_MESSAGE,
  MESETA_UNPACK_TOO_DEEP,
  // The message takes more than the arena's bound.
  MESETA_UNPACK_TOO_LARGE,
} meseta_unpack_code;

// Why bytes were refused, and where.
typedef struct {
  meseta_unpack_code code;
  // Where in the input, in bytes from its start.
  size_t offset;
  // The field, if one is known.
  const ProtobufCFieldDescriptor *_Nullable field;
  // The fields that lead from the outermost message to the field's.
  const ProtobufCFieldDescriptor *_Nullable path[MESETA_UNPACK_MAX_DEPTH];
  size_t path_length;
} meseta_unpack_failure;

// The field at `index` of the path; index < path_length. (Swift imports the array as a tuple.)
static inline const ProtobufCFieldDescriptor *_Nullable meseta_unpack_path_at(
    const meseta_unpack_failure *_Nonnull failure, size_t index) {
  return failure->path[index];
}

// Makes a message of this kind, in the arena, of `length` bytes; null and `failure` if they are none, or if the
// message would take more than the arena has left. Linear in `length`; no recursion.
//
// Messages within it that have the same bytes may be one and the same, so that it must not be changed.
// `max_depth` is cut to MESETA_UNPACK_MAX_DEPTH.
ProtobufCMessage *_Nullable meseta_wire_unpack(
    const ProtobufCMessageDescriptor *_Nonnull descriptor, const uint8_t *_Nullable bytes, size_t length,
    size_t max_depth, meseta_arena *_Nonnull arena, meseta_unpack_failure *_Nonnull failure);

#endif
