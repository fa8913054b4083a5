// Finding descriptors, fields and enum values by name; telling map fields from repeated ones.

#ifndef MESETA_WIRE_DESCRIPTORS_H
#define MESETA_WIRE_DESCRIPTORS_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// A map field. protoc-c makes it a repeated field of entries and drops the mark.
typedef struct {
  const ProtobufCMessageDescriptor *_Nonnull message;
  uint32_t number;
  const char *_Nonnull name;
  const ProtobufCMessageDescriptor *_Nonnull entry;
} meseta_wire_map_field;

// Generated tables (meseta_wire_tables.c).
extern const ProtobufCMessageDescriptor *_Nonnull const meseta_wire_all_messages[];
extern const size_t meseta_wire_all_messages_count;
extern const meseta_wire_map_field meseta_wire_map_fields[];
extern const size_t meseta_wire_map_fields_count;

// The descriptor of the message with this full name ("mesos.v1.TaskInfo"), or null.
const ProtobufCMessageDescriptor *_Nullable meseta_wire_descriptor_named(const char *_Nonnull name);

// The message at `index` of all, ordered by name; index < meseta_wire_message_count().
const ProtobufCMessageDescriptor *_Nonnull meseta_wire_message_at(size_t index);
size_t meseta_wire_message_count(void);

// Whether this is the entry (key = 1, value = 2) of a map field.
bool meseta_wire_is_map_entry(const ProtobufCMessageDescriptor *_Nonnull descriptor);

// The field with this name, or null; `name` need not end in a NUL.
const ProtobufCFieldDescriptor *_Nullable meseta_wire_field_named(
    const ProtobufCMessageDescriptor *_Nonnull descriptor, const char *_Nonnull name, size_t length);

// The number of the enum value with this name; false if there is none. `name` need not end in a NUL.
bool meseta_wire_enum_value_named(
    const ProtobufCEnumDescriptor *_Nonnull descriptor, const char *_Nonnull name, size_t length,
    int *_Nonnull value);

// What one element of this type takes in the array of a repeated field.
static inline size_t meseta_wire_element_size(ProtobufCType type) {
  switch (type) {
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
      return sizeof(void *);
    case PROTOBUF_C_TYPE_BYTES:
      return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_BOOL:
      return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
      return 8;
    default:
      return 4;
  }
}

// How a value of this type is encoded.
static inline ProtobufCWireType meseta_wire_type_of(ProtobufCType type) {
  switch (type) {
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
      return PROTOBUF_C_WIRE_TYPE_32BIT;
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
      return PROTOBUF_C_WIRE_TYPE_64BIT;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
      return PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
    default:
      return PROTOBUF_C_WIRE_TYPE_VARINT;
  }
}

// strlen for Swift, where it takes Glibc.
static inline size_t meseta_text_length(const char *_Nonnull text) { return strlen(text); }

#endif
