// Look-ups in the descriptors and in the generated tables.

#include "meseta_wire_descriptors.h"

#include <string.h>

const ProtobufCMessageDescriptor *meseta_wire_descriptor_named(const char *name) {
  size_t low = 0, high = meseta_wire_all_messages_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = strcmp(name, meseta_wire_all_messages[middle]->name);
    if (order == 0) return meseta_wire_all_messages[middle];
    if (order < 0) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return NULL;
}

const ProtobufCMessageDescriptor *meseta_wire_message_at(size_t index) {
  return meseta_wire_all_messages[index];
}

size_t meseta_wire_message_count(void) { return meseta_wire_all_messages_count; }

bool meseta_wire_is_map_entry(const ProtobufCMessageDescriptor *descriptor) {
  // Almost every descriptor is told apart by its shape; the table is short.
  if (descriptor->n_fields != 2 || strcmp(descriptor->fields[0].name, "key") != 0) return false;
  for (size_t i = 0; i < meseta_wire_map_fields_count; i++) {
    if (meseta_wire_map_fields[i].entry == descriptor) return true;
  }
  return false;
}

// strcmp of `known` with a string of this length that may lack the NUL.
static int compare(const char *known, const char *name, size_t length) {
  int order = strncmp(known, name, length);
  return order != 0 ? order : known[length] != 0;
}

const ProtobufCFieldDescriptor *meseta_wire_field_named(
    const ProtobufCMessageDescriptor *descriptor, const char *name, size_t length) {
  size_t low = 0, high = descriptor->n_fields;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const ProtobufCFieldDescriptor *field =
        &descriptor->fields[descriptor->fields_sorted_by_name[middle]];
    int order = compare(field->name, name, length);
    if (order == 0) return field;
    if (order > 0) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return NULL;
}

bool meseta_wire_enum_value_named(
    const ProtobufCEnumDescriptor *descriptor, const char *name, size_t length, int *value) {
  size_t low = 0, high = descriptor->n_value_names;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const ProtobufCEnumValueIndex *entry = &descriptor->values_by_name[middle];
    int order = compare(entry->name, name, length);
    if (order == 0) {
      *value = descriptor->values[entry->index].value;
      return true;
    }
    if (order > 0) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return false;
}
