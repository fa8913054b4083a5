// One pass over untrusted bytes before libprotobuf-c sees them.
//
// libprotobuf-c recurses without limit, checks no UTF-8, cuts strings at a NUL, gives no reason for a failure
// and allocates as much as the input asks for. The scan walks the same bytes by the descriptors with a stack
// of fixed size and finds all of that first, with the place.

#ifndef MESETA_WIRE_SCAN_H
#define MESETA_WIRE_SCAN_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

// The deepest nesting of messages below the outermost that any limit can allow.
#define MESETA_SCAN_MAX_DEPTH 64

// Allocations are counted rounded up to this, as the arena rounds them.
#define MESETA_SCAN_ALIGNMENT ((size_t)8)

typedef enum {
  MESETA_SCAN_OK = 0,
  // The input ends, or its message ends, within a tag, a number or a length.
  MESETA_SCAN_TRUNCATED,
  // A varint of more than ten bytes, or a tag or length of more than five.
  MESETA_SCAN_VARINT_TOO_LONG,
  // Field number 0.
  MESETA_SCAN_BAD_FIELD_NUMBER,
  // A length that reaches beyond the enclosing message.
  MESETA_SCAN_LENGTH_TOO_LONG,
  // A known field whose wire type does not go with its type, or wire type 6 or 7.
  MESETA_SCAN_WRONG_WIRE_TYPE,
  // A group (wire type 3 or 4), which proto2 deprecated and no Mesos message uses.
  MESETA_SCAN_GROUP,
  // A packed repeated field whose bytes are not a whole number of elements.
  MESETA_SCAN_BAD_PACKED,
  MESETA_SCAN_NOT_UTF8,
  MESETA_SCAN_NUL_IN_STRING,
  // A required enum field with a number that the enum does not have.
  MESETA_SCAN_UNKNOWN_ENUM_VALUE,
  MESETA_SCAN_MISSING_REQUIRED,
  // A message field that is not repeated occurs twice. Protobuf would merge the two; no encoder writes that,
  // and merging costs memory that grows with the square of the input.
  MESETA_SCAN_DUPLICATE_MESSAGE,
  MESETA_SCAN_TOO_DEEP,
  // Unpacking would take more than `arena_bound` bytes.
  MESETA_SCAN_TOO_LARGE,
} meseta_scan_code;

typedef struct {
  meseta_scan_code code;
  // Where in the input, in bytes from its start.
  size_t offset;
  // The message in which it went wrong, and the field if one is known.
  const ProtobufCMessageDescriptor *_Nullable message;
  const ProtobufCFieldDescriptor *_Nullable field;
  // The fields that lead from the outermost message to `message`.
  const ProtobufCFieldDescriptor *_Nullable path[MESETA_SCAN_MAX_DEPTH];
  size_t path_length;
  // An upper bound of the arena bytes that unpacking takes, as far as the scan came.
  size_t arena_bytes;
} meseta_scan_result;

// The field at `index` of the path; index < path_length. (Swift imports the array as a tuple.)
static inline const ProtobufCFieldDescriptor *_Nullable meseta_scan_path_at(
    const meseta_scan_result *_Nonnull result, size_t index) {
  return result->path[index];
}

// Scans `length` bytes as a message of this kind. Linear in `length`; no allocation, no recursion.
//
// If it returns MESETA_SCAN_OK, protobuf_c_message_unpack succeeds with an arena that has `arena_bytes` left.
// `max_depth` is cut to MESETA_SCAN_MAX_DEPTH.
meseta_scan_code meseta_wire_scan(
    const ProtobufCMessageDescriptor *_Nonnull descriptor, const uint8_t *_Nullable bytes, size_t length,
    size_t max_depth, size_t arena_bound, meseta_scan_result *_Nonnull result);

// The position of the first byte that is not UTF-8 or is a NUL; `length` if there is none.
size_t meseta_find_bad_text(const uint8_t *_Nullable bytes, size_t length);

#endif
