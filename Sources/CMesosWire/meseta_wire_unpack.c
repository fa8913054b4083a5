// Unpacking: an explicit stack of messages, one step a field.

#include "meseta_wire_unpack.h"

#include <stdbool.h>
#include <string.h>

#include "meseta_text.h"
#include "meseta_wire_descriptors.h"
#include "meseta_wire_twins.h"

// The widest message whose fields the bit set of a frame can hold. The schema's widest has about 60.
enum { max_fields = 256 };

typedef struct {
  const ProtobufCMessageDescriptor *descriptor;
  ProtobufCMessage *message;
  // Through which field of the frame below.
  const ProtobufCFieldDescriptor *entered_by;
  const uint8_t *start;
  const uint8_t *end;
  // What of the arena was used when the message began.
  size_t used;
  // Where the message is remembered when it is complete; null if it is not to be.
  meseta_twin *twin;
  // Which fields were seen, by index.
  uint64_t seen[max_fields / 64];
} frame;

typedef struct {
  const uint8_t *start;
  const uint8_t *at;
  size_t depth;
  size_t max_depth;
  meseta_arena *arena;
  meseta_unpack_failure *failure;
  meseta_twins twins;
  frame frames[MESETA_UNPACK_MAX_DEPTH + 1];
} unpacker;

// Always false, so that a check can end with `return fail(...)`.
static bool fail(
    unpacker *u, meseta_unpack_code code, const ProtobufCFieldDescriptor *field, const uint8_t *place) {
  meseta_unpack_failure *failure = u->failure;
  failure->code = code;
  failure->offset = (size_t)(place - u->start);
  failure->field = field;
  failure->path_length = u->depth;
  for (size_t i = 0; i < u->depth; i++) failure->path[i] = u->frames[i + 1].entered_by;
  return false;
}

static bool read_long_varint(
    unpacker *u, const uint8_t *end, unsigned max_bytes, const ProtobufCFieldDescriptor *field,
    uint64_t *value) {
  const uint8_t *at = u->at;
  uint64_t sum = 0;
  for (unsigned i = 0; i < max_bytes; i++) {
    if (at + i == end) return fail(u, MESETA_UNPACK_TRUNCATED, field, u->at);
    sum |= (uint64_t)(at[i] & 0x7F) << (7 * i);
    if (at[i] < 0x80) {
      *value = sum;
      u->at = at + i + 1;
      return true;
    }
  }
  return fail(u, MESETA_UNPACK_VARINT_TOO_LONG, field, u->at);
}

// Reads a varint of at most `max_bytes`.
static inline bool read_varint(
    unpacker *u, const uint8_t *end, unsigned max_bytes, const ProtobufCFieldDescriptor *field,
    uint64_t *value) {
  if (u->at < end && *u->at < 0x80) {
    *value = *u->at++;
    return true;
  }
  return read_long_varint(u, end, max_bytes, field, value);
}

// Opens a message that ends at `end`; null if it does not fit into the arena.
static ProtobufCMessage *enter(
    unpacker *u, const ProtobufCMessageDescriptor *descriptor, const ProtobufCFieldDescriptor *by,
    const uint8_t *end) {
  frame *f = &u->frames[u->depth];
  f->descriptor = descriptor;
  f->entered_by = by;
  f->start = u->at;
  f->used = u->arena->used;
  f->end = end;
  f->message = NULL;
  for (size_t word = 0; word * 64 < descriptor->n_fields && word < max_fields / 64; word++) f->seen[word] = 0;
  if (descriptor->n_fields <= max_fields) f->message = meseta_arena_new_message(u->arena, descriptor);
  if (f->message == NULL) fail(u, MESETA_UNPACK_TOO_LARGE, NULL, u->at);
  return f->message;
}

static bool has_required(const ProtobufCMessageDescriptor *descriptor) {
  for (unsigned i = 0; i < descriptor->n_fields; i++) {
    if (descriptor->fields[i].label == PROTOBUF_C_LABEL_REQUIRED) return true;
  }
  return false;
}

static unsigned index_of(const frame *f, const ProtobufCFieldDescriptor *field) {
  return (unsigned)(field - f->descriptor->fields);
}

static bool seen(const frame *f, unsigned index) { return f->seen[index / 64] >> (index % 64) & 1; }

static bool check_required(unpacker *u) {
  const frame *f = &u->frames[u->depth];
  const ProtobufCMessageDescriptor *descriptor = f->descriptor;
  // A map entry without a value has the default value, which must be complete like any other.
  if (descriptor->n_fields == 2 && !seen(f, 1) && descriptor->fields[1].type == PROTOBUF_C_TYPE_MESSAGE
      && has_required(descriptor->fields[1].descriptor) && meseta_wire_is_map_entry(descriptor)) {
    return fail(u, MESETA_UNPACK_MISSING_REQUIRED, &descriptor->fields[1], u->at);
  }
  for (unsigned i = 0; i < descriptor->n_fields; i++) {
    if (descriptor->fields[i].label == PROTOBUF_C_LABEL_REQUIRED && !seen(f, i)) {
      return fail(u, MESETA_UNPACK_MISSING_REQUIRED, &descriptor->fields[i], u->at);
    }
  }
  return true;
}

static const ProtobufCFieldDescriptor *find_field(
    const ProtobufCMessageDescriptor *descriptor, uint32_t number) {
  // Most messages number their fields 1, 2, 3 and so on.
  if (number <= descriptor->n_fields && descriptor->fields[number - 1].id == number) {
    return &descriptor->fields[number - 1];
  }
  return protobuf_c_message_descriptor_get_field(descriptor, number);
}

// Where the field's value goes in its message, which then has the field.
static void *place_of(const frame *f, const ProtobufCFieldDescriptor *field) {
  char *message = (char *)f->message;
  if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
    *(uint32_t *)(void *)(message + field->quantifier_offset) = field->id;
  } else if (field->label == PROTOBUF_C_LABEL_OPTIONAL && field->quantifier_offset != 0) {
    *(protobuf_c_boolean *)(void *)(message + field->quantifier_offset) = 1;
  }
  return message + field->offset;
}

static size_t *count_of(const frame *f, const ProtobufCFieldDescriptor *field) {
  return (size_t *)(void *)((char *)f->message + field->quantifier_offset);
}

static void **list_of(const frame *f, const ProtobufCFieldDescriptor *field) {
  return (void **)(void *)((char *)f->message + field->offset);
}

// A list of `count` elements of this size, moved if it lacks room for so many more; null if the arena is full.
// Its capacity lies in front of it. A list that comes in pieces doubles.
static void *with_room(meseta_arena *arena, void *list, size_t count, size_t more, size_t size) {
  size_t capacity = list == NULL ? 0 : ((const size_t *)list)[-1];
  if (list != NULL && more <= capacity - count) return list;
  capacity = count + more > 2 * capacity ? count + more : 2 * capacity;
  size_t *larger = meseta_arena_alloc(arena, sizeof(size_t) + capacity * size);
  if (larger == NULL) return NULL;
  *larger++ = capacity;
  if (count > 0) memcpy(larger, list, count * size);
  return larger;
}

static bool reserve(
    unpacker *u, const frame *f, const ProtobufCFieldDescriptor *field, size_t more, const uint8_t *place) {
  void **list = list_of(f, field);
  size_t size = meseta_wire_element_size(field->type);
  void *larger = with_room(u->arena, *list, *count_of(f, field), more, size);
  if (larger == NULL) return fail(u, MESETA_UNPACK_TOO_LARGE, field, place);
  *list = larger;
  return true;
}

static bool is_full(const frame *f, const ProtobufCFieldDescriptor *field) {
  void *list = *list_of(f, field);
  return list == NULL || *count_of(f, field) == ((const size_t *)list)[-1];
}

// The next element of a repeated field that has room for it.
static void *append(const frame *f, const ProtobufCFieldDescriptor *field) {
  return (char *)*list_of(f, field) + meseta_wire_element_size(field->type) * (*count_of(f, field))++;
}

static uint64_t load_little_endian(const uint8_t *bytes, unsigned size) {
  uint64_t value = 0;
  for (unsigned i = 0; i < size; i++) value |= (uint64_t)bytes[i] << (8 * i);
  return value;
}

// Stores what a varint held, or the bits of a fixed-size number.
static void store_number(void *place, ProtobufCType type, uint64_t value) {
  switch (type) {
    case PROTOBUF_C_TYPE_BOOL:
      *(protobuf_c_boolean *)place = value != 0;
      break;
    case PROTOBUF_C_TYPE_SINT32:
      *(uint32_t *)place = (uint32_t)value >> 1 ^ -((uint32_t)value & 1);
      break;
    case PROTOBUF_C_TYPE_SINT64:
      *(uint64_t *)place = value >> 1 ^ -(value & 1);
      break;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
      // A double as its bits: memcpy, so that no type is punned.
      memcpy(place, &value, sizeof value);
      break;
    default: {
      uint32_t low = (uint32_t)value;
      memcpy(place, &low, sizeof low);
    }
  }
}

static unsigned fixed_size(unsigned wire_type) { return wire_type == PROTOBUF_C_WIRE_TYPE_32BIT ? 4 : 8; }

// How many varints end within the bytes.
static size_t count_varints(const uint8_t *at, const uint8_t *end) {
  size_t count = 0;
  for (; at < end; at++) count += *at < 0x80;
  return count;
}

// The elements of a packed field, up to `end`.
static bool unpack_packed(
    unpacker *u, const frame *f, const ProtobufCFieldDescriptor *field, const uint8_t *end) {
  unsigned wire_type = meseta_wire_type_of(field->type);
  bool is_fixed = wire_type != PROTOBUF_C_WIRE_TYPE_VARINT;
  unsigned width = fixed_size(wire_type);
  size_t size = (size_t)(end - u->at);
  if (is_fixed && size % width != 0) return fail(u, MESETA_UNPACK_BAD_PACKED, field, u->at);
  if (!reserve(u, f, field, is_fixed ? size / width : count_varints(u->at, end), u->at)) return false;
  while (u->at < end) {
    const uint8_t *element = u->at;
    uint64_t value;
    if (is_fixed) {
      value = load_little_endian(u->at, width);
      u->at += width;
    } else if (!read_varint(u, end, 10, field, &value)) {
      return false;
    }
    // libprotobuf-c takes packed booleans for single bytes.
    if (field->type == PROTOBUF_C_TYPE_BOOL && (value > 1 || u->at - element != 1)) {
      return fail(u, MESETA_UNPACK_BAD_PACKED, field, element);
    }
    store_number(append(f, field), field->type, value);
  }
  return true;
}

static bool unpack_text(
    unpacker *u, const ProtobufCFieldDescriptor *field, const uint8_t *end, char **place) {
  size_t size = (size_t)(end - u->at);
  char *text = meseta_arena_alloc(u->arena, size + 1);
  if (text == NULL) return fail(u, MESETA_UNPACK_TOO_LARGE, field, u->at);
  if (!meseta_copy_plain_text(text, u->at, size)) {
    size_t bad = meseta_find_bad_text(u->at, size);
    if (bad < size) {
      bool is_nul = u->at[bad] == 0;
      return fail(u, is_nul ? MESETA_UNPACK_NUL_IN_STRING : MESETA_UNPACK_NOT_UTF8, field, u->at + bad);
    }
  }
  *place = text;
  u->at = end;
  return true;
}

static bool unpack_bytes(
    unpacker *u, const ProtobufCFieldDescriptor *field, const uint8_t *end, ProtobufCBinaryData *place) {
  size_t size = (size_t)(end - u->at);
  place->len = size;
  place->data = NULL;
  if (size > 0) {
    place->data = meseta_arena_alloc(u->arena, size);
    if (place->data == NULL) return fail(u, MESETA_UNPACK_TOO_LARGE, field, u->at);
    memcpy(place->data, u->at, size);
  }
  u->at = end;
  return true;
}

// A message begins: its fields are the next steps, unless one with the same bytes was read before.
static bool unpack_message(
    unpacker *u, const frame *f, const ProtobufCFieldDescriptor *field, const uint8_t *end,
    ProtobufCMessage **place) {
  if (field->label != PROTOBUF_C_LABEL_REPEATED && seen(f, index_of(f, field))) {
    return fail(u, MESETA_UNPACK_DUPLICATE_MESSAGE, field, u->at);
  }
  if (u->depth == u->max_depth) return fail(u, MESETA_UNPACK_TOO_DEEP, field, u->at);
  const ProtobufCMessageDescriptor *descriptor = field->descriptor;
  meseta_twin *twin = meseta_twin_place(&u->twins, u->at, (size_t)(end - u->at));
  if (twin != NULL && meseta_twin_is(twin, descriptor, u->depth + 1, u->at, (size_t)(end - u->at))) {
    // It counts as if it were made anew: the bound is also one of what the reader makes of the message.
    if (!meseta_arena_charge(u->arena, twin->cost)) return fail(u, MESETA_UNPACK_TOO_LARGE, field, u->at);
    *place = twin->message;
    u->at = end;
    return true;
  }
  u->depth += 1;
  *place = enter(u, descriptor, field, end);
  u->frames[u->depth].twin = twin;
  return *place != NULL;
}

// The end of a length-prefixed value; null if it is beyond the message's. `u->at` is then behind the length.
static const uint8_t *delimited_end(unpacker *u, const frame *f, const ProtobufCFieldDescriptor *field) {
  const uint8_t *start = u->at;
  uint64_t length;
  if (!read_varint(u, f->end, 5, field, &length)) return NULL;
  if (length <= (uint64_t)(f->end - u->at)) return u->at + length;
  fail(u, MESETA_UNPACK_LENGTH_TOO_LONG, field, start);
  return NULL;
}

// The value of a known field that does not come packed, to where it belongs. `tag` is where its tag was.
static bool unpack_value(
    unpacker *u, const frame *f, const ProtobufCFieldDescriptor *field, unsigned wire_type, void *place,
    const uint8_t *tag) {
  const uint8_t *start = u->at;
  switch (wire_type) {
    case PROTOBUF_C_WIRE_TYPE_VARINT: {
      uint64_t value;
      if (!read_varint(u, f->end, 10, field, &value)) return false;
      // A required enum with an unknown number counts as missing in proto2.
      if (field->type == PROTOBUF_C_TYPE_ENUM && field->label == PROTOBUF_C_LABEL_REQUIRED
          && protobuf_c_enum_descriptor_get_value(field->descriptor, (int)(uint32_t)value) == NULL) {
        return fail(u, MESETA_UNPACK_UNKNOWN_ENUM_VALUE, field, start);
      }
      store_number(place, field->type, value);
      return true;
    }
    case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED: {
      const uint8_t *end = delimited_end(u, f, field);
      if (end == NULL) return false;
      if (field->type == PROTOBUF_C_TYPE_STRING) return unpack_text(u, field, end, place);
      if (field->type == PROTOBUF_C_TYPE_BYTES) return unpack_bytes(u, field, end, place);
      return unpack_message(u, f, field, end, place);
    }
    default: {
      unsigned width = fixed_size(wire_type);
      if (f->end - u->at < (ptrdiff_t)width) return fail(u, MESETA_UNPACK_TRUNCATED, field, tag);
      store_number(place, field->type, load_little_endian(u->at, width));
      u->at += width;
      return true;
    }
  }
}

// A field that the schema does not know is kept as it is: its number, and the bytes behind its tag.
static bool unpack_unknown(unpacker *u, const frame *f, uint32_t tag, const uint8_t *place) {
  const uint8_t *start = u->at;
  uint64_t value;
  switch (tag & 7) {
    case PROTOBUF_C_WIRE_TYPE_VARINT:
      if (!read_varint(u, f->end, 10, NULL, &value)) return false;
      break;
    case PROTOBUF_C_WIRE_TYPE_64BIT:
    case PROTOBUF_C_WIRE_TYPE_32BIT:
      if (f->end - u->at < (ptrdiff_t)fixed_size(tag & 7)) return fail(u, MESETA_UNPACK_TRUNCATED, NULL, place);
      u->at += fixed_size(tag & 7);
      break;
    case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED:
      u->at = delimited_end(u, f, NULL);
      if (u->at == NULL) return false;
      break;
    default:
      return fail(u, MESETA_UNPACK_WRONG_WIRE_TYPE, NULL, place);
  }
  ProtobufCMessage *message = f->message;
  ProtobufCMessageUnknownField *fields = with_room(
      u->arena, message->unknown_fields, message->n_unknown_fields, 1, sizeof *fields);
  if (fields == NULL) return fail(u, MESETA_UNPACK_TOO_LARGE, NULL, place);
  message->unknown_fields = fields;
  size_t size = (size_t)(u->at - start);
  uint8_t *bytes = meseta_arena_alloc(u->arena, size);
  if (bytes == NULL) return fail(u, MESETA_UNPACK_TOO_LARGE, NULL, place);
  memcpy(bytes, start, size);
  fields[message->n_unknown_fields++] = (ProtobufCMessageUnknownField){
      .tag = tag >> 3, .wire_type = (ProtobufCWireType)(tag & 7), .len = size, .data = bytes};
  return true;
}

// The end of a value that is only counted: where it is malformed, unpacking it will say so. Null if it has none.
static const uint8_t *skip_value(const uint8_t *at, const uint8_t *end, unsigned wire_type) {
  uint64_t size = 0;
  if (wire_type == PROTOBUF_C_WIRE_TYPE_64BIT || wire_type == PROTOBUF_C_WIRE_TYPE_32BIT) {
    size = fixed_size(wire_type);
  } else {
    unsigned shift = 0;
    do {
      if (at == end || shift > 63) return NULL;
      size |= (uint64_t)(*at & 0x7F) << shift;
      shift += 7;
    } while (*at++ >= 0x80);
    if (wire_type == PROTOBUF_C_WIRE_TYPE_VARINT) size = 0;
  }
  return size <= (uint64_t)(end - at) ? at + size : NULL;
}

// How many fields with the tag at `tag` follow each other, the first with its value at `at`: so that a list is
// made in one piece.
static size_t count_run(const uint8_t *tag, const uint8_t *at, const uint8_t *end, unsigned wire_type) {
  size_t tag_size = (size_t)(at - tag);
  for (size_t count = 1;; count++) {
    at = skip_value(at, end, wire_type);
    if (at == NULL || (size_t)(end - at) < tag_size || memcmp(at, tag, tag_size) != 0) return count;
    at += tag_size;
  }
}

// One field of the innermost message: its tag and its value.
static bool unpack_field(unpacker *u) {
  frame *f = &u->frames[u->depth];
  const uint8_t *place = u->at;
  uint64_t tag;
  if (!read_varint(u, f->end, 5, NULL, &tag)) return false;
  if (tag > UINT32_MAX || tag >> 3 == 0) return fail(u, MESETA_UNPACK_BAD_FIELD_NUMBER, NULL, place);
  unsigned wire_type = tag & 7;
  const ProtobufCFieldDescriptor *field = find_field(f->descriptor, (uint32_t)(tag >> 3));
  if (wire_type == 3 || wire_type == 4) return fail(u, MESETA_UNPACK_GROUP, field, place);
  if (field == NULL) return unpack_unknown(u, f, (uint32_t)tag, place);

  unsigned expected = meseta_wire_type_of(field->type);
  bool is_list = field->label == PROTOBUF_C_LABEL_REPEATED;
  if (wire_type != expected && !(is_list && wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)) {
    return fail(u, MESETA_UNPACK_WRONG_WIRE_TYPE, field, place);
  }
  void *value;
  if (!is_list) {
    value = place_of(f, field);
  } else if (wire_type != expected) {
    const uint8_t *end = delimited_end(u, f, field);
    return end != NULL && unpack_packed(u, f, field, end);
  } else {
    size_t run = is_full(f, field) ? count_run(place, u->at, f->end, wire_type) : 1;
    if (!reserve(u, f, field, run, place)) return false;
    value = append(f, field);
  }
  if (!unpack_value(u, f, field, wire_type, value, place)) return false;
  unsigned index = index_of(f, field);
  f->seen[index / 64] |= (uint64_t)1 << (index % 64);
  return true;
}

// The innermost message is complete.
static void remember(unpacker *u) {
  const frame *f = &u->frames[u->depth];
  if (f->twin == NULL) return;
  *f->twin = (meseta_twin){
      .descriptor = f->descriptor, .depth = u->depth, .message = f->message, .cost = u->arena->used - f->used,
      .bytes = f->start, .size = (size_t)(f->end - f->start)};
}

ProtobufCMessage *meseta_wire_unpack(
    const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t length, size_t max_depth,
    meseta_arena *arena, meseta_unpack_failure *failure) {
  // An empty input may have no address; arithmetic on null is undefined.
  static const uint8_t nothing;
  unpacker u;
  u.start = u.at = bytes == NULL ? &nothing : bytes;
  u.depth = 0;
  u.max_depth = max_depth < MESETA_UNPACK_MAX_DEPTH ? max_depth : MESETA_UNPACK_MAX_DEPTH;
  u.arena = arena;
  u.failure = failure;
  meseta_twins_begin(&u.twins, length);
  failure->code = MESETA_UNPACK_OK;
  ProtobufCMessage *message = enter(&u, descriptor, NULL, u.start + length);
  if (message == NULL) return NULL;
  for (;;) {
    if (u.at == u.frames[u.depth].end) {
      if (!check_required(&u)) return NULL;
      if (u.depth == 0) return message;
      remember(&u);
      u.depth -= 1;
    } else if (!unpack_field(&u)) {
      return NULL;
    }
  }
}
