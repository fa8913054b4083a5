// Packing, from the last byte of the last field to the first of the first.

#include "meseta_wire_pack.h"

#include <stdbool.h>
#include <string.h>

#include "meseta_wire_descriptors.h"

// The longest tag and the longest number, or length, behind it.
enum { tag_room = 5, number_room = 10 };

// A list of messages that was written, of which field, and where: so many bytes from the end.
typedef struct {
  const void *list;
  size_t count;
  const ProtobufCFieldDescriptor *field;
  size_t distance;
  size_t size;
} written_list;

// A power of two.
enum { remembered_lists = 8 };

// Writes downwards, at the end of the arena's current chunk.
typedef struct {
  meseta_arena *arena;
  // What was written last.
  uint8_t *at;
  uint8_t *end;
  // Lists may be shared, as the resources of offers are: what was written of one is copied the next time.
  written_list lists[remembered_lists];
} packer;

static bool pack_fields(packer *p, const ProtobufCMessage *message);

// Moves what is written so far to the end of a larger chunk.
static bool grow(packer *p, size_t size) {
  size_t written = (size_t)(p->end - p->at);
  if (!meseta_arena_new_chunk(p->arena, 2 * written + size)) return false;
  p->end = p->arena->end;
  memcpy(p->end - written, p->at, written);
  p->at = p->end - written;
  return true;
}

// Makes sure that so many bytes can be written; false if memory is short.
static inline bool reserve(packer *p, size_t size) {
  return size <= (size_t)(p->at - p->arena->next) || grow(p, size);
}

static inline void put_varint(packer *p, uint64_t value) {
  if (value < 0x80) {
    *--p->at = (uint8_t)value;
    return;
  }
  unsigned size = (70 - (unsigned)__builtin_clzll(value)) / 7;
  p->at -= size;
  for (unsigned i = 0; i + 1 < size; i++, value >>= 7) p->at[i] = (uint8_t)(value | 0x80);
  p->at[size - 1] = (uint8_t)value;
}

static inline void put_tag(packer *p, const ProtobufCFieldDescriptor *field, ProtobufCWireType wire_type) {
  put_varint(p, (uint64_t)field->id << 3 | wire_type);
}

static inline void put_little_endian(packer *p, uint64_t value, unsigned size) {
  p->at -= size;
  for (unsigned i = 0; i < size; i++) p->at[i] = (uint8_t)(value >> (8 * i));
}

static bool pack_bytes(
    packer *p, const ProtobufCFieldDescriptor *field, const void *bytes, size_t length) {
  if (!reserve(p, length + number_room + tag_room)) return false;
  p->at -= length;
  if (length > 0) memcpy(p->at, bytes, length);
  put_varint(p, length);
  put_tag(p, field, PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED);
  return true;
}

static bool pack_message(
    packer *p, const ProtobufCFieldDescriptor *field, const ProtobufCMessage *message) {
  const ptrdiff_t before = p->end - p->at;
  if (message != NULL && !pack_fields(p, message)) return false;
  if (!reserve(p, number_room + tag_room)) return false;
  put_varint(p, (uint64_t)(p->end - p->at - before));
  put_tag(p, field, PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED);
  return true;
}

static bool pack_number(packer *p, const ProtobufCFieldDescriptor *field, const void *place) {
  if (!reserve(p, number_room + tag_room)) return false;
  uint32_t word;
  uint64_t wide;
  memcpy(&word, place, sizeof word);
  switch (field->type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
      memcpy(&wide, place, sizeof wide);
      put_varint(p, wide);
      break;
    case PROTOBUF_C_TYPE_SINT64:
      memcpy(&wide, place, sizeof wide);
      put_varint(p, wide << 1 ^ -(wide >> 63));
      break;
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
      memcpy(&wide, place, sizeof wide);
      put_little_endian(p, wide, 8);
      put_tag(p, field, PROTOBUF_C_WIRE_TYPE_64BIT);
      return true;
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
      put_little_endian(p, word, 4);
      put_tag(p, field, PROTOBUF_C_WIRE_TYPE_32BIT);
      return true;
    case PROTOBUF_C_TYPE_BOOL:
      put_varint(p, word != 0);
      break;
    case PROTOBUF_C_TYPE_SINT32:
      put_varint(p, word << 1 ^ -(word >> 31));
      break;
    case PROTOBUF_C_TYPE_UINT32:
      put_varint(p, word);
      break;
    default:
      // Negative ones take all ten bytes, so that they may become 64 bits wide.
      put_varint(p, (uint64_t)(int64_t)(int32_t)word);
  }
  put_tag(p, field, PROTOBUF_C_WIRE_TYPE_VARINT);
  return true;
}

// The value that is at `place`, with its tag. A required pointer may be null: it goes as an empty value.
static bool pack_value(packer *p, const ProtobufCFieldDescriptor *field, const void *place) {
  switch (field->type) {
    case PROTOBUF_C_TYPE_STRING: {
      const char *text = *(char *const *)place;
      return pack_bytes(p, field, text, text == NULL ? 0 : strlen(text));
    }
    case PROTOBUF_C_TYPE_BYTES: {
      const ProtobufCBinaryData *data = place;
      return pack_bytes(p, field, data->data, data->len);
    }
    case PROTOBUF_C_TYPE_MESSAGE:
      return pack_message(p, field, *(ProtobufCMessage *const *)place);
    default:
      return pack_number(p, field, place);
  }
}

// Whether a field that may be absent is there; its value is at `place`.
static bool is_present(
    const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, const void *place) {
  const char *quantifier = (const char *)message + field->quantifier_offset;
  bool is_oneof = field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF;
  if (is_oneof && *(const uint32_t *)(const void *)quantifier != field->id) return false;
  if (field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE) {
    const void *pointer = *(void *const *)place;
    return pointer != NULL && pointer != field->default_value;
  }
  return is_oneof || *(const protobuf_c_boolean *)(const void *)quantifier != 0;
}

// Element by element: the schema declares no list as packed, and every reader takes both.
static bool pack_list(
    packer *p, const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, const void *place) {
  size_t count = *(const size_t *)(const void *)((const char *)message + field->quantifier_offset);
  if (count == 0) return true;
  const char *list = *(char *const *)place;
  written_list *known = &p->lists[(uintptr_t)list / sizeof(void *) % remembered_lists];
  if (known->list == list && known->count == count && known->field == field) {
    if (!reserve(p, known->size)) return false;
    p->at -= known->size;
    memcpy(p->at, p->end - known->distance, known->size);
    return true;
  }
  const size_t before = (size_t)(p->end - p->at);
  size_t size = meseta_wire_element_size(field->type);
  for (size_t i = count; i-- > 0;) {
    if (!pack_value(p, field, list + i * size)) return false;
  }
  const size_t after = (size_t)(p->end - p->at);
  *known = (written_list){list, count, field, after, after - before};
  return true;
}

static bool pack_unknown(packer *p, const ProtobufCMessageUnknownField *field) {
  if (!reserve(p, field->len + tag_room)) return false;
  p->at -= field->len;
  if (field->len > 0) memcpy(p->at, field->data, field->len);
  put_varint(p, (uint64_t)field->tag << 3 | field->wire_type);
  return true;
}

static bool pack_fields(packer *p, const ProtobufCMessage *message) {
  for (unsigned i = message->n_unknown_fields; i-- > 0;) {
    if (!pack_unknown(p, &message->unknown_fields[i])) return false;
  }
  const ProtobufCMessageDescriptor *descriptor = message->descriptor;
  for (const ProtobufCFieldDescriptor *field = descriptor->fields + descriptor->n_fields;
       field-- > descriptor->fields;) {
    const void *place = (const char *)message + field->offset;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
      if (!pack_list(p, message, field, place)) return false;
    } else if (field->label == PROTOBUF_C_LABEL_REQUIRED || is_present(message, field, place)) {
      if (!pack_value(p, field, place)) return false;
    }
  }
  return true;
}

const uint8_t *meseta_wire_pack(const ProtobufCMessage *message, meseta_arena *arena, size_t *length) {
  if (arena->next == NULL && !meseta_arena_new_chunk(arena, 0)) return NULL;
  packer p = {.arena = arena, .at = arena->end, .end = arena->end};
  if (!pack_fields(&p, message)) return NULL;
  *length = (size_t)(p.end - p.at);
  arena->end = p.at;
  return p.at;
}
